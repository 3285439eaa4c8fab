"""What people see of tasks: the live card, the lists of what is owed, the history."""

from collections.abc import Sequence

from actions import obligations, receipts
from actions.assignees import label
from actions.cards import card
from actions.extension_cards import ask_button, waiting_line
from actions.matters import when
from actions.people import by_whom, overseen
from actions.perform import SEES
from actions.relay_button import beside, relay_button
from actions.reminding import remind_button
from actions.stopping import stop_button, stopped_rows
from actions.stranded import standing_in
from domain.deadlines import local_date
from domain.obligations import Owed, light
from domain.people import Actor, Seat
from domain.permissions import Target, permit
from domain.speech import Button, Keyboard, Message, Param, by, lines, moment, text
from domain.tasks import Verb, why_not
from domain.undoing import can_undo
from storage import entries, people, tasks
from storage.entries import Entry
from storage.tasks import Task
from storage.tx import Tx

LINE = 6  # tasks handed on that stand on the card; the newest
SAID = 300  # characters of the last words on the card: the whole of them stands in the history

# Verb, action of the permission table, button of the callback registry, key of its text; in the order they stand on the card.
OWNER: tuple[tuple[Verb, str, str, str], ...] = (
    ("progress", "task.progress", "tp", "button.task_progress"),
    ("hand_in", "task.hand_in", "td", "button.task_hand_in"),
    ("hand_in", "task.hand_in", "tn", "button.task_hand_in_with"),
)
HAND_ON: tuple[tuple[Verb, str, str, str], ...] = (("hand_on", "task.hand_on", "tm", "button.task_hand_on"),)
ASKER: tuple[tuple[Verb, str, str, str], ...] = (
    ("accept", "task.accept", "ta", "button.task_accept"),
    ("return", "task.return", "tr", "button.task_return"),
)
CHANGE: tuple[tuple[Verb, str, str, str], ...] = (
    ("due", "task.due", "tc", "button.task_due"),
    ("reassign", "task.reassign", "tg", "button.task_reassign"),
)
END: tuple[tuple[Verb, str, str, str], ...] = (("withdraw", "task.withdraw", "tw", "button.task_withdraw"),)


async def target(tx: Tx, task: Task) -> Target:
    """For working on it; where nobody sits on the asker's seat, others stand in (`actions/stranded.py`)."""
    others = await standing_in(tx, task) if task.state != "withdrawn" else ()  # what they accepted they may take back, too
    askers = frozenset({task.asker, *(seat.id for seat in others)})
    return Target(task.regime, task.region, frozenset({task.owner}), askers, card=f"task:{task.id}")


async def seen_target(tx: Tx, task: Task) -> Target:
    """For looking: who asked for it sees it as much as who owes it, whatever their scope is by now."""
    close = Target(task.regime, task.region, frozenset({task.owner, task.asker}), frozenset({task.asker}))
    return await overseen(tx, close, task.owner)


@card("task")
async def task_card(tx: Tx, task_id: int, viewer: int | None) -> Message | None:
    task = await tasks.find(tx, task_id)
    if task is None or task.regime not in tx.world.regimes:
        return None
    seats = await people.seats_of(tx, viewer) if viewer is not None else ()
    if not await _looks_on(tx, task, viewer, seats):
        return Message("task.not_yours", {"number": task.number})  # the seat was handed on: the card must not go on telling
    owed = next(iter(await obligations.live_of(tx, "task", task.id, "task")), None)
    history = await entries.of_subject(tx, "task", task.id)
    rows = await _rows(tx, task, owed, history)
    params: dict[str, Param] = {"title": task.title, "number": task.number, "rows": lines(rows)}
    relays = relay_button(tx, seats, await seen_target(tx, task), "task", task.id) if task.state in {"open", "handed_in"} else ()
    worked = await target(tx, task)
    mine = _buttons(tx, task, worked, seats, history, await ask_button(tx, owed, seats), remind_button(tx, owed, seats))
    keys = (await receipts.button(tx, task.id, seats), *mine)
    stops = await stop_button(tx, seats, () if owed is None else (owed,))
    return Message("task.card", params, beside((*keys, stops, relays), Button("button.seen_by", "te", task.id)))


