from actions import applications
from actions.converse import register
from actions.inputs_applications import Apply, Refuse
from domain.forms import Form

APPLY = register(Form("apply", Apply, submit=applications.apply))
REFUSE = register(Form("refuse_application", Refuse, submit=applications.refuse, confirm=False))
