"""谁能看到 on the cards of tasks and items."""

from actions import seeing
from actions.inputs_ledger import OnItem
from actions.inputs_tasks import Step
from bot.context import Context
from bot.routes import press


@press("te")
async def of_task(context: Context) -> None:
    assert context.press is not None
    await context.do(seeing.who_sees_task, Step(task=context.press.id))


@press("is")
async def of_item(context: Context) -> None:
    assert context.press is not None
    await context.do(seeing.who_sees_item, OnItem(context.press.id))
