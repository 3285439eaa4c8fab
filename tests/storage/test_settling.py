"""What is on record once Telegram has taken a card: where it stands, or that nobody needs it any more."""

import pytest

from bot.parcels import Packer, Request
from bot.render import Renderer
from bot.settling import Counts, Settling
from domain.deadlines import local_date
from domain.speech import To
from storage import cards, outbox
from storage.db import Store
from storage.files import Files
from storage.outbox import Parcel
from storage.tx import Tx

ME = To(11)
SENT, ELSEWHERE = 50, 51


@pytest.mark.parametrize(("moved_to", "stripped"), [(None, []), (SENT, []), (ELSEWHERE, [SENT])])
async def test_a_button_pressed_before_its_message_was_on_record(store: Store, moved_to: int | None, stripped: list[int]) -> None:
    """Who presses at once moves the card to that message, and its next question keeps its buttons; of one moved away they go."""

    async def claimed(tx: Tx) -> tuple[Parcel, Request]:
        await cards.show(tx, "draft:1", ME)
        [parcel] = await outbox.claim(tx, 1, 10)
        return parcel, Request("sendMessage", {}, card=await cards.get(tx, parcel.body["card"]), shown="as sent")

    parcel, request = await store.unit(claimed)
    if moved_to is not None:
        await store.unit(lambda tx: cards.show(tx, "draft:1", ME, message_id=moved_to))
        await store.unit(lambda tx: outbox.claim(tx, 1, 10))

    renderer = Renderer(store.world, today=lambda: local_date(store.now()))
    settling = Settling(store, Packer(store, renderer, Files(None, store.vault)), Counts())  # type: ignore[arg-type]  # no file is asked for
    await settling.accepted(parcel, request, {"message_id": SENT})

    async def follows(tx: Tx) -> list[int]:
        return [each.body["message_id"] for each in await outbox.claim(tx, 1, 10)]

    assert await store.unit(follows) == stripped
    [card] = await store.read(lambda tx: cards.of_subject(tx, "draft:1"))
    assert card.message_id == (SENT if moved_to is None else moved_to)