async def _looks_on(tx: Tx, task: Task, viewer: int | None, seats: Sequence[Seat]) -> bool:
    """Who is away looks on, too, and presses nothing."""
    line = await line_target(tx, task)
    if _may(tx, seats, "task.view", line):
        return True
    return viewer is not None and _may(tx, await people.held_by(tx, viewer), "task.view", line)


async def _rows(tx: Tx, task: Task, owed: Owed | None, history: Sequence[Entry]) -> list[Param]:
    rows = [_state(tx, task, owed)]
    if owed is not None:
        rows += [_due(tx, task, owed), *await waiting_line(tx, owed)]
    rows.append(text("task.owner", who=await _who(tx, task.owner)))
    rows.append(text("task.asker", who=await _who(tx, task.asker)))
    rows += await _instead(tx, task)
    rows += [*await _line_up(tx, task), *(await receipts.words(tx, [task.id])).values()]
    if task.proof and task.state == "open":
        rows.append(text("task.proof.row"))
    if task.detail:
        rows.append(text("task.detail", words=task.detail))
    files = sum(len(entry.evidence) for entry in history)
    if files:
        rows.append(text("task.files", n=files))
    rows += await _line_down(tx, task)
    stopped = [] if owed is None else await stopped_rows(tx, (owed,), lambda seat: _who(tx, seat))
    rows += stopped
    last = next((entry for entry in reversed(history) if entry.kind != "receipt"), None)  # that one has a line of its own
    if last is not None and last.kind != "assign" and not (stopped and last.kind == "stop"):
        who = await _who(tx, last.author) if last.author is not None else ""
        rows.append(text(f"task.last.{last.kind}", when=moment(last.at), words=_said(last, SAID), who=who))
    return rows


async def _who(tx: Tx, seat: int) -> Param:
    return await label(tx, await people.seat(tx, seat))


async def _instead(tx: Tx, task: Task) -> list[Param]:
    """Who accepts it while nobody sits on the asker's seat."""
    others = await standing_in(tx, task) if task.live else ()
    return [text("task.instead", who=await label(tx, others[0]))] if others else []


async def _line_up(tx: Tx, task: Task) -> list[Param]:
    if task.parent is None:
        return []
    parent = await tasks.get(tx, task.parent)
    return [text("task.part_of", number=parent.number, who=(await people.seat(tx, parent.owner)).holder)]


async def _line_down(tx: Tx, task: Task) -> list[Param]:
    """What was handed on: with whom it is and how it stands."""
    rows: list[Param] = []
    children = await tasks.children(tx, task.id)
    received = await receipts.words(tx, [child.id for child in children[-LINE:]])
    for child in children[-LINE:]:
        owed = next(iter(await obligations.live_of(tx, "task", child.id, "task")), None)
        who = await label(tx, await people.seat(tx, child.owner))
        rows.append(text("task.child", who=who, number=child.number, state=_state(tx, child, owed)))
        if child.state == "open" and child.id in received:
            rows.append(text("task.child_receipt", words=received[child.id]))
    if len(children) > LINE:
        rows.insert(0, text("task.children_more", n=len(children) - LINE))
    return rows


def _state(tx: Tx, task: Task, owed: Owed | None) -> Param:
    if task.state != "open":
        return text(f"task.state.{task.state}")
    return text("task.state.open", light=light_of(tx, task, owed))


def light_of(tx: Tx, task: Task, owed: Owed | None) -> Param:
    if owed is None:
        return text("light.none")
    return text(f"light.{light(owed, tx.now, tx.world.regime(task.regime), tx.world.calendar)}")


