"""More time: asked for by whoever owes it, granted or refused by the one the regime entitles (`[extensions]`).

The request is owed an answer like anything else (duty `extension.decide`), so it counts down and climbs. Granting sets the new date and
plans every reminder again in the same unit.
"""

from collections.abc import Collection

from actions import obligations
from actions.assignees import label
from actions.converse import Open, open_form
from actions.days import shown
from actions.extension_cards import buttons, decide_target, deciders, may_ask, room_of, view_target
from actions.inputs_extensions import About, AskMore, Press, RefuseMore
from actions.options import source
from actions.perform import action
from actions.subjects import NOUNS, Subject, describe, describe_all, subject
from domain.dates import Until
from domain.deadlines import local_date
from domain.extensions import proposals
from domain.forms import Draft, Option
from domain.obligations import Owed
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target
from domain.speech import Button, Keyboard, Param, by, text
from storage import cards, entries, extensions, outbox
from storage import obligations as owing
from storage.extensions import Extension
from storage.tx import Tx


async def _owed(tx: Tx, given: About | AskMore) -> Target | None:
    return await obligations.target_of(tx, given.obligation)


async def _deciding(tx: Tx, given: Press | RefuseMore) -> Target | None:
    extension = await extensions.find(tx, given.extension)
    return None if extension is None else await decide_target(tx, extension)


async def _viewing(tx: Tx, given: Press) -> Target | None:
    extension = await extensions.find(tx, given.extension)
    return None if extension is None else await view_target(tx, extension)


@source("extension_days")
async def extension_days(tx: Tx, _actor: Actor, draft: Draft, _query: str) -> list[Option]:
    """Usual spans within what may be granted, and the last day possible."""
    room = await room_of(tx, await owing.get(tx, int(draft.answers["obligation"])))
    fit = list(proposals(room, local_date(tx.now), tx.world.calendar))
    offered = [Option(each.until.code, text("form.day", span=text(f"span.{each.until.span}"), day=shown(each))) for each in fit]
    if room.latest.at not in {each.until.at for each in fit}:
        offered.append(Option(room.latest.code, text("extension.latest", day=by(room.latest))))
    return offered


@action("extension.ask", of=_owed)
async def begin(tx: Tx, actor: Actor, given: About) -> Outcome:
    """The press that begins the question: whatever speaks against it is said before anything is asked."""
    owed = await owing.get(tx, given.obligation)
    code = await may_ask(tx, owed)
    if code is not None:
        return Refusal(code)
    room = await room_of(tx, owed)
    hours = NOUNS[owed.subject_kind].hours
    preset = {"obligation": owed.id, "due": str(room.due), "latest": str(room.latest), "hours": hours}
    return await open_form(tx, actor, Open("extension", preset))


@action("extension.ask", of=_owed)
async def ask(tx: Tx, actor: Actor, given: AskMore) -> Outcome:
    """Put it before the one entitled; until then the due date stays as it is."""
    owed = await owing.get(tx, given.obligation)
    code, room = await may_ask(tx, owed), await room_of(tx, owed)
    if code is not None:
        return Refusal(code)
    if not room.holds(given.wanted) or given.wanted.at <= tx.now:
        return Refusal("extension_too_far", {"due": by(room.due), "latest": by(room.latest)})
    decider = next((seat for seat in await deciders(tx, owed) if seat.to() is not None), None)
    if decider is None:
        return Refusal("extension_nobody")
    extension = await extensions.add(
        tx, obligation=owed.id, asker=actor.seat.id, reason=given.reason, was_due_at=owed.due_at, wanted=given.wanted
    )
    await obligations.owe(
        tx,
        regime=owed.regime,
        duty="extension.decide",
        subject=("extension", extension),
        owner=decider,
        creditor=actor.seat,
        region=owed.region,
        parent=owed.id,
    )
    await _enter(tx, owed, actor, "extension_asked", given.reason, given.wanted)
    await _put_before(tx, extension, decider)
    params = {**await _words(tx, owed), "who": await label(tx, decider), "wanted": shown(given.wanted.by(tx.world.calendar))}
    await outbox.say(tx, actor.to(), "extension.told.asked", params)
    await cards.refresh_all(tx, f"{owed.subject_kind}:{owed.subject}")
    return Done(("extension", extension), {"obligation": owed.id, "wanted": given.wanted.when, "decider": decider.id})


async def _put_before(tx: Tx, extension: int, decider: Seat) -> None:
    to = decider.to()
    assert to is not None  # chosen because somebody is reached there
    await cards.show(tx, f"extension:{extension}", to, fresh=True)


async def _enter(tx: Tx, owed: Owed, actor: Actor, kind: str, words: str = "", until: Until | None = None) -> None:
    """Into the history of the matter itself: what was wanted and why stands there for good."""
    await entries.add(tx, owed.subject_kind, owed.subject, author=actor.seat.id, kind=kind, body=words, day=until)


