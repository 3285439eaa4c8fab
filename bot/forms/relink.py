from actions import relinking
from actions.converse import register
from domain.forms import Form

RELINK = register(Form("relink", relinking.Relink, submit=relinking.issue))