def _due(tx: Tx, task: Task, owed: Owed) -> Param:
    return text("task.due", day=obligations.due_words(owed), left="" if task.state != "open" else text("task.left", when=when(tx, owed)))


def _said(entry: Entry, most: int) -> Param:
    """The date it is about, and the words."""
    words = cut(entry.body, most)
    if entry.day is not None:
        return text("task.said", words=text("entry.day_and_words", day=by(entry.day), words=words) if words else by(entry.day))
    return text("task.said", words=words) if words else ""


def cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _buttons(
    tx: Tx,
    task: Task,
    worked_on: Target,
    seats: Sequence[Seat],
    history: Sequence[Entry],
    more_time: Sequence[Button],
    reminds: Sequence[Button],
) -> Keyboard:
    """What this person may do now. The table of permissions is asked for each, so a new right needs nothing here."""

    def row(choices: Sequence[tuple[Verb, str, str, str]]) -> list[Button]:
        return [
            Button(key, press, task.id, task.version)
            for verb, action, press, key in choices
            if why_not(verb, task.state) is None and _may(tx, seats, action, worked_on)
        ]

    mine = row(OWNER)
    if task.state == "handed_in":
        mine = [Button("button.task_add", each.verb, each.id, each.version) for each in mine]
    if task.state == "handed_in" and _just(tx, history, seats, "hand_in") and _may(tx, seats, "task.undo", worked_on):
        mine.append(Button("button.undo", "tz", task.id, task.version))
    if task.state == "done" and _just(tx, history, seats, "accept") and _may(tx, seats, "task.undo_accept", worked_on):
        mine.append(Button("button.undo", "ty", task.id, task.version))
    last = [*reminds, *row(END)]
    if len(history) > 1 or any(entry.evidence for entry in history):
        last.insert(len(reminds), Button("button.task_history", "th", task.id))
    return tuple(tuple(each) for each in (mine[:2], mine[2:], [*more_time, *row(HAND_ON)], row(ASKER), row(CHANGE), last) if each)


def _just(tx: Tx, history: Sequence[Entry], seats: Sequence[Seat], wanted: str) -> bool:
    last, mine = history[-1], {seat.id for seat in seats}
    return can_undo(kind=last.kind, wanted=wanted, author=last.author, seats=mine, at=last.at, now=tx.now)


def _may(tx: Tx, seats: Sequence[Seat], action: str, of: Target) -> bool:
    actor = Actor(account=0, language="", lane="", seats=tuple(seats))
    return permit(actor, action, of, tx.world, local_date(tx.now)) is not None


async def history(tx: Tx, task: Task, limit: int = 10) -> tuple[Param, list[entries.Evidence]]:
    """The last entries as lines, oldest first, and all their evidence."""
    found = list(reversed(await entries.latest(tx, "task", task.id, limit)))
    rows = []
    for entry in found:
        who: Param = "" if entry.author is None else by_whom((await people.seat(tx, entry.author)).holder, entry.by)
        what = text(f"task.entry.{entry.kind}")
        rows.append(text("task.entry", when=moment(entry.at), who=who, what=what, words=_said(entry, SAID)))
    return lines(rows), [piece for entry in found for piece in entry.evidence]


async def line_target(tx: Tx, task: Task) -> Target:
    """The same for the whole line of responsibility: whoever handed it on, and whoever asked them, sees it too."""
    line = [task, *await tasks.ancestors(tx, task)]
    seats = frozenset({seat for each in line for seat in (each.owner, each.asker)})
    return await overseen(tx, Target(task.regime, task.region, seats, frozenset({task.asker}), card=f"task:{task.id}"), task.owner)


async def _sees(tx: Tx, actor: Actor, task_id: int) -> bool:
    return permit(actor, "task.view", await line_target(tx, await tasks.get(tx, task_id)), tx.world, local_date(tx.now)) is not None


SEES["task"] = _sees
