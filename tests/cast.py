"""The standing cast on the stage: each with an account, a seat in the regime, and the bot opened."""

from actions.people import seat_directly
from domain.deadlines import local_date
from domain.people import Seat
from storage.tx import Tx
from tests.chats.scene import Scene
from tours.cast import cast_of


async def seated(scene: Scene, regime: str, *keys: str, english: tuple[str, ...] = ()) -> dict[str, Seat]:
    """Seat the named parts of the cast and let them open the bot; the opening is not part of the story."""
    parts = cast_of(scene.bot.store.world.regime(regime), local_date(scene.clock.now))
    seats: dict[str, Seat] = {}
    for key in keys:
        part, language = parts[key], "en" if key in english else "zh"
        person = await scene.join(key, part.name, language=language)

        async def unit(tx: Tx, account: int = person.id, language: str = language, key: str = key) -> Seat:
            part = parts[key]
            return await seat_directly(
                tx, account=account, name=part.name, regime=regime, role=part.role, scope=part.scope, language=language
            )

        seats[key] = await scene.unit(unit)
        await scene.start(key)
    scene.lines.clear()
    return seats
