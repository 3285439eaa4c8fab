"""“Remind me tomorrow”: whoever owes something is told of it once more at their slot of the next working day, bundled with all else."""

from collections.abc import Sequence

from actions.obligations import get, target_of
from actions.perform import action
from domain.calendar import DAY
from domain.deadlines import at, local_date
from domain.obligations import Owed, light
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.slots import next_slot
from domain.speech import Button
from storage import notices
from storage.notices import Notice
from storage.tx import Tx


def remind_button(tx: Tx, owed: Owed | None, seats: Sequence[Seat]) -> tuple[Button, ...]:
    """On the card of the matter, for whoever owes it, once it presses."""
    if owed is None or owed.state != "open" or owed.owner not in {seat.id for seat in seats}:
        return ()
    far = light(owed, tx.now, tx.world.regime(owed.regime), tx.world.calendar) == "green"
    return () if far else (Button("button.remind", "ot", owed.id),)


@action("obligation.remind", of=target_of)
async def remind(tx: Tx, actor: Actor, obligation_id: int) -> Outcome:
    """The result is when. Pressed again on the same day it changes nothing: the notice is there already."""
    owed = await get(tx, obligation_id)
    if owed.state != "open":
        return Refusal("remind_over")
    assert actor.person is not None  # a seat was found for the action
    day = local_date(tx.now) + DAY
    while tx.world.calendar.off(day):
        day += DAY
    own = (await notices.own_times(tx, [actor.person])).get(actor.person)
    slot = next_slot(at(day, "00:00"), await notices.quiet_for(tx, owed.regime, actor.person), own)
    await notices.add(tx, [Notice(actor.person, owed.id, "remind", slot)])
    return Done(result=slot)
