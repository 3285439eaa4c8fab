"""What delivery writes down of what it put into chats, and how that goes from there again.

Every function runs in the unit that settles the row, so what Telegram has done and what is on record part only where the process dies in
between; then the same is asked of Telegram once more, which does no harm.
"""

from collections.abc import Mapping
from typing import Any

import structlog

from bot.api import ApiError
from bot.parcels import Request
from domain.deadlines import DAY_MS, HOUR_MS
from domain.speech import To
from storage import outbox, sent, shown
from storage.outbox import Parcel
from storage.sent import Batch
from storage.tx import Tx

log = structlog.get_logger()
FADES = HOUR_MS // 60
GONE_ACCOUNT = ("user is deactivated", "chat not found", "PEER_ID_INVALID")


async def accepted(tx: Tx, parcel: Parcel, request: Request, result: Any) -> None:
    if request.sends:
        await _came(tx, parcel, request, int(result["message_id"]))
    elif request.method == "deleteMessage":
        await sent.gone(tx, parcel.lane, [request.payload["message_id"]])


async def _came(tx: Tx, parcel: Parcel, request: Request, message_id: int) -> None:
    body = parcel.body
    if body.get("fades"):
        await outbox.delete(tx, _nobody(body), [message_id], not_before=tx.now + FADES)
    if body.get("own"):
        if not await shown.arrived(tx, body["own"], message_id):
            await outbox.delete(tx, _nobody(body), [message_id])
    elif _listed(body):
        kind = request.method.removeprefix("send").lower()
        if not await sent.arrived(tx, parcel.lane, message_id, kind, body["chat"], body["person"]):
            await outbox.recall(tx, _nobody(body))


def _listed(body: Mapping[str, Any]) -> bool:
    """What is said to somebody with a seat, or whoever is about to take one; not in a group, not about a complaint of one's own."""
    return "own" not in body and body["chat"] > 0 and (body["person"] is not None or "remember" in body)


async def too_old_to_delete(tx: Tx, parcel: Parcel, message_id: int) -> None:
    """Telegram keeps it: it is written over instead."""
    await sent.take_back(tx, parcel.lane, message_id)
    await outbox.recall(tx, _nobody(parcel.body))


async def taken_back(tx: Tx, parcel: Parcel, batch: Batch) -> None:
    await sent.gone(tx, parcel.lane, batch.ids)
    await outbox.again(tx, parcel.id)


async def not_taken_back(tx: Tx, parcel: Parcel, batch: Batch, error: ApiError) -> None:
    """Nobody's chat any more: that is the end of it. Blocked: once a day, as long as the messages are remembered. Else the next best."""
    if any(word in error.description for word in GONE_ACCOUNT):
        await sent.out_of_reach(tx, parcel.lane)
        await outbox.sent(tx, parcel.id)
    elif error.code == 403:
        await outbox.again(tx, parcel.id, tx.now + DAY_MS)
    elif not batch.kind:
        await sent.too_late(tx, parcel.lane, batch.ids)
        await outbox.again(tx, parcel.id)
    else:
        if "not modified" not in error.description and "not found" not in error.description:
            log.warning("delivery.not_taken_back", kind=batch.kind, description=error.description)
        await taken_back(tx, parcel, batch)


def _nobody(body: Mapping[str, Any]) -> To:
    return To(body["chat"], None, str(body["language"]))
