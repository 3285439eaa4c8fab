"""`duban relink`: a lost account gets another, made by whoever runs the server; nobody in the chat can help the office itself."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from actions.people import BadSeatError, Link
from actions.relinking import issue_at_desk
from bot.app import store_of
from bot.clock import FollowedClock, real_now
from cli.invite import bot_name, print_link, regime_of
from config.settings import Settings, load_settings
from domain.people import Seat
from storage import people
from storage.db import Store
from storage.tx import Tx


@click.command("relink")
@click.option("--name", required=True, help="Who lost the account, as others read the name.")
@click.option("--regime", default="", help="Without it all that are served are searched.")
@click.option("--seat", type=int, default=0, help="Which of several seats of that name.")
@click.option("--qr", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Save the QR picture here (.png or .svg).")
@click.option("--username", default="", help="The bot's name; asked of Telegram without it.")
def relink(name: str, regime: str, seat: int, qr: Path | None, username: str) -> None:
    """Print the link by which a person's new account takes over all seats; the old account loses them when it is used."""
    try:
        link, bot = asyncio.run(_make(load_settings(), name.strip(), regime, seat, username.lstrip("@")))
    except BadSeatError as error:
        click.echo(f"duban relink: {error}", err=True)
        sys.exit(2)
    print_link(f"https://t.me/{bot}?start={link.token}", link, qr)


async def _make(settings: Settings, name: str, regime: str, seat: int, username: str) -> tuple[Link, str]:
    bot = username or await bot_name(settings)
    clock = FollowedClock(settings.clock_url) if settings.clock_url else None
    if clock is not None:
        await clock.read()
    store = await store_of(settings, clock or real_now, migrate=False)
    try:
        regimes = [regime_of(store, regime).id] if regime else list(store.world.regimes)
        found = await _seat(store, regimes, name, seat)
        return await store.unit(lambda tx: issue_at_desk(tx, found)), bot
    finally:
        await store.close()


async def _seat(store: Store, regimes: Sequence[str], name: str, asked: int) -> Seat:
    async def unit(tx: Tx) -> list[Seat]:
        held = [seat for regime in regimes for seat in await people.seats_in(tx, regime)]
        return [each for each in held if each.person is not None and each.holder == name]

    seats = await store.read(unit)
    if asked:
        seats = [each for each in seats if each.id == asked]
    if not seats:
        where = ", ".join(regimes)
        raise BadSeatError(f"nobody called {name} has taken a seat in {where}; look at the roster, or invite anew with `duban invite`")
    if len({each.person for each in seats}) > 1:
        listed = "; ".join(f"{each.id} ({_place(each)})" for each in seats)
        raise BadSeatError(f"several people are called {name}: choose one with --seat: {listed}")
    click.echo(f"{name}: {'; '.join(map(_place, seats))}", err=True)
    return seats[0]


def _place(seat: Seat) -> str:
    return " ".join(filter(None, (seat.regime, seat.role, seat.scope)))
