"""The forms of requests for more time."""

from actions import extensions
from actions.converse import register
from actions.inputs_extensions import AskMore, RefuseMore
from domain.forms import Form

register(Form("extension", AskMore, submit=extensions.ask))
register(Form("extension_refuse", RefuseMore, submit=extensions.refuse, confirm=False))
