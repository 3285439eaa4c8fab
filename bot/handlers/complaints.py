"""Complaints: /complain and /check for anybody, /complaints and the buttons of what is opened for handlers."""

from typing import Any

from actions import complaint_handling, complaints
from actions.inputs_complaints import OnComplaint, PutAway, StepAside, Ticket, Typed
from bot.context import Context
from bot.routes import command, press


@command("complain", needs="complaint.file")
async def complain(context: Context) -> None:
    await context.do(complaints.begin, _own_message(context))


@command("check", needs="complaint.check")
async def check(context: Context) -> None:
    await context.do(complaints.begin_check, Typed(_own_message(context), context.args))


def _own_message(context: Context) -> int | None:
    """The message that held the command; a menu whose button was pressed stays."""
    return context.message_id if context.press is None else None


@command("complaints", needs="complaint.list", listed=False, menu=False)
async def listed(context: Context) -> None:
    await context.do(complaint_handling.list_mine, 0)


@press("cl")
async def paged(context: Context) -> None:
    assert context.press is not None
    arg = context.press.arg
    await context.do(complaint_handling.list_mine, min(int(arg), 999) if arg.isascii() and arg.isdigit() else 0)


@press("cr")
async def put_away(context: Context) -> None:
    assert context.press is not None
    if context.message_id is not None:
        await context.do(complaints.put_away, PutAway(context.message_id, all=context.press.arg == "all"))


@press("cs")
async def supplement(context: Context) -> None:
    assert context.press is not None
    await context.do(complaints.begin_reply, Ticket(context.press.id, context.press.arg))


@press("cb")
async def stepped_aside(context: Context) -> None:
    assert context.press is not None
    await context.do(complaint_handling.step_aside, StepAside(context.press.id, context.press.version, sure=context.press.arg == "yes"))


def _button(verb: str, action: Any) -> None:
    @press(verb)
    async def pressed(context: Context) -> None:
        assert context.press is not None
        await context.do(action, OnComplaint(complaint=context.press.id, version=context.press.version))


_button("co", complaint_handling.view)
_button("ca", complaint_handling.accept)
_button("cq", complaint_handling.begin_question)
_button("cn", complaint_handling.begin_answer)
_button("cx", complaint_handling.begin_decline)
