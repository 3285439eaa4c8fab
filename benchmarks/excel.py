"""Ledgers as Excel: a large one goes out of the running bot while people want answers; ten thousand rows come in."""

import asyncio
import contextlib
import io
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from actions import ledger_import
from actions.inputs_ledger import OnImport, OpenItem, SheetIn
from actions.ledger_entering import Entered, enter_many
from actions.people import seat_directly
from actions.perform import Caller, perform
from benchmarks import product
from benchmarks.frame import FULL, BrokenError, figure, say, scratch, until
from benchmarks.load import load
from bot.ledger_sheets import heads
from bot.render import Renderer
from bot.sheets import read_sheets
from domain.dates import Until
from domain.deadlines import local_date
from domain.ledger_import import read_rows
from domain.people import Seat
from domain.regime import Regime
from storage.db import Store
from storage.tx import Tx

ITEMS = 100_000 if FULL else 20_000
ROWS = 10_000
OFFICE, FIRST, ASKERS = 1, 100, 20
READS = 0.5  # seconds between an answer and the next question
AT_ONCE = 2_000
COLUMNS = ("enterprise", "project", "city", "industry", "problem", "kind", "goal", "measures", "due")


@dataclass(frozen=True)
class Out:
    seconds: float
    scribe_mb: float
    p95: float


async def seat(store: Store) -> tuple[Seat, list[Seat]]:
    async def unit(tx: Tx) -> tuple[Seat, list[Seat]]:
        regime = tx.world.regime(product.REGIME)
        cities = [region.id for region in regime.regions if region.level == "city"]
        office = await seat_directly(tx, account=OFFICE, name="办公室", regime=regime.id, role="office")
        liaisons = [
            await seat_directly(
                tx, account=FIRST + n, name=f"联络员{n}", regime=regime.id, role="local_liaison", scope=cities[n % len(cities)]
            )
            for n in range(ASKERS * 4)
        ]
        return office, liaisons

    return await store.unit(unit)


async def fill(store: Store) -> None:
    office, liaisons = await seat(store)
    regime = store.world.regime(product.REGIME)

    async def enter(start: int, tx: Tx) -> None:
        due = Until(local_date(tx.now) + timedelta(days=90))
        entered = []
        for n in range(start, min(start + AT_ONCE, ITEMS)):
            owner, given = liaisons[n % len(liaisons)], _words(regime, n)
            place = f"{regime.id}:{owner.scope}"
            entered.append(Entered(office, owner, OpenItem(place=place, owner=owner.id, due=due, **given)))
        await enter_many(tx, entered, {regime.id: [office, *liaisons]})

    for start in range(0, ITEMS, AT_ONCE):
        await store.unit(partial(enter, start))


def _words(regime: Regime, n: int) -> dict[str, Any]:
    return {
        "enterprise": f"第{n}号企业有限公司",
        "industry": regime.industries[n % len(regime.industries)].id,
        "problem": f"问题第{n}条：能耗超过限额，未按要求整改",
        "kind": regime.ledger.classes[n % len(regime.ledger.classes)].id,
        "measures": f"措施第{n}条：停产改造，安装计量设备并联网",
        "goal": "达到限额以下",
        "project": f"项目{n}",
    }


def out(folder: Path) -> Out:
    template = folder / "ledger.db"
    product.fill(f"sqlite:///{template}", fill)
    with product.copied(template, folder) as url, load() as server:
        server.people("benchmarks.people:Asker", range(FIRST, FIRST + ASKERS), reads=READS, words="/start")
        with product.running(url, folder, server) as bot:
            server.begin()
            time.sleep(2)
            server.people("benchmarks.people:Exporter", [OFFICE])
            server.tell("mark")
            begun, most = time.time(), 0.0
            server.begin()

            def sent() -> bool:
                nonlocal most
                bot.alive()
                most = max(most, _scribe_mb(bot.pid))
                return server.called("sendDocument")

            until(sent, "the sheet", 300)
            found = server.read()
            return Out(found["first"]["sendDocument"] - begun, most, found["p95"])


def _scribe_mb(bot: int) -> float:
    """The most that the process which writes the workbook has had so far; 0 while there is none."""
    children = Path(f"/proc/{bot}/task/{bot}/children")
    for child in children.read_text().split() if children.exists() else ():
        with contextlib.suppress(OSError, StopIteration):
            if b"scribe" in Path(f"/proc/{child}/cmdline").read_bytes():
                lines = Path(f"/proc/{child}/status").read_text().splitlines()
                return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return 0.0


def sheet(renderer: Renderer, regime: Regime) -> bytes:
    """Ten thousand rows as somebody fills them in."""
    import xlsxwriter

    words: dict[str, str] = {}
    for head, key in heads(renderer).items():
        words.setdefault(key, head)
    cities = [region for region in regime.regions if region.level == "city"]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, [words[key] for key in COLUMNS])
        for n in range(ROWS):
            said = _words(regime, n)
            named = {
                "city": cities[n % len(cities)].name.zh,
                "industry": regime.industry(said["industry"]).name.zh,
                "kind": regime.ledger_class(said["kind"]).name.zh,
                "due": f"{local_date(int(time.time() * 1000)) + timedelta(days=60 + n % 28)}",
            }
            page.write_row(n + 1, 0, [str((said | named)[key]) for key in COLUMNS])
    return content.getvalue()


async def come_in(store: Store) -> float:
    """Read, shown what it would open, and taken on the second press, all or nothing. Seconds, without the person's."""
    await seat(store)
    renderer, office = Renderer(store.world), Caller(OFFICE, OFFICE)
    content = sheet(renderer, store.world.regime(product.REGIME))
    begun = time.perf_counter()
    rows = read_rows(await asyncio.to_thread(read_sheets, content), heads(renderer))
    await perform(store, office, ledger_import.show, SheetIn("ledger.xlsx", rows))
    waiting = await store.read(lambda tx: tx.value("SELECT id FROM ledger_import"))
    await perform(store, office, ledger_import.take, OnImport(waiting, None))
    took = time.perf_counter() - begun
    opened = await store.read(lambda tx: tx.value("SELECT count(*) FROM item"))
    if opened != ROWS:
        raise BrokenError(f"{opened} of {ROWS} rows came in")
    return took


def main() -> None:
    import bot.forms
    import bot.handlers
    from bot.hearing import load_package

    load_package(bot.forms)
    load_package(bot.handlers)
    took: list[float] = []

    async def work(store: Store) -> None:
        took.append(await come_in(store))

    with scratch() as place:
        product.fill(f"sqlite:///{Path(place) / 'empty.db'}", work)
        found = out(Path(place))
    say(f"  {found}")
    note = f"excel: {ITEMS} items with all columns; meanwhile {ASKERS} people ask twice a second"
    figure(f"excel: {ITEMS} items out", found.seconds, None, "s", f"ours <= {15 * ITEMS / 100_000:g}", note)
    figure("excel: memory of the process that writes it", found.scribe_mb, None, "MB", "ours <= 60")
    figure("excel: answers meanwhile, p95", found.p95 * 1000, None, "ms", "ours <= 200")
    figure(f"excel: {ROWS} rows in", took[0], None, "s", "ours <= 3")


if __name__ == "__main__":
    main()
