"""What the office does at its desk."""

from actions import pausing
from actions.converse import register
from domain.forms import Form

register(Form("pause", pausing.Pause, submit=pausing.pause))
