from actions import invites
from actions.converse import register
from actions.inputs_people import Invite
from domain.forms import Form

INVITE = register(Form("invite", Invite, submit=invites.invite))
