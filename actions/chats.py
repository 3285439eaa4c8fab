"""What stands in a person's chat is taken back: the account is not theirs any more, or they leave."""

from domain.speech import DIGEST, To
from storage import cards, drafts, outbox
from storage.tx import Tx


async def clear(tx: Tx, chat: int, language: str, person: int, *, now_at: To | None = None) -> None:
    """Drop the open conversation, turn every card into a sentence without content, and send nothing more that was meant for this person.

    With `now_at` what still waits goes there instead.
    """
    lane = tx.vault.lane(chat)
    held = await drafts.get(tx, lane)
    if held is not None:
        await drafts.drop(tx, held.id)
    shown = await cards.in_lane(tx, lane)
    await cards.drop_lane(tx, lane)
    await outbox.readdress(tx, lane, person, now_at)
    nobody = To(chat, None, language)
    for card in shown:
        if card.message_id is not None:
            await outbox.turn_into(tx, nobody, card.message_id, "people.chat_cleared", {})
    await outbox.put(tx, nobody, {"op": "commands"}, priority=DIGEST)
