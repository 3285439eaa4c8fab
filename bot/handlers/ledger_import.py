"""A ledger comes back: sent without a word by somebody who may import one, or after /ledger_import; the second press takes it."""

from actions import ledger_import
from actions.inputs_ledger import OnImport, SheetIn
from bot.context import Context
from bot.ledger_sheets import heads
from bot.routes import command, press
from bot.sheets import opened_sheet
from domain.forms import Sent
from domain.ledger_import import NoHeaderError, TooManyRowsError, read_rows
from domain.people import Actor
from domain.permissions import may_start


@command("ledger_import", needs="item.import")
async def asked(context: Context) -> None:
    await context.reply("item_import.how")


async def took_for_ledger(context: Context, sent: Sent) -> bool:
    """A loose sheet headed like a ledger or a list of enterprises, from somebody who may import one. False: it is something else."""
    sheet = await opened_sheet(context.services.files, sent) if await context.read(_may) else None
    if sheet is None:
        return False
    try:
        rows = read_rows(sheet.sheets, heads(context.services.renderer))
    except NoHeaderError:
        return False
    except TooManyRowsError:
        await context.reply("items.import.too_many")
        return True
    if rows:
        await context.do(ledger_import.show, SheetIn(sheet.name, rows))
    else:
        await context.reply("items.import.no_rows")
    return True


async def _may(_tx: object, actor: Actor) -> bool:
    return may_start(actor.seats, "item.import")


@press("iy")
async def taken(context: Context) -> None:
    await context.do(ledger_import.take, _on(context))


@press("ij")
async def left(context: Context) -> None:
    await context.do(ledger_import.leave, _on(context))


def _on(context: Context) -> OnImport:
    assert context.press is not None
    return OnImport(context.press.id, context.message_id)
