"""The office imports a year: what is on file, a slip, the file, the effect, the second press; those concerned hear once."""

from collections.abc import Callable
from typing import Any

from actions import obligations
from storage import people, tasks
from storage.tx import Tx
from tests.cast import seated
from tests.chats.scene import Scene
from tests.unit.test_announcement import ONE_DAY_EACH

REGIME = "shandong-2022"
Golden = Callable[[Scene], None]
FILE = """year = 2027
source = "样例"
off = [
  { from = 2027-01-01, to = 2027-01-05, name = "元旦" },
  { from = 2027-02-05, to = 2027-02-11, name = "春节" },
  { from = 2027-04-05, to = 2027-04-05, name = "清明节" },
  { from = 2027-05-01, to = 2027-05-03, name = "劳动节" },
  { from = 2027-06-09, to = 2027-06-09, name = "端午节" },
  { from = 2027-09-15, to = 2027-09-15, name = "中秋节" },
  { from = 2027-10-01, to = 2027-10-07, name = "国庆节" },
]
working = [2027-02-20]
"""


async def test_a_new_year_is_imported(scene: Scene, golden: Golden) -> None:
    await scene.move_to("2026-12-29", "10:00")
    await seated(scene, REGIME, "office", "liaison", english=("liaison",))
    await _counted(scene)
    await scene.say("liaison", "/holidays")
    await scene.say("office", "/holidays")
    await scene.press("office", "导入新一年")
    await scene.say("office", "休 2027-01-01..01-03")
    await scene.send("office", "document", FILE.encode(), file_name="cn-2027.toml")
    await scene.press("office", "提交")
    await scene.move_to("2026-12-30", "08:30")
    await scene.say("office", "/holidays")
    await scene.press("office", "导入新一年")
    await scene.say("office", ONE_DAY_EACH.replace("01-01..01-03", "01-01..01-05") + "班 2027-02-20")
    await scene.press("office", "提交")
    await scene.press("office", "退出")
    golden(scene)


async def test_a_deadline_given_as_a_span_is_counted_again(scene: Scene, golden: Golden) -> None:
    await scene.move_to("2026-12-14", "10:00")
    await seated(scene, REGIME, "office", "liaison")
    await scene.say("office", "/assign")
    await scene.say("office", "报送年度企业名单")
    await scene.say("office", "李联络")
    await scene.say("office", "15个工作日")
    await scene.press("office", "提交")
    await scene.say("office", "/holidays")
    await scene.press("office", "导入新一年")
    await scene.send("office", "document", FILE.encode(), file_name="cn-2027.toml")
    await scene.press("office", "提交")
    await scene.move_to("2026-12-15", "08:30")
    await scene.move_to("2026-12-16", "08:30")
    golden(scene)


async def test_a_date_that_stands_is_a_guess_no_longer(scene: Scene, golden: Golden) -> None:
    """Nothing moves and nobody is told; the cards lose their 「暂按推算」."""
    await scene.move_to("2026-12-14", "10:00")
    await seated(scene, REGIME, "office", "liaison", english=("liaison",))
    for said in ("/assign", "报送年度企业名单", "李联络", "2027-01-20"):
        await scene.say("office", said)
    await scene.press("office", "提交")
    await scene.say("office", "/holidays")
    await scene.press("office", "导入新一年")
    await scene.forget()
    await scene.send("office", "document", FILE.encode(), file_name="cn-2027.toml")
    await scene.press("office", "提交")
    await scene.move_to("2026-12-15", "08:31")
    golden(scene)


async def _counted(scene: Scene) -> None:
    """A task of the liaison's whose limit ends in the unpublished year."""

    async def unit(tx: Tx) -> None:
        found = {seat.rights: seat for seat in await people.seats_in(tx, REGIME)}
        office, liaison = found["office"], found["liaison"]
        words: dict[str, Any] = {"number": "RW-2026-001", "title": "报送年度企业名单", "detail": ""}
        task = await tasks.add(tx, regime=REGIME, asker=office.id, owner=liaison.id, region=liaison.scope, **words)
        about: dict[str, Any] = {"regime": REGIME, "duty": "task", "subject": ("task", task), "region": liaison.scope}
        await obligations.owe(tx, owner=liaison, creditor=office, span="5wd", **about)

    await scene.unit(unit)
    scene.lines.clear()
