"""One order to many: written, shown with everybody it will reach, sent on the second press; one task each, one overview for who gave it."""

from collections.abc import Sequence

from actions import batch_options as whom
from actions.assignees import label, reaches, work_region
from actions.cards import card
from actions.days import shown
from actions.inputs_batches import OnBatch
from actions.inputs_tasks import Assign
from actions.perform import action
from actions.task_giving import Order, give_out
from domain import batches as rules
from domain.dates import Until
from domain.deadlines import local_date
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from domain.permissions import Target, permit
from domain.speech import Button, Message, Param, by, lines, term, text
from storage import cards, people
from storage import task_batches as store
from storage.task_batches import Batch, Standing
from storage.tx import Tx

SHOWN = 20  # names in the summary before it is sent
PAGE = 8
PAGES, KINDS = 1000, 10  # a list's card carries batch, kind and page in its number


async def write(tx: Tx, actor: Actor, given: Assign) -> Outcome:
    """The first press: nothing is given yet, the card says who would get it."""
    found = await whom.chosen(tx, actor, str(given.assignee), given.role, given.places or "")
    if not found:
        return Refusal("task_nobody_there")
    if len(found) > rules.MOST:
        return Refusal("task_too_many", {"n": len(found), "most": rules.MOST})
    batch = await store.add(
        tx,
        regime=found[0].seat.regime,
        title=given.what,
        detail=given.detail or "",
        due=given.due,
        proof=given.proof is not None,
        files=given.files or (),
        seats=[each.seat.id for each in found],
        asker=actor.seat.id,
    )
    await cards.show(tx, f"batch:{batch}", actor.to(), fresh=True)
    return Done(("batch", batch), {"seats": len(found)}, asks=True)


async def asked(tx: Tx, given: OnBatch) -> Target | None:
    batch = await store.find(tx, given.batch)
    if batch is None or batch.regime not in tx.world.regimes:
        return None
    return Target(batch.regime, owners=frozenset({batch.asker}), askers=frozenset({batch.asker}))


@action("task.batch", of=asked)
async def send(tx: Tx, actor: Actor, given: OnBatch) -> Outcome:
    """The second press: one task each. Whoever is out of reach by now is left out; the overview shows who got it."""
    batch = await store.get(tx, given.batch)
    if batch.state == "draft" and (batch.due.at <= tx.now or tx.now - batch.created_at > rules.WAITS):
        return Refusal("task_batch_old")
    if not await store.move(tx, batch.id, "sent"):
        return await _over(tx, actor, batch, given)
    order = Order(batch.title, batch.detail, batch.due, batch.files, proof=batch.proof, batch=batch.id)
    in_force = {seat.id: seat for seat in await people.seats_in(tx, batch.regime)}
    given_to = 0
    for seat in (in_force[each] for each in batch.seats if each in in_force):
        if not reaches(tx, actor, seat.regime, seat.role, await work_region(tx, seat)):
            continue
        task, to = await give_out(tx, actor.seat, seat, order), seat.to()
        given_to += 1
        if to is not None:
            await cards.show(tx, f"task:{task}", to, fresh=True)
    if not given_to:
        return Refusal("task_nobody_there")
    await cards.show(tx, f"batch:{batch.id}", actor.to(), message_id=given.pressed)
    return Done(("batch", batch.id), {"tasks": given_to, "due": batch.due.when})


@action("task.batch", of=asked)
async def drop(tx: Tx, actor: Actor, given: OnBatch) -> Outcome:
    batch = await store.get(tx, given.batch)
    if not await store.move(tx, batch.id, "dropped"):
        return await _over(tx, actor, batch, given)
    await cards.show(tx, f"batch:{batch.id}", actor.to(), message_id=given.pressed)
    return Done(("batch", batch.id), {"dropped": 1})


async def _over(tx: Tx, actor: Actor, batch: Batch, given: OnBatch) -> Outcome:
    await cards.show(tx, f"batch:{batch.id}", actor.to(), message_id=given.pressed)
    return Done(result=f"task_batch_{(await store.get(tx, batch.id)).state}")


@action("task.batch_view", of=asked)
async def show(tx: Tx, actor: Actor, given: OnBatch) -> Outcome:
    """The overview anew at the bottom, or brought up to date where it was pressed."""
    await cards.show(tx, f"batch:{given.batch}", actor.to(), fresh=given.pressed is None, message_id=given.pressed)
    return Done()


@action("task.batch_view", of=asked)
async def show_list(tx: Tx, actor: Actor, given: OnBatch) -> Outcome:
    subject = f"batchlist:{(given.batch * KINDS + given.which) * PAGES + given.page}"
    await cards.show(tx, subject, actor.to(), fresh=given.pressed is None, message_id=given.pressed)
    return Done()


# What is seen ----------------------------------------------------------------------------------------------------------------------


async def _sees(tx: Tx, batch: Batch, viewer: int | None) -> bool:
    seats = () if viewer is None else await people.seats_of(tx, viewer)
    target = Target(batch.regime, owners=frozenset({batch.asker}), askers=frozenset({batch.asker}))
    return permit(Actor(0, "", "", viewer, seats=tuple(seats)), "task.batch_view", target, tx.world, local_date(tx.now)) is not None


