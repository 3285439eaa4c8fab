"""An appointment that ends by itself: its holder and the office hear in time, what is still open goes up."""

from collections.abc import Callable
from datetime import date

from actions import tasks
from actions.inputs_tasks import Assign
from actions.people import seat_directly
from actions.perform import Caller, perform
from domain.deadlines import end_of_day
from tests.cast import seated
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]


async def test_term_that_ends(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office")
    leaving = await scene.join("leaving", "赵联络")
    until = end_of_day(date(2026, 3, 20))

    seat = await scene.unit(
        lambda tx: seat_directly(
            tx, account=leaving.id, name="赵联络", regime="shandong-2022", role="local_liaison", scope="3714", until_at=until
        )
    )
    order = Assign(what="报送自查材料", assignee=seat.id, due=date(2026, 4, 30))
    office = scene.cast["office"].id
    await perform(scene.bot.store, Caller(office, office), tasks.assign, order)
    await scene.settle()
    await scene.start("leaving")
    scene.lines.clear()

    await scene.move_to("2026-03-13")
    await scene.move_to("2026-03-20")
    await scene.move_to("2026-03-21")
    await scene.say("leaving", "/whoami")
    golden(scene)
