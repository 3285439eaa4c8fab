"""The pure step of a conversation: `begin(form)`, `answer(form, draft, reply) -> Turn`. No I/O, no Telegram, no texts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from domain.form_errors import explain
from domain.form_parts import (
    MOST_OFFERED,
    PAGE,
    SUMMARY,
    Ask,
    Doubt,
    Draft,
    Form,
    Option,
    ReadDay,
    Turn,
    active,
    always,
    asks,
    known,
    progress,
    reason,
)
from domain.replies import Pressed, Reply, Said, Sent, Sheet, Spot, Strange
from domain.speech import Param, lines, text


def begin(form: Form, preset: Mapping[str, Any]) -> Draft:
    draft = Draft(form.name, form.version, SUMMARY, answers=dict(preset))
    return replace(draft, at=_next(form, draft))


def ask_of(form: Form, draft: Draft) -> Ask | None:
    return None if draft.at == SUMMARY else asks(form.model)[draft.at]


def filled(form: Form, draft: Draft) -> int:
    """How many answers the person gave: what would be lost."""
    return sum(1 for name in active(form, draft.answers) if _gave(asks(form.model)[name], draft, name))


def is_empty(form: Form, draft: Draft) -> bool:
    """Whether nothing is lost with it. A form that was opened for words or files that came by themselves holds those."""
    return not filled(form, draft) and draft.note is None and not any(ask.collects for ask in asks(form.model).values())


def _gave(ask: Ask, draft: Draft, name: str) -> bool:
    return not ask.notice and bool(draft.answers.get(name)) and bool(draft.labels.get(name))


def in_doubt(draft: Draft, doubt: Doubt, wanted: dict[str, Any] | None = None) -> Draft:
    return replace(draft, doubt=doubt, wanted=wanted, error=None)


def sure(draft: Draft) -> Draft:
    """It goes on: the question that stood stands again."""
    return replace(draft, doubt="", wanted=None, error=None)


def answer(form: Form, draft: Draft, reply: Reply, parse_day: ReadDay) -> Turn:
    """One step. A wrong answer leaves everything as it was and puts the reason into `draft.error`."""
    sent = isinstance(reply, Sent | Spot)
    draft = replace(draft, error=None, note=draft.note if sent else None)  # the rest of an album leaves standing what was said of its first
    if isinstance(reply, Pressed):
        return _pressed(form, draft, reply.choice, parse_day)
    ask = ask_of(form, draft)
    if isinstance(reply, Sent | Spot) and not _wants_file(ask, reply):
        return _keep(form, draft, ask, reply, parse_day)
    if ask is None:
        return _wrong(draft, "form.error.press_submit")
    if isinstance(reply, Strange):
        return _wrong(draft, reply.reason or f"form.error.want_{ask.kind}")
    if ask.kind == "files":
        return _captioned(form, _file(draft, ask, reply), ask.caption, reply)
    if ask.kind == "sheet" and isinstance(reply, Sheet):
        return _take(form, draft, {"name": reply.name, "sheets": reply.sheets}, reply.name)
    if ask.collects and isinstance(reply, Sent | Spot):
        return _captioned(form, _collect(draft, ask, reply), ask.caption, reply)
    if ask.kind == "place" and isinstance(reply, Spot):
        label = f"{reply.latitude:.5f}, {reply.longitude:.5f}"
        return _take(form, draft, {"latitude": reply.latitude, "longitude": reply.longitude}, label)
    if not isinstance(reply, Said) or ask.kind == "sheet":
        return _wrong(draft, f"form.error.want_{ask.kind}")
    return _said(form, draft, ask, reply.text.strip(), parse_day)


def _said(form: Form, draft: Draft, ask: Ask, text: str, parse_day: ReadDay) -> Turn:
    if ask.kind == "choice" and not ask.free:
        return _wrong(draft, "form.error.want_choice")
    if ask.kind == "day":
        return _take_day(form, draft, parse_day(text))
    if ask.gathers and not draft.editing and draft.answers.get(draft.at):
        text = f"{draft.answers[draft.at]}\n{text}"
    return _take(form, draft, text, text)


def _take_day(form: Form, draft: Draft, found: tuple[str, Param] | str) -> Turn:
    return _wrong(draft, found) if isinstance(found, str) else _take(form, draft, *found)


def choose(form: Form, draft: Draft, option: Option) -> Turn:
    """An option found by typed words: the same as pressing it."""
    return _take(form, replace(draft, error=None), option.code, option.label)


def offer(draft: Draft, options: Sequence[Option]) -> Draft:
    """Put the options of the question that stands now into the draft: a press names them by index.

    A draft holds a few pages of them; who looks for one of hundreds types a few letters.
    """
    shown = tuple((option.code, option.label) for option in options[:MOST_OFFERED])
    return replace(draft, offered=shown, more=len(options) - len(shown), page=0)


def _pressed(form: Form, draft: Draft, choice: str, parse_day: ReadDay) -> Turn:
    ask = ask_of(form, draft)
    word, _, rest = choice.partition(":")
    number = int(rest) if rest.isascii() and rest.isdigit() else None
    if word == "page" and number is not None:
        last = max(0, (len(draft.offered) - 1) // PAGE)
        return Turn(replace(draft, page=min(number, last)))
    if word == "back":
        return _back(form, draft)
    if word == "edit" and number is not None:
        names = active(form, draft.answers)
        return Turn(replace(draft, at=names[number], editing=True, offered=(), page=0), moved=True) if number < len(names) else Turn(draft)
    if word == "submit" and ask is None:
        return _submit(form, draft)
    if ask is not None and word == "skip" and ask.optional:
        return _take(form, draft, None, None)
    if ask is not None and word == "done" and ask.kind == "files" and len(draft.answers.get(draft.at) or []) >= max(ask.least, 1):
        why = reason(form, draft.answers, draft.at)
        return _move_on(form, draft) if why is None else _wrong(draft, **why)
    if ask is not None and word == "done" and ask.gathers and draft.answers.get(draft.at):
        return _move_on(form, draft)
    if ask is not None and choice.isascii() and choice.isdigit() and int(choice) < len(draft.offered):
        code, label = draft.offered[int(choice)]
        if ask.kind == "day":
            return _take_day(form, draft, parse_day(code))
        return _take(form, draft, code, label)
    return _wrong(draft, "form.error.stale")


def _file(draft: Draft, ask: Ask, reply: Reply) -> Turn:
    if isinstance(reply, Sent):
        new: dict[str, Any] = {"kind": reply.kind, "blob": reply.blob, "name": reply.name}
    elif isinstance(reply, Spot):
        new = {"kind": "location", "latitude": reply.latitude, "longitude": reply.longitude}
    else:
        return _wrong(draft, "form.error.want_files")
    held = list(draft.answers.get(draft.at) or [])
    if len(held) >= ask.most:
        return _wrong(draft, "form.error.enough_files", most=ask.most)
    files = [*held, new]
    labels = {**draft.labels, draft.at: text("form.files", n=len(files))}
    return Turn(replace(draft, answers={**draft.answers, draft.at: files}, labels=labels))


def _wants_file(ask: Ask | None, reply: Sent | Spot) -> bool:
    return ask is not None and (ask.kind == "files" or bool(ask.collects) or (ask.kind == "place" and isinstance(reply, Spot)))


def _keep(form: Form, draft: Draft, ask: Ask | None, reply: Sent | Spot, parse_day: ReadDay) -> Turn:
    """A file for which another question asks is kept for it: nobody sends it twice. What is written under it answers this one."""
    field = next((name for name in active(form, draft.answers) if asks(form.model)[name].kind == "files"), None)
    if field is None or (ask is not None and ask.notice):
        return _wrong(draft, "form.error.no_files" if field is None else f"form.error.want_{ask.kind}" if ask else "")
    there = asks(form.model)[field]
    turn = _file(replace(draft, at=field), there, reply)
    early = ask is not None and field not in draft.answers and not there.later
    found = replace(turn.draft, at=draft.at, kept=(*draft.kept, field) if early and turn.draft.error is None else draft.kept)
    if found.error is not None:
        return Turn(found)
    found = replace(found, note=text("form.kept", n=len(found.answers[field]), name=text(f"form.{form.name}.{field}.name")))
    if ask is not None and ask.kind == "text" and isinstance(reply, Sent) and reply.caption:
        return _said(form, found, ask, reply.caption.strip(), parse_day)
    return _captioned(form, Turn(found), there.caption, reply)


def _captioned(form: Form, turn: Turn, to: str, reply: Reply) -> Turn:
    """Add what is written under a file to the words it stands beside, where they still hold then."""
    draft, words = turn.draft, reply.caption.strip() if isinstance(reply, Sent) else ""
    if not to or not words or draft.error is not None:
        return turn
    before = draft.answers.get(to)
    joined = f"{before}\n{words}" if before else words
    answers = {**draft.answers, to: joined}
    if to not in asks(form.model):
        return Turn(replace(draft, answers=answers))
    fits = reason(form, answers, to) is None
    said = text("form.caption_taken" if fits else "form.caption_left", name=text(f"form.{form.name}.{to}.name"))
    draft = replace(draft, note=said if draft.note is None or not draft.kept else lines([draft.note, said]))
    return Turn(replace(draft, answers=answers, labels={**draft.labels, to: joined})) if fits else Turn(draft, left=True)


def _collect(draft: Draft, ask: Ask, reply: Reply) -> Turn:
    turn = _file(replace(draft, at=ask.collects), ask, reply)
    return replace(turn, draft=replace(turn.draft, at=draft.at, labels=draft.labels))


def _take(form: Form, draft: Draft, value: Any, label: Param) -> Turn:
    answers = {**draft.answers, draft.at: value}
    why = reason(form, answers, draft.at)
    if why is not None:
        return _wrong(draft, **why)
    labels = {**draft.labels, draft.at: label}
    return _move_on(form, replace(draft, answers=answers, labels=labels))


def _move_on(form: Form, draft: Draft) -> Turn:
    draft = replace(draft, editing=False, offered=(), page=0)
    at = _next(form, draft)
    if at in draft.kept:  # what was kept for it shows there
        draft = replace(draft, note=None, kept=tuple(name for name in draft.kept if name != at))
    draft = replace(draft, at=at)
    if draft.at == SUMMARY and not form.confirm:
        return _submit(form, draft)
    return Turn(draft, moved=True)


def _next(form: Form, draft: Draft) -> str:
    """The first active field not answered yet: an edit returns to the summary, a changed condition asks what it newly needs."""
    due = (name for name in active(form, draft.answers) if not asks(form.model)[name].later)
    return next((name for name in due if name not in draft.answers or name in draft.kept), SUMMARY)


def _back(form: Form, draft: Draft) -> Turn:
    if draft.editing:  # one answer was to be changed: the summary stands again, with the answer it had
        return Turn(replace(draft, at=SUMMARY, editing=False, offered=(), page=0), moved=True)
    names = _behind(form, draft)
    if not names:
        return _wrong(draft, "form.error.first")
    before = names if draft.at == SUMMARY else [n for n in active(form, draft.answers) if n in names][: _position(form, draft)]
    target = (before or names)[-1]
    again = not asks(form.model)[target].gathers  # a story stands there to be added to
    answers = {name: value for name, value in draft.answers.items() if name != target or not again}
    return Turn(replace(draft, at=target, answers=answers, offered=(), page=0, editing=False), moved=True)


def _behind(form: Form, draft: Draft) -> list[str]:
    """The questions that were asked and answered by now, but for the one that stands."""
    asked = [name for name in active(form, draft.answers) if not asks(form.model)[name].later]
    return [name for name in asked if name in draft.answers and name not in (draft.at, *draft.kept)]


def can_go_back(form: Form, draft: Draft) -> bool:
    return draft.editing or bool(_behind(form, draft))


def _position(form: Form, draft: Draft) -> int:
    names = active(form, draft.answers)
    return names.index(draft.at) if draft.at in names else len(names)


def _submit(form: Form, draft: Draft) -> Turn:
    kept = {name: value for name, value in draft.answers.items() if name not in asks(form.model) or name in active(form, draft.answers)}
    try:
        return Turn(draft, done=form.model.model_validate(kept))
    except ValidationError as error:
        first = error.errors()[0]
        where = next((str(part) for part in first["loc"] if part in asks(form.model)), SUMMARY)
        return _wrong(replace(draft, at=where), **explain(first))


def _wrong(draft: Draft, key: str, **params: Param) -> Turn:
    return Turn(replace(draft, error=text(key, **params)), left=True)


__all__ = [
    "MOST_OFFERED", "PAGE", "SUMMARY", "Ask", "Draft", "Form", "Option", "Pressed", "Reply", "Said", "Sent", "Sheet", "Spot", "Strange",
    "Turn", "active", "always", "answer", "ask_of", "asks", "begin", "can_go_back", "choose", "filled", "in_doubt", "is_empty", "known",
    "offer", "progress", "reason", "sure",
]  # fmt: skip
