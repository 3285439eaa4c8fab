"""After a pause: what was held back for one person comes as one message, and makes one sound. Chat by chat, in units of bounded size, going
on after a restart where it stopped; until it is through, the pause still holds.

What has gathered as reminders is one message anyway (`actions/digest.py`). What has buttons of its own to edit later (cards) and files come
by themselves, without a sound.
"""

from collections.abc import Sequence

from actions import pausing
from domain.speech import Button, Param, To, lines, text
from storage import cards, outbox, pauses
from storage.outbox import Parcel
from storage.tx import Tx

CHATS = 20  # a unit
TOGETHER = 6  # messages that one may hold; Telegram ends one at 4,096 characters


async def catch_up(tx: Tx, limit: int = CHATS) -> int:
    """Put some chats in order. Returns how many; with the last the pause is over."""
    regime = await pausing.ending(tx)
    if regime is None:
        return 0
    lanes = await outbox.held_lanes(tx, regime, limit)
    for lane in lanes:
        await _in_order(tx, await outbox.held_of(tx, regime, lane))
    if len(lanes) < limit:
        await pauses.drop(tx, regime)
        tx.touch("outbox")
        tx.touch("obligations")
    return max(len(lanes), 1)


async def _in_order(tx: Tx, held: Sequence[Parcel]) -> None:
    joined = [parcel for parcel in held if _plain(parcel)]
    if len(joined) > 1:
        for start in range(0, len(joined), TOGETHER):
            await _join(tx, joined[start : start + TOGETHER], hushed=start > 0)
        heard = True
    else:
        joined, heard = [], False
    for parcel in held:
        if parcel in joined:
            continue
        await outbox.let_go(tx, parcel.id, hushed=heard)
        heard = heard or await _sounds(tx, parcel)


def _plain(parcel: Parcel) -> bool:
    return parcel.body["op"] == "send" and "file" not in parcel.body and parcel.body["person"] is not None


async def _sounds(tx: Tx, parcel: Parcel) -> bool:
    """Whether it is a new message in the chat."""
    if parcel.body["op"] != "card":
        return bool(parcel.body["op"] == "send")
    card = await cards.get(tx, parcel.body["card"])
    return card is not None and card.message_id is None


async def _join(tx: Tx, parcels: Sequence[Parcel], *, hushed: bool) -> None:
    """Several messages in one, numbered, each with its buttons."""
    rows: list[Param] = []
    buttons: list[tuple[Button, ...]] = []
    for n, parcel in enumerate(parcels, 1):
        rows.append(text("pause.news_row", n=n, what=text(parcel.body["key"], **parcel.body["params"])))
        loaded = [tuple(_numbered(n, Button.load(raw)) for raw in row) for row in parcel.body["buttons"]]
        buttons += loaded
        await outbox.sent(tx, parcel.id)
    body = parcels[0].body
    to = To(body["chat"], body["person"], body["language"], body["regime"])
    protect = any(parcel.body.get("protect") for parcel in parcels)
    key = f"together:{parcels[0].id}"
    rank = min(parcel.priority for parcel in parcels)
    await outbox.say(tx, to, "pause.news", {"rows": lines(rows, "\n\n")}, buttons, priority=rank, once=key, protect=protect)
    await outbox.let_go_by_key(tx, key, hushed=hushed)


def _numbered(n: int, button: Button) -> Button:
    what = text(button.key, **button.params)
    return Button("button.numbered", button.verb, button.id, button.version, button.arg, {"n": n, "what": what}, button.url)
