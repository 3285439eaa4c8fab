"""Staff rotate: a seat with everything open goes to a successor, once to somebody who sits there already, once to somebody new."""

from collections.abc import Callable
from datetime import date

from actions import ledger, tasks
from actions.inputs_ledger import OpenItem
from actions.inputs_tasks import Assign
from actions.people import seat_directly
from actions.perform import Caller, perform
from domain.people import Seat
from storage.tx import Tx
from tests.cast import seated
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]
REGIME = "shandong-2022"


async def colleague(scene: Scene, key: str, name: str, like: Seat, language: str = "zh") -> Seat:
    """Another person in the same role and place."""
    person = await scene.join(key, name, language=language)

    async def unit(tx: Tx) -> Seat:
        return await seat_directly(tx, account=person.id, name=name, regime=REGIME, role=like.role, scope=like.scope, language=language)

    seat: Seat = await scene.unit(unit)
    await scene.start(key)
    return seat


async def give(scene: Scene, to: Seat, *titles: str) -> None:
    """Tasks on record before the story begins."""
    account = scene.cast["office"].id
    for n, title in enumerate(titles):
        await perform(scene.bot.store, Caller(account, account), tasks.assign, Assign(what=title, assignee=to.id, due=date(2026, 3, 9 + n)))
    await scene.settle()
    await scene.forget()


async def found(scene: Scene, owner: Seat) -> None:
    """An item of the ledger on record before the story begins."""
    account = scene.cast["office"].id
    item = OpenItem(
        place=f"{REGIME}:{owner.scope}", enterprise="样本机械厂", problem="一台旧炉仍在使用", kind="close", measures="停用、拆除",
        owner=owner.id, due=date(2026, 3, 20),
    )  # fmt: skip
    await perform(scene.bot.store, Caller(account, account), ledger.open_item, item)
    await scene.settle()
    await scene.forget()


async def test_to_a_colleague(scene: Scene, golden: Golden) -> None:
    seats = await seated(scene, REGIME, "office", "liaison")
    await colleague(scene, "successor", "Wang Fang", seats["liaison"], "en")
    await give(scene, seats["liaison"], "报送本季度重点企业清单", "核对在建项目台账")

    await scene.say("office", "/handover")
    await scene.say("office", "李联络")
    await scene.press("office", "Wang Fang")
    await scene.press("office", "提交")
    await scene.say("liaison", "/tasks")
    await scene.press("successor", "Open 1")
    golden(scene)


async def test_to_somebody_new(scene: Scene, golden: Golden) -> None:
    seats = await seated(scene, REGIME, "office", "liaison")
    await give(scene, seats["liaison"], "报送本季度重点企业清单")
    await found(scene, seats["liaison"])

    await scene.say("liaison", "/handover")
    await scene.say("office", "/handover")
    await scene.say("office", "李联络")
    await scene.say("office", "王接任")
    await scene.press("office", "提交")
    token = next(message.words for message in await scene.messages("office") if "start=" in message.words).split("start=")[1].split()[0]
    await scene.join("newcomer", "王接任")
    await scene.start("newcomer", token)
    await scene.press("newcomer", "是我")
    golden(scene)
