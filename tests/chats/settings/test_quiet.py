"""What comes at night: a task arrives without a sound, reminders wait for the morning, an answer sounds as always."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.handover.test_handover import REGIME
from tests.chats.scene import Scene
from tests.chats.tasks.test_tasks import assigned

Golden = Callable[[Scene], None]


async def test_late_in_the_evening(scene: Scene, golden: Golden) -> None:
    await seated(scene, REGIME, "office", "liaison")
    await scene.move_to("2026-03-04", "22:40")
    scene.lines.clear()
    await assigned(scene)
    await scene.press("liaison", "✅ 已完成")
    golden(scene)
