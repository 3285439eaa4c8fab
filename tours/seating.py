"""Seats given on the store directly, for people who joined before a story begins. The bot must not be running."""

from actions.people import seat_directly
from bot.app import load_world
from config.settings import Settings
from domain.deadlines import local_date
from domain.people import Seat
from domain.regime import Regime
from storage import enterprises
from storage.db import Store, open_store
from storage.tx import Tx
from tours.cast import Part, cast_of
from tours.stage import Stage


async def stage_store(stage: Stage, now: int) -> Store:
    settings = Settings(
        bot_token="1:local",  # noqa: S106  never used: this store only fills the database before the bot starts
        database_url=stage.database_url,
        data_dir=stage.folder / "data",
        master_key_file=stage.folder / "master.key",
        regimes=stage.regimes,
    )
    return await open_store(settings.database_url, master_key=settings.master_key(), now=lambda: now, world=load_world(settings))


async def seat(tx: Tx, *, regime: Regime, part: Part, name: str, account: int) -> Seat:
    scope = part.scope
    if part.scope_kind == "enterprise":
        city = cast_of(regime, local_date(tx.now))["liaison"].scope
        scope = str(await enterprises.find_or_add(tx, regime.id, "样本钢铁有限公司", city))
    return await seat_directly(tx, account=account, name=name, regime=regime.id, role=part.role, scope=scope)
