"""The forms of tasks. What begins them about a task is a press (`bot/handlers/tasks.py`)."""

from actions import tasks
from actions.converse import register
from actions.inputs_tasks import Assign, HandIn, Progress, SendBack, Withdraw
from domain.forms import Form

register(Form("assign", Assign, submit=tasks.assign))
register(Form("task_progress", Progress, submit=tasks.progress))
register(Form("task_hand_in", HandIn, submit=tasks.hand_in))
register(Form("task_send_back", SendBack, submit=tasks.send_back, confirm=False))
register(Form("task_withdraw", Withdraw, submit=tasks.withdraw, confirm=False))
