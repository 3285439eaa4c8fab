"""What a complaint looks like from outside: a cover code and nothing else. And who is kept out of it, whatever else they may."""

from collections.abc import Collection

from actions.subjects import Subject, subject
from domain.complaints import barred, cover_code
from domain.deadlines import local_date
from domain.people import Seat
from domain.permissions import Target
from domain.speech import PING, Button, text
from storage import complaints, outbox, people
from storage.complaints import Complaint
from storage.tx import Tx


async def barred_seats(tx: Tx, complaint: Complaint) -> frozenset[int]:
    """Seats as they are now: who was appointed to the place since is out as well."""
    seats = await people.seats_in(tx, complaint.regime)
    plants = await complaints.plants(tx, complaint.regime)
    return barred(seats, await complaints.bars(tx, complaint.id), tx.world.regime(complaint.regime), local_date(tx.now), plants)


async def target(tx: Tx, complaint: Complaint) -> Target:
    """Only its handler, and not even the handler once barred."""
    return Target(complaint.regime, askers=frozenset({complaint.handler}), barred=await barred_seats(tx, complaint))


async def reaches(tx: Tx, case: int, seat: Seat) -> bool:
    complaint = await complaints.get(tx, case)
    return complaint is not None and seat.id not in await barred_seats(tx, complaint)


@subject("complaint", reaches=reaches, private=True)
async def describe(_tx: Tx, cases: Collection[int]) -> dict[int, Subject]:
    return {case: Subject(cover_code(case), text("complaint.cover"), Button("complaint.button.open", "co", case)) for case in cases}


async def notify(tx: Tx, complaint: Complaint, key: str) -> None:
    """Tell the handler, in cover text: a phone lies on a desk."""
    seat = await people.seat(tx, complaint.handler)
    to = seat.to()
    if to is None:
        return
    button = Button("complaint.button.open", "co", complaint.id)
    await outbox.say(tx, to, key, {"code": cover_code(complaint.id)}, ((button,),), priority=PING, protect=True)
