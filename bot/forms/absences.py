from actions import absences
from actions.converse import register
from actions.inputs_absences import Absent
from domain.forms import Form

ABSENCE = register(Form("absence", Absent, submit=absences.set_absence))
