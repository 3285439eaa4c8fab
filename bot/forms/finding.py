from actions import finding
from actions.converse import register
from domain.forms import Form

register(Form("find", finding.Find, submit=finding.find, minutes=10, confirm=False))
