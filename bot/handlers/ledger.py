"""Items: /item opens one, /items lists them, and the buttons of their cards."""

from typing import Any

from actions import ledger, ledger_browse, ledger_closed, ledger_extra, ledger_start
from actions.converse import Open, open_form
from actions.inputs_ledger import Listing, OnItem, Pick, Piece, SheetOut, Sift, Wanted
from actions.ledger_table import XLSX, hand_out
from bot import ledger_sheets
from bot.context import Context
from bot.routes import command, press
from domain.deadlines import local_date
from domain.people import Actor

MOST_SENT = 49_000_000  # Telegram takes files up to 50 MB


def _on(context: Context, *, turning: bool = False) -> OnItem:
    given = context.press
    assert given is not None
    return OnItem(given.id, given.version, _page(given.arg), context.message_id if turning else None)


def _page(arg: str) -> int:
    """A made-up page is the first one."""
    return min(int(arg), 999) if arg.isascii() and arg.isdigit() else 0


@command("item", needs="item.open")
async def opened(context: Context) -> None:
    await context.do(open_form, Open("item", words=context.words))


@command("items", needs="item.view")
async def listed(context: Context) -> None:
    """With words behind it only what they name, until the filter is cleared."""
    if len(context.words) > 1:
        await context.do(ledger_browse.look_for, Wanted(words=context.words[:60]))
    else:
        await context.do(ledger_browse.list_items, Listing())


@press("il")
async def turned(context: Context) -> None:
    assert context.press is not None
    await context.do(ledger_browse.list_items, Listing(context.press.id == 1, _page(context.press.arg), context.message_id))


@press("iw")
async def sifted(context: Context) -> None:
    """The filter in place of the list it was pressed under."""
    assert context.press is not None
    await context.do(ledger_browse.open_filter, Sift(_page(context.press.arg), context.message_id))


@press("iq")
async def picked(context: Context) -> None:
    """`arg` is "by.code"; "all" clears, and the id then says which list is looked at."""
    assert context.press is not None
    by, _, code = context.press.arg.partition(".")
    if by == "all" and context.press.id == 1:
        code = "wide"
    await context.do(ledger_browse.pick, Pick(by, code, context.message_id))


@press("ix")
async def sheet(context: Context) -> None:
    """The list as it is narrowed now, all columns, as an Excel file."""
    assert context.press is not None
    mine = ledger_browse.as_seen(context.account, wide=context.press.id == 1)
    actor = await context.read(_whoever)
    language = "en" if actor.language.startswith("en") else "zh"
    services = context.services
    content, count = await ledger_sheets.book(services.store, services.renderer, language, actor.seats, mine)
    if len(content) > MOST_SENT:
        await context.reply("items.sheet.too_big", {"n": count})
        return
    name = ledger_sheets.name(services.renderer, local_date(services.store.now()).isoformat(), language)
    blob = await services.files.put(content, XLSX, name)
    await context.do(hand_out, SheetOut(blob.hash, blob.size, name, count))


async def _whoever(_tx: object, actor: Actor) -> Actor:
    return actor


@press("io")
async def looked(context: Context) -> None:
    await context.do(ledger_start.show_item, _on(context))


@press("ih")
async def history(context: Context) -> None:
    """From a card in a message of its own; turning a page stays in that message."""
    assert context.press is not None
    await context.do(ledger_start.show_history, _on(context, turning=context.press.arg != ""))


@press("if")
async def file(context: Context) -> None:
    assert context.press is not None
    await context.do(ledger_start.show_file, Piece(context.press.id))


def _button(verb: str, action: Any) -> None:
    @press(verb)
    async def pressed(context: Context) -> None:
        await context.do(action, _on(context))


_button("ip", ledger_start.start_report)
_button("ic", ledger_start.start_closing)
_button("ik", ledger.start_check)
_button("iv", ledger_start.start_verify)
_button("ir", ledger_start.start_return)
_button("ia", ledger_closed.announce)
_button("ib", ledger_closed.published)
_button("iz", ledger_closed.start_reopening)
_button("ie", ledger_extra.start)