@card("batch")
async def batch_card(tx: Tx, batch_id: int, viewer: int | None) -> Message | None:
    batch = await store.find(tx, batch_id)
    if batch is None or not await _sees(tx, batch, viewer):
        return None
    if batch.state == "sent":
        return await _overview(tx, batch, settles=await may_settle(tx, batch, viewer))
    params: dict[str, Param] = {"title": batch.title, "n": len(batch.seats), "due": _due(tx, batch), "rows": await _names(tx, batch)}
    if batch.state == "dropped":
        return Message("task.batch.dropped", params)
    sends = Button("button.batch_send", "tb", batch.id, params={"n": len(batch.seats)})
    return Message("task.batch.draft", params, ((sends,), (Button("button.batch_drop", "tb", batch.id, arg="drop"),)))


def _due(tx: Tx, batch: Batch) -> Param:
    """By the calendar of now, as its tasks are counted."""
    return shown(batch.due.by(tx.world.calendar))


async def _names(tx: Tx, batch: Batch) -> Param:
    """Who will get it; those nobody can tell are named apart, since they will not see it."""
    found = {seat.id: seat for seat in await people.seats_in(tx, batch.regime)}
    seats = [found[each] for each in batch.seats if each in found]
    away = sum(seat.to() is None for seat in seats)
    rows: list[Param] = [await label(tx, seat) for seat in seats[:SHOWN]]
    if len(seats) > SHOWN:
        rows.append(text("task.batch.more", n=len(seats) - SHOWN))
    if away:
        rows.append(text("task.batch.away", n=away))
    return lines(rows)


async def may_settle(tx: Tx, batch: Batch, viewer: int | None) -> bool:
    """Whether this person gave the order, and so accepts what comes of it."""
    seats = () if viewer is None else await people.seats_of(tx, viewer)
    return batch.state == "sent" and batch.asker in {seat.id for seat in seats}


async def _overview(tx: Tx, batch: Batch, *, settles: bool) -> Message:
    found = await store.standing(tx, batch.id)
    counts = rules.counted(_standing(tx, each) for each in found)
    shown = lines([text(f"task.batch.count.{each}", n=n) for each, n in counts.items()], " · ")
    params: dict[str, Param] = {"title": batch.title, "n": len(found), "due": _due(tx, batch), "counts": shown}
    kinds = [_list_button(batch.id, rules.ORDER.index(each) + 1, text(f"task.batch.count.{each}", n=n)) for each, n in counts.items()]
    rows = [tuple(kinds[n : n + 2]) for n in range(0, len(kinds), 2)] if len(kinds) > 1 else []
    last = (_list_button(batch.id, 0, text("task.batch.all", n=len(found))), Button("button.batch_refresh", "tv", batch.id))
    waiting = counts.get("handed_in", 0)
    accept = ((Button("button.batch_accept", "tx", batch.id, params={"n": waiting}),),) if settles and waiting > 1 else ()
    return Message("task.batch.overview", params, (*accept, *rows, last))


def _list_button(batch: int, which: int, shown: Param) -> Button:
    return Button("button.option", "ts", batch * KINDS + which, arg="new", params={"label": shown})


def _standing(tx: Tx, each: Standing) -> rules.Standing:
    return rules.standing(each.state, each.due_at, tx.now)


@card("batchlist")
async def list_card(tx: Tx, coded: int, viewer: int | None) -> Message | None:
    """The tasks of an order, of one standing or all, those that need attention first."""
    rest, page = divmod(coded, PAGES)
    batch_id, which = divmod(rest, KINDS)
    batch = await store.find(tx, batch_id)
    if batch is None or not await _sees(tx, batch, viewer):
        return None
    kinds = rules.ORDER if which == 0 or which > len(rules.ORDER) else rules.ORDER[which - 1 : which]
    found = [each for kind in kinds for each in await store.standing(tx, batch.id) if _standing(tx, each) == kind]
    shown = list(enumerate(found, 1))[page * PAGE : (page + 1) * PAGE]
    seats = {each.owner: await people.seat(tx, each.owner) for _, each in shown}
    rows = [_row(tx, batch, n, each, seats[each.owner]) for n, each in shown]
    params: dict[str, Param] = {"title": batch.title, "n": len(found), "rows": lines(rows) if rows else text("task.batch.none")}
    opens = [Button("button.task_open", "to", each.id, params={"n": n}) for n, each in shown]
    turn = _turn(rest, page, -(-len(found) // PAGE))
    back = (Button("button.batch_back", "tv", batch.id, arg="new"),)
    return Message("task.batch.list", params, tuple(tuple(row) for row in (opens[:4], opens[4:], turn, back) if row))


def _row(tx: Tx, batch: Batch, n: int, each: Standing, seat: Seat) -> Param:
    when: Param = "" if each.due_at is None else text("task.row_due", day=by(Until.ending(each.due_at)))
    place = term(batch.regime, "region", each.region)
    return text("task.batch.row", n=n, state=text(f"task.batch.is.{_standing(tx, each)}"), place=place, who=seat.holder, due=when)


def _turn(rest: int, page: int, pages: int) -> Sequence[Button]:
    back = [Button("button.page_back", "ts", rest, arg=str(page - 1))] if page else []
    return [*back, Button("button.page_on", "ts", rest, arg=str(page + 1))] if page + 1 < pages else back
