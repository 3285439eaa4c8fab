"""The complainant's side: file a complaint, ask for it with the receipt, add what was asked for.

Nothing here keeps who it is: the account is used to answer, and to count under a hash that is forgotten with the day.
"""

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from actions import converse, obligations
from actions.complaint_cover import notify
from actions.converse import Open
from actions.inputs_complaints import Check, Complain, PutAway, Supplement, Ticket, Typed
from actions.perform import action
from domain.complaints import Bar, after, bare_digits, barred, bars_of, in_fours, is_receipt, receipt_of, route
from domain.deadlines import local_date
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.regime import Regime, UnknownIdError
from domain.speech import Button, Keyboard, Param, lines, text
from domain.words import fold
from storage import complaints, outbox, people, shown, tally
from storage.complaints import Complaint, New, Part
from storage.tx import Tx

PUT_AWAY = Button("complaint.button.put_away", "cr")
PUT_ALL_AWAY = Button("complaint.button.put_all_away", "cr", arg="all")
SHOWN_BACK = ("question", "answer", "reason")  # what the handler said; the complainant knows the rest


@action("complaint.file")
async def begin(tx: Tx, actor: Actor, message_id: int | None) -> Outcome:
    """Open the form, unless it would be refused at its end anyway. The command itself goes from the chat, too."""
    if not await tally.left(tx, "file", actor.account):
        return await _not_now(tx, actor, "complaint_too_many", message_id)
    served = tuple(tx.world.regimes)
    outcome = await converse.open_form(tx, actor, Open("complain", {"only": served[0] if len(served) == 1 else ""}))
    if isinstance(outcome, Done) and message_id is not None:
        await outbox.delete(tx, actor.to(), [message_id])
    return outcome


@action("complaint.file")
async def file(tx: Tx, actor: Actor, given: Complain) -> Outcome:
    regime = tx.world.regimes.get(given.regime)
    if regime is None or not _known(regime, given):
        return Refusal("complaint_moved_on")
    if not await tally.left(tx, "file", actor.account):
        return Refusal("complaint_too_many")
    bars = _bars(tx, regime, given)
    handler = await _handler(tx, regime, given, bars)
    if handler is None:
        return Refusal("complaint_nobody")
    receipt = receipt_of(secrets.randbelow(10**27))
    case = await complaints.add(tx, _new(tx, regime, given, handler, bars, receipt))
    await complaints.keep_blobs(tx, [each["blob"] for each in given.files or () if "blob" in each])
    if given.reach == "chat":
        await complaints.set_reach(tx, case, actor.to())
    await tally.count(tx, "file", actor.account)
    await _owe(tx, regime, case, handler)
    filed = await complaints.get(tx, case)
    assert filed is not None
    await notify(tx, filed, "complaint.arrived")
    key = "complaint.receipt.chat" if given.reach == "chat" else "complaint.receipt"
    await outbox.say(tx, actor.to(), key, {"receipt": in_fours(receipt)}, ((PUT_AWAY,),), protect=True, own=0)
    return Done(("complaint", case), {"to": "received", "handler": handler.id})


def _code(answer: str) -> str:
    return answer.partition(":")[2]


def _known(regime: Regime, given: Complain) -> bool:
    """A regime file may have changed while the form was open."""
    try:
        regime.region(_code(given.region))
        regime.name_of("complaint_kind", _code(given.kind), "zh")
        if given.unit:
            regime.unit(_code(given.unit))
    except UnknownIdError:
        return False
    return True


def _bars(tx: Tx, regime: Regime, given: Complain) -> frozenset[Bar]:
    enterprise = complaints.enterprise_mac(tx, regime.id, fold(given.enterprise)) if given.enterprise else None
    return bars_of(given.about, _code(given.region), _code(given.unit) or None, enterprise)


async def _handler(tx: Tx, regime: Regime, given: Complain, bars: frozenset[Bar]) -> Seat | None:
    seats, on = await people.seats_in(tx, regime.id), local_date(tx.now)
    out = barred(seats, bars, regime, on, await complaints.plants(tx, regime.id))
    return route(seats, out, _code(given.region), regime, on, await complaints.load(tx, regime.id))


