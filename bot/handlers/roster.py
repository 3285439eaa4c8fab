"""Rosters: asked for by /roster, or sent without a word by somebody of the office; the second press takes them."""

from pydantic import ValidationError

from actions import converse, roster
from actions.inputs_roster import RosterGiven, preset
from bot.context import Context
from bot.routes import command, press
from bot.sheets import opened_sheet
from domain.forms import Sent
from domain.people import Actor
from domain.permissions import may_start
from domain.roster import is_roster


@command("roster", needs="people.import")
async def asked(context: Context) -> None:
    regimes = await context.read(_offices)
    await context.do(converse.open_form, converse.Open("roster", preset(regimes)))


async def _offices(_tx: object, actor: Actor) -> list[str]:
    return list(dict.fromkeys(seat.regime for seat in actor.seats if may_start([seat], "people.import")))


async def took_for_roster(context: Context, sent: Sent) -> bool:
    """A loose spreadsheet headed like a roster, from somebody who may import one. False: it is something else."""
    regimes = await context.read(_offices)
    sheet = await opened_sheet(context.services.files, sent) if regimes and sent.kind == "document" else None
    if sheet is None or not any(is_roster(cells) for cells in sheet.sheets):
        return False
    given = preset(regimes, sheet={"name": sheet.name, "sheets": sheet.sheets})
    try:
        filled = RosterGiven.model_validate({"province": regimes[0]} | given)
    except ValidationError as error:
        await context.reply(str(error.errors()[0]["ctx"]["error"]))
        return True
    if filled.regime:
        await context.do(roster.show, filled)
    else:
        await context.do(converse.open_form, converse.Open("roster", given))
    return True


@press("pi")
async def confirmed(context: Context) -> None:
    await context.do(roster.take, _on(context))


@press("px")
async def left(context: Context) -> None:
    await context.do(roster.leave, _on(context))


def _on(context: Context) -> roster.OnRoster:
    assert context.press is not None
    return roster.OnRoster(context.press.id, context.message_id)
