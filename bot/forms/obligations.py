"""Forms about obligations themselves."""

from actions import obligations
from actions.converse import register
from actions.inputs_obligations import StopInput
from domain.forms import Form

register(Form("stop", StopInput, submit=obligations.stop, confirm=False))
