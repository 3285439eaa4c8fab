from actions import leaving
from actions.converse import register
from domain.forms import Form

LEAVE = register(Form("leave", leaving.Leave, submit=leaving.dismiss))
