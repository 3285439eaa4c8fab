"""Presses on requests for more time: ask, look, grant, refuse."""

from typing import Any, cast

from actions import extensions
from actions.inputs_extensions import About, Press
from bot.context import Context
from bot.routes import press
from domain.outcome import Done


@press("oe")
async def asked(context: Context) -> None:
    assert context.press is not None
    await context.do(extensions.begin, About(context.press.id))


@press("ox")
async def looked(context: Context) -> None:
    await _on(context, extensions.show)


@press("og")
async def granted(context: Context) -> None:
    await _on(context, extensions.grant, "extension.toast.granted")


@press("on")
async def refusing(context: Context) -> None:
    await _on(context, extensions.begin_refuse)


async def _on(context: Context, verb: Any, toast: str = "") -> None:
    assert context.press is not None
    outcome = await context.do(verb, Press(context.press.id, context.message_id))
    if isinstance(outcome, Done) and (outcome.result is not None or toast):
        await context.answer(toast if outcome.result is None else f"refusal.{cast(str, outcome.result)}", alert=outcome.result is not None)
