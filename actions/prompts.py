"""What a conversation shows: the question that stands now, or the summary. A card, made from the draft when it is sent."""

from actions.cards import card
from actions.formbook import FORMS, OUTLOOKS
from domain import forms
from domain.forms import SUMMARY, Draft, Form
from domain.speech import Button, Message, Param, cut, lines, text
from storage import drafts
from storage.drafts import StoredDraft
from storage.tx import Tx

SHOWN = 300  # characters of what was told before, where it can be added to
LINES = 8  # of an answer are shown in full


@card("draft")
async def draft_card(tx: Tx, draft_id: int, viewer: int | None) -> Message | None:
    """The question that stands now, or the summary."""
    held = await drafts.by_id(tx, draft_id)
    form = None if held is None else FORMS.get(held.draft.form)
    if held is None or form is None:
        return None
    ahead = OUTLOOKS.get(form.name) if held.draft.at == SUMMARY else None
    return draft_message(form, held, None if ahead is None else await ahead(tx, held.draft.answers, viewer))


def draft_message(form: Form, held: StoredDraft, outlook: Param = None) -> Message:
    """`outlook`: what the summary foretells, where the form has something to."""
    if held.draft.doubt:
        return _doubt(form, held)
    return _question(form, held) if held.draft.at != SUMMARY else _summary(form, held, outlook)


def _doubt(form: Form, held: StoredDraft) -> Message:
    """Go on or leave. 「继续填」 stands where 「退出」 stood, so that a second press in haste loses nothing."""
    draft = held.draft
    stay = Button("button.go_on", "f", held.id, held.version, "stay")
    drop = Button("button.leave", "f", held.id, held.version, "drop")
    said: list[Param] = [text("form.wrong", reason=draft.error)] if draft.error else []
    params: dict[str, Param] = {"form": text(f"form.{form.name}.title"), "n": forms.filled(form, draft), "extra": lines(said)}
    if draft.doubt == "leave":
        return Message("form.leave_ask", params, ((drop, stay),))
    if draft.wanted is None:
        return Message("form.busy", params | {"extra": lines([text("form.busy_again"), *said])}, ((stay,), (drop,)))
    other = str(draft.wanted["form"])
    key = "button.leave_anew" if other == form.name else "button.leave_for"
    swap = Button(key, "f", held.id, held.version, "swap", {"form": text(f"form.{other}.title")})
    return Message("form.busy", params, ((stay,), (swap,)))


def _question(form: Form, held: StoredDraft) -> Message:
    draft, ask = held.draft, forms.asks(form.model)[held.draft.at]
    number, of = forms.progress(form, draft)
    files = draft.answers.get(ask.collects or draft.at) if ask.collects or ask.kind == "files" else None
    extra: list[Param] = [each for each in (draft.note, draft.error and text("form.wrong", reason=draft.error)) if each]
    told = draft.answers.get(draft.at) if ask.gathers and not draft.editing else None
    if told:
        extra.append(text("form.got_words", words=cut(told, SHOWN)))
    if files:
        extra.append(text("form.got_files" if ask.kind == "files" else "form.collected", n=len(files)))
    if draft.more and draft.page == (len(draft.offered) - 1) // forms.PAGE:
        extra.append(text("form.more_options", n=draft.more))
    if number == 1 and not draft.editing and draft.error is None:
        extra.append(text("form.leave_hint"))
    params: dict[str, Param] = {
        "title": text(f"form.{form.name}.title"),
        "step": text("form.step", n=number, of=of) if of > 1 else "",
        "question": text(f"form.{form.name}.{draft.at}", **_context(form, draft)),
        "extra": lines(extra) if extra else "",
    }
    return Message("form.question", params, _question_buttons(held, ask, has_files=bool(files) and ask.kind == "files", told=bool(told)))


def _context(form: Form, draft: Draft) -> dict[str, Param]:
    """What was answered before, for questions that name it."""
    return {name: draft.labels.get(name) or "" for name in forms.asks(form.model)}


def _question_buttons(held: StoredDraft, ask: forms.Ask, *, has_files: bool, told: bool) -> tuple[tuple[Button, ...], ...]:
    def press(key: str, choice: str, **params: Param) -> Button:
        return Button(key, "f", held.id, held.version, choice, params)

    draft = held.draft
    start = draft.page * forms.PAGE
    shown = list(enumerate(draft.offered))[start : start + forms.PAGE]
    rows = [(press("button.option", str(index), label=label),) for index, (_, label) in shown]
    turn = []
    if start > 0:
        turn.append(press("button.page_back", f"page:{draft.page - 1}"))
    if start + forms.PAGE < len(draft.offered):
        turn.append(press("button.page_on", f"page:{draft.page + 1}"))
    last = []
    if has_files and len(draft.answers[draft.at]) >= ask.least:
        last.append(press("button.files_done", "done"))
    elif told:
        last.append(press("button.words_done", "done"))
    elif ask.optional:
        last.append(press("button.skip", "skip"))
    if forms.can_go_back(FORMS[draft.form], draft):
        last.append(press("button.back", "back"))
    last.append(press("button.cancel", "cancel"))
    return tuple(row for row in (*rows, tuple(turn), tuple(last)) if row)


def _summary(form: Form, held: StoredDraft, outlook: Param) -> Message:
    draft = held.draft
    edits = [
        Button("button.edit", "f", held.id, held.version, f"edit:{n}", {"name": text(f"form.{form.name}.{name}.name")})
        for n, name in enumerate(forms.active(form, draft.answers))
        if not forms.asks(form.model)[name].notice
    ]
    pairs = tuple(tuple(edits[n : n + 2]) for n in range(0, len(edits), 2))
    send = Button("button.submit", "f", held.id, held.version, "submit")
    leave = Button("button.cancel", "f", held.id, held.version, "cancel")
    said = [each for each in (draft.note, draft.error and text("form.wrong", reason=draft.error)) if each]
    rows = answers_given(form, draft)
    params: dict[str, Param] = {
        "title": text(f"form.{form.name}.title"),
        "rows": rows if outlook is None else lines([rows, outlook], "\n\n"),
        "extra": lines(said),
    }
    return Message("form.summary", params, ((send,), *pairs, (leave,)))


def answers_given(form: Form, draft: Draft, *, sent: bool = False) -> Param:
    """What was answered, a line each; once sent, what was left empty is not worth a line."""
    return lines(
        text("form.summary_line", name=text(f"form.{form.name}.{name}.name"), value=_brief(draft.labels.get(name)) or text("form.nothing"))
        for name in forms.active(form, draft.answers)
        if not forms.asks(form.model)[name].notice and (draft.labels.get(name) or not sent)
    )


def _brief(label: Param) -> Param:
    """Something pasted that fills the screen is named by its first line: it stands just above in the chat."""
    if isinstance(label, str) and label.count("\n") >= LINES:
        return f"{label.splitlines()[0]} …"
    return label
