"""All that stands in a person's chat is taken back: the account is not theirs any more, or they leave.

Telegram lets a bot delete for 48 hours and edit without limit: what is older is written over by one sentence.
"""

from domain.speech import DIGEST, To
from storage import cards, drafts, outbox, sent
from storage.tx import Tx


async def clear(tx: Tx, chat: int, language: str, person: int, *, now_at: To | None = None) -> None:
    """Drop the open conversation, take back everything this chat was ever sent, and send nothing more that was meant for this person.

    With `now_at` what still waits goes there instead.
    """
    lane, nobody = tx.vault.lane(chat), To(chat, None, language)
    held = await drafts.get(tx, lane)
    if held is not None:
        await outbox.delete(tx, nobody, held.draft.left)
        await drafts.drop(tx, held.id)
    shown = await cards.in_lane(tx, lane)
    await cards.drop_lane(tx, lane)
    await outbox.readdress(tx, lane, person, now_at)
    await sent.recall(tx, lane, [card.message_id for card in shown if card.message_id is not None])
    await outbox.recall(tx, nobody)
    await outbox.put(tx, nobody, {"op": "commands"}, priority=DIGEST)
