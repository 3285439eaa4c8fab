"""Telegram's list of commands in each chat: everybody's, then the own one, which follows the seats."""

from actions.people import seat_directly
from sandbox.methods.commands import commands_for
from storage import people
from tests.cast import seated
from tests.chats.scene import Scene


def offered(scene: Scene, who: str) -> list[str]:
    [bot] = scene.server.world.bots.values()
    person = scene.server.world.people[scene.cast[who].id]
    return [each["command"] for each in commands_for(bot, scene.server.world.private[bot.id, person.id], person)]


async def test_the_list_follows_the_seats(scene: Scene) -> None:
    await scene.join("stranger", "路人")
    await scene.start("stranger")
    seats = await seated(scene, "shandong-2022", "office", "liaison")
    public = offered(scene, "stranger")

    assert public[:3] == ["menu", "complain", "check"]
    assert not {"assign", "mine", "language"} & set(public)
    assert offered(scene, "office")[:4] == ["menu", "mine", "overview", "assign"]
    assert "assign" not in offered(scene, "liaison")

    await scene.unit(lambda tx: seat_directly(tx, account=scene.cast["liaison"].id, name="李联络", regime="shandong-2022", role="office"))
    await scene.say("liaison", "/menu")
    assert "assign" in offered(scene, "liaison")

    await scene.unit(lambda tx: people.end_seat(tx, seats["office"].id))
    await scene.say("office", "/menu")
    assert offered(scene, "office") == public
