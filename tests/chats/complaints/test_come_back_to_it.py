"""A complaint laid down half-way and taken up again leaves no older question behind: whoever picks up the phone finds none."""

from collections.abc import Callable

from tests.cast import seated
from tests.chats.scene import Scene


async def test_come_back_to_it(scene: Scene, golden: Callable[[Scene], None]) -> None:
    await seated(scene, "shandong-2022", "office")
    await scene.join("citizen", "A citizen", language="en")

    await scene.say("citizen", "/complain")
    await scene.say("citizen", "what is this?")
    await scene.press("citizen", "I understand, go on")
    await scene.press("citizen", "Shandong Province")
    await scene.say("citizen", "/check")
    await scene.press("citizen", "Go on")
    await scene.press("citizen", "Output above the plan")
    await scene.press("citizen", "✖ Leave")
    await scene.say("citizen", "the works by the river")
    await scene.press("citizen", "Go on")
    await scene.say("citizen", "/cancel")
    golden(scene)
