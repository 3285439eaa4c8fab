"""What stands in chats about a link that seats somebody: once it is used, withdrawn or expired, no button there says otherwise.

`joining:INVITE` is what a newcomer sees who opened it (in as many chats as opened it), `letter:INVITE` what the office got with it.
"""

from typing import Literal

from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.speech import Button, Message, Param
from storage import cards, outbox, people
from storage.tx import Row, Tx

End = Literal["used", "withdrawn", "renewed", "expired"]
OVER = frozenset({"link_used", "link_yours", "link_withdrawn", "link_expired"})
LISTS = 20  # pages of the list of open links that are kept up to date in the offices' chats
BATCH = 100


async def settled(tx: Tx, row: Row, end: End, actor: Actor | None = None) -> None:
    """`row` is the link and its seat. Whoever pressed has been answered in their own chat."""
    name: dict[str, Param] = {"name": row["holder"]}
    again = ((Button("button.invite_renew", "pr", row["id"], params=name),),) if end == "expired" else ()
    own = None if actor is None else actor.account
    newcomer = "withdrawn" if end == "renewed" else end
    await cards.over(tx, f"joining:{row['id']}", Message(f"refusal.link_{newcomer}"), but=own)
    await cards.over(tx, f"letter:{row['id']}", Message(f"people.letter.{end}", name, again))
    for page in range(LISTS):
        await cards.refresh_all(tx, f"invites:{page}")


async def too_late(tx: Tx, actor: Actor, why: Refusal, message_id: int | None) -> Outcome:
    """A button of a link that seats nobody any more goes with the press; the result says why."""
    if message_id is None or why.code not in OVER:
        return why
    await outbox.strip(tx, actor.to(), message_id)
    return Done(result=why.code)


async def expire(tx: Tx) -> int:
    """Links that nobody used in time, as far as they still stand somewhere."""
    found = await people.expired_links(tx, BATCH)
    for row in found:
        await settled(tx, row, "expired")
    return len(found)
