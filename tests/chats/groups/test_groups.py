"""A group: the bot comes in, is bound to a place, hears numbers once a week and what the office posts; it moves, is renamed, and ends."""

from collections.abc import Callable

from sandbox.client import Group
from storage import group_chats, people
from tests.cast import seated
from tests.chats.scene import TOKEN, USERNAME, Scene, show
from tests.chats.tasks.test_tasks import assigned

BOT = int(TOKEN.partition(":")[0])


class Room:
    """The group as its members see it; what is new in it is written down after each turn."""

    def __init__(self, scene: Scene, group: Group) -> None:
        self.scene, self.chat, self._seen = scene, group.id, set[int]()

    async def say(self, who: str, words: str) -> None:
        await self.scene._turn(f"{who} in the group: {words}", self.scene.sandbox.write(self.scene.cast[who], words, chat=self.chat))
        await self.look()

    async def look(self) -> None:
        await self.scene.settle()
        for message in await self.scene.sandbox.messages(self.scene.cast["office"], chat=self.chat):
            if message.message_id not in self._seen and message.from_id == BOT and message.words:
                self.scene.lines += ["→ the group:", *(f"> {line}" for line in show(message).splitlines())]
            self._seen.add(message.message_id)

    async def happens(self, heading: str) -> None:
        """Something was done to the group in Telegram."""
        await self.scene._turn(f"— {heading} —", None)
        await self.look()

    async def later(self, day: str) -> None:
        """What people are told in their own chats that morning is another story."""
        told = len(self.scene.lines)
        await self.scene.move_to(day, "08:31")
        del self.scene.lines[told + 2 :]
        await self.look()

    async def becomes_a_supergroup(self) -> None:
        self.chat = await self.scene.sandbox.migrate(self.chat)
        self._seen.clear()
        await self.happens("the group becomes a supergroup")

    async def bound(self) -> group_chats.Group | None:
        found: group_chats.Group | None = await self.scene.unit(lambda tx: group_chats.of_chat(tx, self.chat))
        return found


async def entered(scene: Scene, title: str, *who: str) -> Room:
    scene.lines.clear()
    group = await scene.sandbox.group(title, [*(scene.cast[key] for key in who), BOT], kind="group")
    room = Room(scene, group)
    await room.happens("the bot is taken into the group")
    return room


async def test_bound_and_told_little(scene: Scene, golden: Callable[[Scene], None]) -> None:
    await seated(scene, "shandong-2022", "office", "liaison")
    await scene.join("guest", "外来人")
    await assigned(scene)
    room = await entered(scene, "济南督办群", "office", "liaison", "guest")
    await room.say("liaison", f"/bind@{USERNAME} 济南市")
    await room.say("guest", f"/unbind@{USERNAME}")
    await room.say("office", f"/bind@{USERNAME}")
    await room.say("office", f"/bind@{USERNAME} 济北市")
    await room.say("office", f"/bind@{USERNAME} 市中区")
    await room.say("office", "济南市的群建好了")
    await room.say("office", f"/bind@{USERNAME} 济南市")
    await room.say("liaison", f"/tasks@{USERNAME}")
    await scene.sandbox.rename(room.chat, "济南市督办联络群")
    await room.happens("the group is renamed")
    await scene.say("office", "/post 请各单位本周五前核对台账。")
    await scene.press("office", "提交")
    await room.look()
    await room.later("2026-03-09")
    await room.becomes_a_supergroup()
    assert await room.bound() is not None
    await room.later("2026-03-16")
    await room.say("office", f"/unbind@{USERNAME}")
    assert await room.bound() is None
    await room.say("office", f"/unbind@{USERNAME}")
    golden(scene)


async def test_a_leaders_own_group(scene: Scene, golden: Callable[[Scene], None]) -> None:
    """In English; the leader binds the chat of the own group, the office may post to it; then the leader's term ends."""
    seats = await seated(scene, "shandong-2022", "office", "leader", "liaison", english=("leader",))
    await assigned(scene)
    room = await entered(scene, "Inspection group", "office", "leader")
    await room.say("leader", f"/bind@{USERNAME} 青岛市")
    await room.say("leader", f"/bind@{USERNAME}")
    await scene.say("leader", "/post")
    await scene.say("leader", "We meet on Friday at nine.")
    await scene.press("leader", "Submit")
    await room.look()
    await scene.unit(lambda tx: people.end_seat(tx, seats["leader"].id))
    await room.later("2026-03-09")
    assert await room.bound() is None
    golden(scene)


async def test_a_receipt_shown_to_everybody(scene: Scene, golden: Callable[[Scene], None]) -> None:
    """Typed in a group by mistake it is taken out of sight, where the bot may; its owner hears what to do in any case."""
    await seated(scene, "shandong-2022", "office")
    await scene.join("guest", "外来人")
    room = await entered(scene, "济南督办群", "office", "guest")
    await room.say("guest", f"/check@{USERNAME} 1234 5678 9012 3456 7890 1234 5678")
    await room.say("guest", f"/check@{USERNAME}")
    golden(scene)


async def test_one_of_several_groups(scene: Scene, golden: Callable[[Scene], None]) -> None:
    """Only where there are several is it asked which; what stood behind the command is not asked again."""
    await seated(scene, "shandong-2022", "office")
    first = await entered(scene, "济南督办群", "office")
    await first.say("office", f"/bind@{USERNAME} 济南市")
    second = await entered(scene, "全省督办群", "office")
    await second.say("office", f"/bind@{USERNAME} 山东省")
    scene.lines.clear()
    await scene.say("office", "/post 周五九点开视频会。")
    await scene.press("office", "全部群")
    await scene.press("office", "✏️ 群")
    await scene.press("office", "全省督办群")
    await scene.press("office", "提交")
    await first.look()
    await second.look()
    golden(scene)


async def test_thrown_out_and_muted(scene: Scene, golden: Callable[[Scene], None]) -> None:
    """Whoever bound the group hears that nothing goes there any more, and what to do."""
    await seated(scene, "shandong-2022", "office", "liaison")
    room = await entered(scene, "济南督办群", "office", "liaison")
    await room.say("office", f"/bind@{USERNAME} 济南市")
    await scene.sandbox.change_members(room.chat, remove=[BOT])
    await room.happens("the bot is thrown out")
    assert await room.bound() is None
    await scene.sandbox.change_members(room.chat, add=[BOT])
    await room.happens("the bot is taken in again")
    await room.becomes_a_supergroup()
    await room.say("office", f"/bind@{USERNAME} 济南市")
    await scene.sandbox.mute(room.chat)
    await room.happens("the bot may not write any more")
    assert await room.bound() is None
    golden(scene)
