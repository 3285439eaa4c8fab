"""The conversations about complaints. All of them wipe: what was typed goes from the chat once it is sealed."""

from actions import complaint_handling, complaint_options, complaints
from actions.converse import register
from actions.inputs_complaints import AnswerComplaint, Check, Complain, Decline, Question, Supplement
from domain.forms import Form

OPTIONS = complaint_options  # imported for the sources it registers
MINUTES = 30  # a complaint's draft does not lie about (complaints.md)

COMPLAIN = register(Form("complain", Complain, submit=complaints.file, minutes=MINUTES, wipe=True))
CHECK = register(Form("check", Check, submit=complaints.check, minutes=5, wipe=True, confirm=False))
REPLY = register(Form("complaint_reply", Supplement, submit=complaints.reply, minutes=MINUTES, wipe=True))
QUESTION = register(Form("complaint_question", Question, submit=complaint_handling.ask, minutes=MINUTES, wipe=True))
ANSWER = register(Form("complaint_answer", AnswerComplaint, submit=complaint_handling.answer, minutes=MINUTES, wipe=True))
DECLINE = register(Form("complaint_decline", Decline, submit=complaint_handling.decline, minutes=MINUTES, wipe=True))
