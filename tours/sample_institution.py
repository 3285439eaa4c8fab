"""A sample institution for each regime that is served: made-up people with their seats, and a few matters under way.

What stands in the chats afterwards came the way it always comes: people open the bot, actions commit, delivery speaks.
"""

from datetime import date
from functools import partial
from typing import Any

from actions import ledger, tasks
from actions.inputs_ledger import OpenItem
from actions.inputs_tasks import Assign
from actions.perform import Caller, perform
from domain.deadlines import due_date, local_date, parse_limit
from domain.people import Seat
from domain.regime import Regime
from storage.db import Store
from tours.cast import cast_of
from tours.seating import seat, stage_store
from tours.stage import Stage

# Made up: a surname and a given name for each part, other ones in each province.
SURNAMES = "周郑孙李钱吴冯许张韩杨陈刘赵黄宋何罗高林梁郭马谢"
GIVEN = {
    "office": "敏",
    "leader": "国栋",
    "inspector": "晓峰",
    "liaison": "建军",
    "resident": "志强",
    "supervisor": "卫东",
    "provincial": "立新",
    "audit": "正",
}


async def fill(stage: Stage) -> list[int]:
    """Seat everybody, start the bot, let all open it, give them something to do. Returns the accounts to show side by side."""
    now = (await stage.sandbox.clock()).now
    store = await stage_store(stage, now)
    try:
        seats = {regime.id: await _seat_all(stage, store, regime, number) for number, regime in enumerate(store.world.regimes.values())}
        for held in seats.values():
            await _give_work(store, held, local_date(now))
    finally:
        await store.close()
    # Everybody opens the chat before the bot speaks first: Telegram lets no bot write to who has never started it.
    for held in seats.values():
        for holder in held.values():
            assert holder.account is not None
            await stage.sandbox.start(holder.account)
    await stage.start_bot()
    citizen = await stage.sandbox.person("一位市民", about="群众 · 可以匿名举报")
    await stage.sandbox.start(citizen)
    await stage.settle(60)
    last = next(reversed(seats.values()))
    shown = [last[key].account for key in ("office", "liaison", "supervisor") if key in last]
    return [account for account in shown if account is not None]


async def _seat_all(stage: Stage, store: Store, regime: Regime, number: int) -> dict[str, Seat]:
    seats = {}
    for n, part in enumerate(cast_of(regime, local_date(store.now())).values()):
        name = SURNAMES[(number * len(GIVEN) + n) % len(SURNAMES)] + GIVEN[part.key]
        about = f"{regime.role(part.role).name.zh} · {regime.province.name.zh}"
        person = await stage.sandbox.person(name, about=about)
        seats[part.key] = await store.unit(partial(seat, regime=regime, part=part, name=name, account=person.id))
    return seats


async def _give_work(store: Store, seats: dict[str, Seat], today: date) -> None:
    liaison, office = seats["liaison"], seats["office"]

    def due(span: str) -> date:
        return due_date(today, parse_limit(span), store.world.calendar).date

    await _do(
        store, office, tasks.assign, Assign(what="报送本季度重点企业清单", assignee=liaison.id, due=due("5wd"), detail="附上上季度的变化。")
    )
    await _do(store, office, tasks.assign, Assign(what="确定一名配合检查的联络人", assignee=liaison.id, due=due("1wd")))
    opener = seats.get("leader", office)
    regime = store.world.regime(liaison.regime)
    item = OpenItem(
        place=f"{liaison.regime}:{liaison.scope}",
        enterprise="样本机械厂",
        problem="一台旧炉仍在使用，应当停用拆除。",
        kind=regime.ledger.classes[-1].id,
        measures="停用、拆除，留存照片。",
        owner=liaison.id,
        due=due("15wd"),
    )
    await _do(store, opener, ledger.open_item, item)


async def _do(store: Store, seat: Seat, verb: Any, given: Any) -> None:
    assert seat.account is not None
    outcome = await perform(store, Caller(seat.account, seat.account), verb, given)
    if not hasattr(outcome, "subject"):
        raise RuntimeError(f"the sample was refused: {outcome}")
