"""One press for what waits for somebody: the buttons that accept or send back what was handed in, where the digest names it alone.

They carry the version that stands now: once the matter has moved on, they answer that it has.
"""

from actions import ledger_view, task_cards
from actions.subjects import settles
from domain import ledger
from domain.deadlines import local_date
from domain.obligations import Owed
from domain.people import Actor, Seat
from domain.permissions import permit
from domain.speech import Button, Keyboard
from storage import ledger as items
from storage import tasks
from storage.tx import Tx


@settles("task")
async def task_handed_in(tx: Tx, owed: Owed, seat: Seat) -> Keyboard:
    task = await tasks.find(tx, owed.subject)
    if task is None or task.state != "handed_in" or seat.id not in (await task_cards.target(tx, task)).askers:
        return ()
    return ((Button("button.task_accept", "ta", task.id, task.version), Button("button.task_return", "tr", task.id, task.version)),)


@settles("item")
async def closing_asked(tx: Tx, owed: Owed, seat: Seat) -> Keyboard:
    """For whoever opened the item, where the verification is theirs to make."""
    item = await items.get(tx, owed.subject)
    if item is None or item.state not in ledger.MOVES["verify"].paths:
        return ()
    alone = Actor(account=0, language="", lane="", seats=(seat,))
    if permit(alone, "item.verify", await ledger_view.target_to_verify(tx, item), tx.world, local_date(tx.now)) is None:
        return ()
    verify = Button("button.item.verify", "iv", item.id, item.version)
    return ((verify, Button("button.item.send_back", "ir", item.id, item.version)),)
