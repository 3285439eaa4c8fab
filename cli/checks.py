"""What `duban doctor` looks at. Each check gives sentences: which setting or place, what is wrong, the mend."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from actions import pausing
from actions.pausing import Paused
from bot.holder import is_dead, new_holder
from config.catalogues import LOCALES
from config.load import check_file
from config.settings import LOOPBACK, Settings, SettingsError, from_environment, sentences, strangers
from domain.deadlines import local_time
from storage import aside, lease
from storage.db import SettingError, Store, open_store
from storage.schema import SchemaTooNewError
from storage.tx import Tx
from storage.vault import WrongMasterKeyError

LEAST_FREE = 512 * 1024 * 1024  # less than this much room is told, since a full disk stops every commit
NEEDED = ("DUBAN_MASTER_KEY_FILE", "DUBAN_REGIMES", "DUBAN_DATABASE_URL")  # without these the database cannot be opened
Now = Callable[[], int]


async def examine(now: Now, *, offline: bool = False) -> list[str]:
    """Everything found wrong, in the order in which it is best mended."""
    try:
        settings = from_environment()
    except ValidationError as error:
        return [*strangers(os.environ), *sentences(error)]
    found = [*strangers(os.environ), *_key(settings), *_regimes(settings)]
    found += [*_web(settings), *_clock(settings), *_places(settings), *_package()]
    if _is_there(settings) and not any(each.startswith(NEEDED) for each in found):
        found += await _database(settings, now)
    if not offline:
        from cli.checks_telegram import telegram

        found += await telegram(settings, now)
    return found


def _is_there(settings: Settings) -> bool:
    """A SQLite file that is not there yet is no fault: `duban run` makes it."""
    path = settings.database_url.removeprefix("sqlite:///")
    return path == settings.database_url or Path(path).exists()


def _key(settings: Settings) -> Iterator[str]:
    try:
        settings.master_key()
    except SettingsError as error:
        yield str(error)
    except OSError as error:
        yield f"DUBAN_MASTER_KEY_FILE: {settings.master_key_file} cannot be read ({error.strerror}); let the user that runs duban own it."


def _regimes(settings: Settings) -> Iterator[str]:
    seen: set[str] = set()
    for name in settings.regimes:
        checked = check_file(name)
        if checked.regime is None:
            for problem in checked.problems:
                yield f"DUBAN_REGIMES: {name}: {problem}"
        elif checked.regime.id in seen:
            yield f"DUBAN_REGIMES: {checked.regime.id} is named twice; give each file its own id."
        else:
            seen.add(checked.regime.id)


def _web(settings: Settings) -> Iterator[str]:
    if settings.webhook_url and not settings.webhook_secret:
        yield "DUBAN_WEBHOOK_SECRET is not set; choose a random word of letters and digits, so that only Telegram can post updates."
    if not settings.webhook_url:
        return
    if urlsplit(settings.webhook_url).path != "/webhook":
        yield "DUBAN_WEBHOOK_URL: updates are taken at /webhook; let the address end so, or let the proxy in front rewrite it."
    if _public(settings) and urlsplit(settings.webhook_url).scheme != "https":
        yield "DUBAN_WEBHOOK_URL: Telegram posts to https only; put a proxy with a certificate in front and name its address."


def _clock(settings: Settings) -> Iterator[str]:
    if settings.clock_url and _public(settings):
        yield "DUBAN_CLOCK_URL: the movable clock is for the local Telegram; leave it empty in production, deadlines would follow it."
    try:
        ZoneInfo("Asia/Shanghai")
    except (KeyError, OSError):
        yield "The time zone Asia/Shanghai is missing; install the package tzdata."


def _public(settings: Settings) -> bool:
    return urlsplit(settings.bot_api_url).hostname not in LOOPBACK


def _places(settings: Settings) -> Iterator[str]:
    places = {"DUBAN_DATA_DIR": settings.data_dir}
    if settings.database_url.startswith("sqlite:///"):
        database = Path(settings.database_url.removeprefix("sqlite:///"))
        places["DUBAN_DATABASE_URL"] = database.parent
        if database.exists() and not os.access(database, os.W_OK):
            yield f"DUBAN_DATABASE_URL: {database} cannot be written; let the user that runs duban own it."
    for name, place in places.items():
        folder = _nearest(place)
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            yield f"{name}: {folder} cannot be written; let the user that runs duban own it, or name another folder."
        elif (free := shutil.disk_usage(folder).free) < LEAST_FREE:
            yield f"{name}: only {free // 2**20} MB are free at {folder}; make room, a full disk stops every commit."


def _nearest(place: Path) -> Path:
    """The folder itself, or the one in which it would be made."""
    place = place.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    return place


def _package() -> Iterator[str]:
    for language in ("zh_CN", "en"):
        if not (LOCALES / language / "duban.mo").is_file():
            yield f"The texts of {language} are not compiled; run `make mo`, or install the wheel."


async def _database(settings: Settings, now: Now) -> list[str]:
    from bot.app import load_world

    try:
        world = load_world(settings)
        store = await open_store(settings.database_url, master_key=settings.master_key(), now=now, world=world, migrate=False)
    except (SettingError, SchemaTooNewError) as error:
        return [f"{error}."]
    except WrongMasterKeyError as error:
        return [f"DUBAN_MASTER_KEY_FILE: {error}."]
    try:
        return await _rows(store)
    finally:
        await store.close()


async def _rows(store: Store) -> list[str]:
    async def unit(tx: Tx) -> tuple[tuple[int, int], tuple[str, bool] | None, dict[str, Paused]]:
        found = {each: await pausing.paused(tx, each) for each in (pausing.ALL, *tx.world.regimes)}
        return await aside.counts(tx), await lease.last_hold(tx, "sender"), {each: it for each, it in found.items() if it is not None}

    (updates, messages), hold, paused = await store.unit(unit)
    found = []
    for regime, pause in paused.items():
        since = f"{local_time(pause.at):%Y-%m-%d %H:%M}"
        what, mend = (f"Sending of {regime}", f"duban resume --regime {regime}") if regime else ("Sending", "duban resume")
        found.append(f"{what} is paused since {since} ({pause.reason}); nothing goes out but answers until `{mend}`.")
    if hold is not None and (hold[1] or is_dead(hold[0], new_holder())):
        found.append(f"Nobody sends: {hold[0].rpartition(':')[0]} ended without giving its lease back; start `duban run`.")
    if updates:
        found.append(f"{updates} updates were set aside unhandled; see `duban queue list`, then `duban queue retry` or `duban queue drop`.")
    if messages:
        found.append(f"{messages} messages were set aside unsent; see `duban queue list`, then `duban queue retry` or `duban queue drop`.")
    return found
