from actions import handover
from actions.converse import register
from actions.inputs_handover import HandOver
from domain.forms import Form

HANDOVER = register(Form("handover", HandOver, submit=handover.hand_over))
