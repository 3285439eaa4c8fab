"""`duban invite`: the link for the first account of an office, made by whoever runs the server."""

import asyncio
import json
import sys
from pathlib import Path

import click

from actions.people import BadSeatError, Link, first_office
from bot.app import store_of
from bot.clock import FollowedClock, real_now
from bot.transport import BrokenError, NotSentError, Transport
from config.settings import Settings, SettingsError, load_settings
from domain.deadlines import local_time
from domain.regime import Regime
from storage.db import Store
from storage.tx import Tx

SECONDS = 20.0


@click.command("invite")
@click.option("--role", required=True, help="A role of the regime, or a name of rights that only one role has (office).")
@click.option("--name", required=True, help="Who will sit there, as others are to read it.")
@click.option("--regime", default="", help="Without it the first that is served.")
@click.option("--scope", default="", help="Code or name of a region, or code of a unit, where the role has one.")
@click.option("--unit", default="", help="The unit the person comes from.")
@click.option("--days", default=7, type=click.IntRange(1, 90), show_default=True, help="How long the link works.")
@click.option("--qr", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Save the QR picture here (.png or .svg).")
@click.option("--username", default="", help="The bot's name; asked of Telegram without it.")
def invite(role: str, name: str, regime: str, scope: str, unit: str, days: int, qr: Path | None, username: str) -> None:
    """Print the link that seats one person; it works once."""
    try:
        settings = load_settings()
        link, bot = asyncio.run(_make(settings, role, name.strip(), regime, scope, unit or None, days, username.lstrip("@")))
    except BadSeatError as error:
        click.echo(f"duban invite: {error}", err=True)
        sys.exit(2)
    print_link(f"https://t.me/{bot}?start={link.token}", link, qr)


async def _make(
    settings: Settings, role: str, name: str, regime: str, scope: str, unit: str | None, days: int, username: str
) -> tuple[Link, str]:
    """The name is asked first: where Telegram cannot be reached no link is left behind that nobody has seen."""
    if not name:
        raise BadSeatError("--name is empty; write the person's name")
    bot = username or await bot_name(settings)
    clock = FollowedClock(settings.clock_url) if settings.clock_url else None
    if clock is not None:
        await clock.read()
    store = await store_of(settings, clock or real_now)
    try:
        found = regime_of(store, regime)
        code = _role(found, role)

        async def unit_of_work(tx: Tx) -> Link:
            return await first_office(tx, regime=found.id, role=code, name=name, scope=_scope(found, scope), unit=unit, days=days)

        return await store.unit(unit_of_work), bot
    finally:
        await store.close()


def regime_of(store: Store, asked: str) -> Regime:
    served = store.world.regimes
    if asked and asked not in served:
        raise BadSeatError(f'the regime "{asked}" is not served: choose one of {", ".join(served)}')
    found = served[asked] if asked else next(iter(served.values()))
    if not asked and len(served) > 1:
        others = ", ".join(each for each in served if each != found.id)
        click.echo(f"Regime: {found.id} {found.name.zh}. For another add --regime ({others}).", err=True)
    return found


def _role(regime: Regime, asked: str) -> str:
    roles = {role.id for role in regime.roles}
    if asked in roles:
        return asked
    by_rights = [role.id for role in regime.roles if role.rights == asked]
    if len(by_rights) == 1:
        return by_rights[0]
    raise BadSeatError(f'{regime.id} has no role "{asked}": choose one of {", ".join(by_rights or sorted(roles))}')


def _scope(regime: Regime, asked: str) -> str:
    region = regime.find_region(asked) if asked else None
    return asked if region is None else region.id


async def bot_name(settings: Settings) -> str:
    token = settings.token()
    if not token:
        raise SettingsError("DUBAN_BOT_TOKEN is not set; set it, or give the bot's name with --username.")
    url = f"{settings.bot_api_url}/bot{token}/getMe"
    try:
        async with Transport(connections=1, proxy=settings.proxy_url) as transport:
            _, body = await transport.get(url, SECONDS)
        answer = json.loads(body)
    except (NotSentError, BrokenError, ValueError):
        raise SettingsError("DUBAN_BOT_API_URL: Telegram does not answer; check the network or the proxy, or give --username.") from None
    if not answer.get("ok"):
        raise SettingsError(f"DUBAN_BOT_TOKEN: Telegram says {answer.get('description', 'no')}; copy the token from BotFather again.")
    return str(answer["result"]["username"])


def print_link(url: str, link: Link, qr: Path | None) -> None:
    """The bare link on stdout, so that a script can take it; everything else on stderr."""
    import segno

    click.echo(url)
    until = local_time(link.expires_at)
    click.echo(f"It works once, until {until:%Y-%m-%d %H:%M} (Asia/Shanghai).", err=True)
    code = segno.make(url, error="m")
    if qr is not None:
        if qr.suffix.lower() not in {".png", ".svg"}:
            qr = qr.with_name(f"{qr.name}.png")
        code.save(str(qr), scale=8, border=4)
        click.echo(f"QR: {qr}", err=True)
    if sys.stdout.isatty():
        code.terminal(compact=True)
