from actions import roster
from actions.converse import register
from actions.inputs_roster import RosterGiven
from domain.forms import Form

ROSTER = register(Form("roster", RosterGiven, submit=roster.show, confirm=False))