async def _words(tx: Tx, owed: Owed) -> dict[str, Param]:
    about = await describe(tx, owed.subject_kind, owed.subject)
    return {"title": about.title, "number": about.number}


@action("extension.decide", of=_deciding)
async def grant(tx: Tx, actor: Actor, given: Press) -> Outcome:
    """One press: the new date holds, every reminder is planned again, and those concerned are told once."""
    extension = await extensions.get(tx, given.extension)
    wanted = extension.wanted.by(tx.world.calendar)
    if extension.state == "asked" and wanted.until.at <= tx.now:
        return Refusal("extension_date_past")
    if not await extensions.decide(tx, extension.id, "granted", actor.seat.id):
        return await _decided_before(tx, actor, extension, given.pressed)
    owed = await owing.get(tx, extension.obligation)
    await obligations.reschedule(tx, owed.id, wanted.until)
    await _enter(tx, owed, actor, "extension_granted", until=wanted.until)
    await _over(tx, extension)
    await _tell(tx, actor, owed, "extension.told.granted", wanted=shown(wanted))
    return Done(("extension", extension.id), {"obligation": owed.id, "due": wanted.until.when})


@action("extension.decide", of=_deciding)
async def begin_refuse(tx: Tx, actor: Actor, given: Press) -> Outcome:
    extension = await extensions.get(tx, given.extension)
    if extension.state != "asked":
        return await _decided_before(tx, actor, extension, given.pressed)
    return await open_form(tx, actor, Open("extension_refuse", {"extension": extension.id}))


@action("extension.decide", of=_deciding)
async def refuse(tx: Tx, actor: Actor, given: RefuseMore) -> Outcome:
    """The due date stays; the reason goes to whoever asked."""
    extension = await extensions.get(tx, given.extension)
    if not await extensions.decide(tx, extension.id, "refused", actor.seat.id, given.reason):
        return await _decided_before(tx, actor, extension, None)
    owed = await owing.get(tx, extension.obligation)
    await _enter(tx, owed, actor, "extension_refused", given.reason)
    await _over(tx, extension)
    await _tell(tx, actor, owed, "extension.told.refused", reason=given.reason)
    await outbox.say(tx, actor.to(), "extension.told.sent", await _words(tx, owed))
    return Done(("extension", extension.id), {"obligation": owed.id})


async def _decided_before(tx: Tx, actor: Actor, extension: Extension, pressed: int | None) -> Outcome:
    """Somebody was quicker, or there is nothing left to decide: nothing changes, and the card says what holds."""
    await cards.show(tx, f"extension:{extension.id}", actor.to(), fresh=pressed is None)
    if pressed is None:
        await outbox.say(tx, actor.to(), "refusal.extension_decided")
    return Done(result="extension_decided")


async def _over(tx: Tx, extension: Extension) -> None:
    for each in await obligations.live_of(tx, "extension", extension.id):
        await obligations.finish(tx, each.id)
    await cards.refresh_all(tx, f"extension:{extension.id}")


async def _tell(tx: Tx, actor: Actor, owed: Owed, key: str, **more: Param) -> None:
    """Whoever owes it, with the matter at a press; and, where the date moved, whoever waits for it. Both see it on their cards, too."""
    await cards.refresh_all(tx, f"{owed.subject_kind}:{owed.subject}")
    concerned = [owed.owner] if key != "extension.told.granted" else [owed.owner, *({owed.creditor} - {None})]
    found = await owing.seats(tx, [seat for seat in concerned if seat is not None])
    told = {actor.person}
    for seat in found.values():
        to = seat.to()
        if to is None or to.person in told:
            continue
        told.add(to.person)
        about = await describe(tx, owed.subject_kind, owed.subject)
        opens = Button("button.open_matter", about.open.verb, about.open.id, arg=about.open.arg)
        await outbox.say(tx, to, key, {"title": about.title, "number": about.number, **more}, ((opens,),))


@action("extension.view", of=_viewing)
async def show(tx: Tx, actor: Actor, given: Press) -> Outcome:
    await cards.show(tx, f"extension:{given.extension}", actor.to(), fresh=True)
    return Done()


# What pings, digests and lists know of a request -----------------------------------------------------------------------------------


def _ping_buttons(owed: Owed, _seat: Seat) -> Keyboard:
    return buttons(owed.subject) if owed.state == "open" else ()


@subject("extension", buttons=_ping_buttons)
async def described(tx: Tx, ids: Collection[int]) -> dict[int, Subject]:
    """By the matter it is about: a request has no number of its own."""
    asked = await extensions.about(tx, ids)
    matters = {owed.id: (owed.subject_kind, owed.subject) for owed in await owing.several(tx, set(asked.values()))}
    known = await describe_all(tx, matters.values())
    abouts = {extension: known[matters[owed]] for extension, owed in asked.items()}
    return {
        extension: Subject(about.number, text("extension.title", title=about.title), Button("button.open_matter", "ox", extension))
        for extension, about in abouts.items()
    }
