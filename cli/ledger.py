"""`duban export-ledger`: a province's whole ledger as an Excel file, as its office would get it."""

import asyncio
from pathlib import Path

import click

from bot.app import store_of
from bot.clock import real_now
from bot.ledger_sheets import book
from bot.render import Renderer
from config.settings import SettingsError, load_settings
from domain.people import Seat
from domain.regime import Regime
from storage.ledger_lists import Reach, Where, within
from storage.tx import Tx


@click.command("export-ledger")
@click.option("--regime", required=True, help="Whose ledger.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The .xlsx file to write; only its owner may read it."
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def export_ledger(regime: str, out: Path, language: str) -> None:
    """Write every item of a regime with all its columns. Sources stand there as the office reads them."""
    content, count = asyncio.run(_export(regime, language))
    out.touch(mode=0o600)
    out.write_bytes(content)
    click.echo(f"{out}: {count} items.")


async def _export(regime: str, language: str) -> tuple[bytes, int]:
    store = await store_of(load_settings(), real_now, migrate=False)
    try:
        served = store.world.regimes
        if regime not in served:
            raise SettingsError(f"--regime {regime} is not served; DUBAN_REGIMES names {', '.join(served)}.")

        async def all_of_it(_tx: Tx) -> Where:
            return within([Reach(regime)])

        return await book(store, Renderer(store.world), language, (_office(served[regime]),), all_of_it)
    finally:
        await store.close()


def _office(regime: Regime) -> Seat:
    """A seat that only reads: the sheet shows what an office may see."""
    role = next(iter(regime.roles_with("office")))
    return Seat(0, regime.id, role.id, "office", "province", "", "")
