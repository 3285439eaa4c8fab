"""The forms of tasks. What begins them about a task is a press (`bot/handlers/tasks.py`)."""

from actions import task_changes, tasks
from actions.converse import register
from actions.inputs_tasks import Assign, ChangeDue, HandIn, HandInProof, HandOn, Progress, Reassign, SendBack, Withdraw
from domain.forms import Form

register(Form("assign", Assign, submit=tasks.assign))
register(Form("task_progress", Progress, submit=tasks.progress))
register(Form("task_hand_in", HandIn, submit=tasks.hand_in))
register(Form("task_hand_in_proof", HandInProof, submit=tasks.hand_in))
register(Form("task_send_back", SendBack, submit=tasks.send_back, confirm=False))
register(Form("task_withdraw", Withdraw, submit=tasks.withdraw, confirm=False))
register(Form("task_due", ChangeDue, submit=task_changes.change_due))
register(Form("task_reassign", Reassign, submit=task_changes.reassign))
register(Form("task_hand_on", HandOn, submit=task_changes.hand_on))