def _new(tx: Tx, regime: Regime, given: Complain, handler: Seat, bars: frozenset[Bar], receipt: str) -> New:
    kind, region = _code(given.kind), _code(given.region)
    month = local_date(tx.now).strftime("%Y-%m")
    report = {"about": given.about, "unit": _code(given.unit), "enterprise": given.enterprise, "words": given.what}
    return New(
        regime=regime.id,
        kind=kind,
        region=region,
        handler=handler.id,
        bars=bars,
        twin=f"{regime.id}|{region}|{fold(given.enterprise)}|{kind}|{month}" if given.enterprise else None,
        receipt=receipt,
        report={**report, "files": nameless(given.files)},
    )


def nameless(files: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """A file's name often holds its author's."""
    return [{name: value for name, value in each.items() if name != "name"} for each in files or ()]


def owing_region(regime: Regime, handler: Seat) -> str:
    """Where the duty counts in overviews: the handler's place, never the place complained of."""
    return handler.scope if handler.scope_kind == "region" else regime.province.id


async def _owe(tx: Tx, regime: Regime, case: int, handler: Seat) -> None:
    await obligations.owe(
        tx,
        regime=regime.id,
        duty="complaint.accept",
        subject=("complaint", case),
        owner=handler,
        creditor=None,
        region=owing_region(regime, handler),
        span=str(regime.complaints.channels[0].accept),
    )


@action("complaint.check")
async def begin_check(tx: Tx, actor: Actor, given: Typed) -> Outcome:
    """A whole receipt behind the command is looked up at once, whatever else is being filled in; anything else is asked for."""
    if not await tally.left(tx, "check", actor.account):
        return await _not_now(tx, actor, "complaint_checks_spent", given.message_id)
    if given.words:
        await converse.leave(tx, actor, "check")
    digits = bare_digits(given.words)
    if is_receipt(digits):
        outcome = await check(tx, actor, Check(receipt=digits))
    else:
        outcome = await converse.open_form(tx, actor, Open("check", words=given.words))
    if isinstance(outcome, Done) and given.message_id is not None:
        await outbox.delete(tx, actor.to(), [given.message_id])
    return outcome


@action("complaint.check")
async def check(tx: Tx, actor: Actor, given: Check) -> Outcome:
    """A wrong receipt, and one too many, is Done, too: a Refusal would take the count of the try back and leave the receipt in the chat.

    Checks are not journalled: when somebody came to look is nobody's business.
    """
    left = await tally.left(tx, "check", actor.account)
    if not left:
        await _tell(tx, actor, "refusal.complaint_checks_spent")
        return Done()
    await tally.count(tx, "check", actor.account)
    found = await complaints.by_receipt(tx, given.receipt)
    if found is None:
        await _tell(tx, actor, "complaint.unknown", {"left": left - 1})
        return Done()
    complaint, key = found
    await _show(tx, actor, complaint, await complaints.parts(tx, complaint.id, key))
    return Done()


async def _not_now(tx: Tx, actor: Actor, why: str, typed: int | None) -> Outcome:
    """Refused: a toast on a press; the typed command goes from the chat all the same, it may hold a receipt."""
    if typed is None:
        return Refusal(why)
    await outbox.delete(tx, actor.to(), [typed])
    await _tell(tx, actor, f"refusal.{why}")
    return Done()


async def _show(tx: Tx, actor: Actor, complaint: Complaint, parts: list[Part]) -> None:
    """Where it stands, then what the handler said, each in a message of its own; the button under any of them deletes them all."""
    messages: list[tuple[str, Mapping[str, Param]]] = [("complaint.status", await _status(tx, complaint))]
    messages += [(f"complaint.said.{part.field}", said_params(part)) for part in parts if part.field in SHOWN_BACK]
    for key, params in messages[:-1]:
        await _tell(tx, actor, key, params)
    key, params = messages[-1]
    await _tell(tx, actor, key, params, _reply_buttons(tx, actor, complaint) if complaint.state == "more" else ())


async def _tell(tx: Tx, actor: Actor, key: str, params: Mapping[str, Param] | None = None, buttons: Keyboard = ()) -> None:
    row = await shown.expect(tx, actor.account)
    await outbox.say(tx, actor.to(), key, params, (*buttons, (PUT_ALL_AWAY,)), protect=True, own=row)


async def _status(tx: Tx, complaint: Complaint) -> dict[str, Param]:
    outcome = text(f"complaint.outcome.{complaint.outcome}") if complaint.outcome else ""
    params: dict[str, Param] = {"state": text(f"complaint.state.{complaint.state}", outcome=outcome)}
    owed = await obligations.live_of(tx, "complaint", complaint.id)
    params["due"] = text(f"complaint.due.{owed[0].duty}", day=obligations.due_words(owed[0])) if owed else ""
    return params


def said_params(part: Part) -> dict[str, Param]:
    params: dict[str, Param] = {"day": {"$": "date", "date": part.body["day"]}, "words": part.body["words"]}
    if part.field == "answer":
        done = part.body.get("done")
        params["outcome"] = text(f"complaint.outcome.{part.body['outcome']}")
        params["done"] = lines([text("complaint.said.done", done=done)]) if done else ""
    return params


def _reply_buttons(tx: Tx, actor: Actor, complaint: Complaint) -> Keyboard:
    reply = Button("complaint.button.reply", "cs", complaint.id, arg=_ticket(tx, actor, complaint.id))
    return ((reply,),)


def _ticket(tx: Tx, actor: Actor, case: int) -> str:
    """Proves on a later press that this account gave the receipt today; kept nowhere."""
    return tx.vault.mac("complaint-ticket", f"{case}:{actor.account}:{local_date(tx.now)}")[:16]


async def _ticketed(tx: Tx, actor: Actor, given: Ticket | Supplement) -> Complaint | Refusal:
    complaint = await complaints.get(tx, given.complaint)
    if complaint is None or not hmac.compare_digest(given.ticket.encode(), _ticket(tx, actor, given.complaint).encode()):
        return Refusal("complaint_ticket")
    return complaint if after(complaint.state, "reply") else Refusal("complaint_moved_on")


@action("complaint.reply")
async def begin_reply(tx: Tx, actor: Actor, given: Ticket) -> Outcome:
    found = await _ticketed(tx, actor, given)
    if isinstance(found, Refusal):
        return found
    return await converse.open_form(tx, actor, Open("complaint_reply", {"complaint": given.complaint, "ticket": given.ticket}))


@action("complaint.reply")
async def reply(tx: Tx, actor: Actor, given: Supplement) -> Outcome:
    found = await _ticketed(tx, actor, given)
    if isinstance(found, Refusal):
        return found
    key = await complaints.key_of(tx, found)
    await complaints.add_part(tx, found.id, key, "reply", {"words": given.words, "files": nameless(given.files)})
    await complaints.keep_blobs(tx, [each["blob"] for each in given.files or () if "blob" in each])
    if not await complaints.move(tx, found, "checking"):
        return Refusal("complaint_moved_on")
    await notify(tx, found, "complaint.replied")
    await _tell(tx, actor, "complaint.reply_taken")
    return Done(("complaint", found.id), {"to": "checking"})


@action("complaint.put_away")
async def put_away(tx: Tx, actor: Actor, given: PutAway) -> Outcome:
    """Delete a shown message from the chat of whoever pressed; `all`: whatever /check has shown there, what is still on its way, too."""
    others = await shown.put_away(tx, actor.account) if given.all else []
    await outbox.delete(tx, actor.to(), [given.message_id, *(each for each in others if each != given.message_id)])
    return Done()


async def forget_tallies(tx: Tx) -> None:
    """For the clock, at least daily: what was counted, and shown, on days that are over, and the keys that it lay under."""
    await tally.forget(tx)
    await shown.forget(tx)
