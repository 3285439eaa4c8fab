"""Forms about obligations themselves."""

from actions import stopping
from actions.converse import register
from actions.inputs_obligations import StopInput
from domain.forms import Form

register(Form("stop", StopInput, submit=stopping.stop, confirm=False))
