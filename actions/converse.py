"""Conversations: load the draft, take one pure step (`domain/forms.py`), save it, show the next question.

The question is a card (`draft:ID`): it shows what stands when it is sent, so a conversation goes on where it stopped whatever died.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from actions import days
from actions.formbook import FORMS, register
from actions.options import options
from actions.perform import SPECS, action, run
from actions.prompts import answers_given
from domain import forms, told
from domain.forms import Draft, Form, Pressed, Reply, Said
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.permissions import is_public, may_start
from domain.speech import text
from storage import cards, drafts, outbox
from storage.cards import Card
from storage.drafts import StoredDraft
from storage.tx import Tx

MINUTE = 60_000
LEFT_CLEAN = "left_clean"  # result: the form was left by a press, and the chat says nothing of it
ASKS_FROM = 2  # so many answers are not thrown away by one press


@dataclass(frozen=True)
class Open:
    form: str
    preset: Mapping[str, Any] = field(default_factory=dict)
    message_id: int | None = None  # show the question in this message (the one pressed)
    words: str = ""  # what stood behind the command answers the first question


@dataclass(frozen=True)
class Answer:
    """A reply to the open question. `draft` and `version` come with a press and must match; words have neither."""

    reply: Reply
    message_ids: tuple[int, ...] = ()  # the person's messages, deleted where the form wipes
    pressed: int | None = None  # the message whose button was pressed
    draft: int | None = None
    version: int | None = None


@action("converse")
async def open_form(tx: Tx, actor: Actor, given: Open) -> Outcome:
    """Begin a form. Refused at once where its last step would be refused to everyone of these seats."""
    form = FORMS.get(given.form)
    if form is None or not forms.known(form, given.preset):  # a made-up button, or one of a release that had this form
        return Refusal("form_over")
    name = SPECS[form.submit].name
    if not is_public(name) and not may_start(actor.seats, name):
        return Refusal("forbidden" if actor.seats else "stranger" if actor.person is None else "no_seat")
    held = await drafts.get(tx, actor.lane)
    before = None if held is None else FORMS.get(held.draft.form)
    if held is not None and before is not None and not forms.is_empty(before, held.draft):
        return await _busy(tx, actor, held, given)
    if held is not None:
        await _close(tx, actor, held, wipe=before is not None and before.wipe)
    draft = await _offer(tx, actor, form, forms.begin(form, dict(given.preset)))
    stored = await drafts.add(tx, actor.lane, draft, form.minutes * MINUTE)
    assert stored is not None  # the lane's only other draft was closed above
    if given.words:
        return await step(tx, actor, Answer(Said(given.words)))
    await cards.show(tx, f"draft:{stored.id}", actor.to(), message_id=given.message_id)
    return Done()


async def _busy(tx: Tx, actor: Actor, held: StoredDraft, given: Open) -> Outcome:
    """Another conversation is open: go on with it, or leave it for this one. What is wanted waits in the draft, so the button outlives us.

    Of a form that wipes nothing is kept, not even that it was wanted: whoever wants it asks again.
    """
    wanted = None if FORMS[given.form].wipe else {"form": given.form, "preset": dict(given.preset), "words": given.words}
    return await _ask_first(tx, actor, held, forms.in_doubt(held.draft, "other", wanted), None)


async def _ask_first(tx: Tx, actor: Actor, held: StoredDraft, draft: Draft, pressed: int | None) -> Outcome:
    """The question whether to go on stands where the conversation's own question stood, or below; or that one stands again."""
    if await drafts.save(tx, held, draft, FORMS[draft.form].minutes * MINUTE) is None:
        return Refusal("form_moved")
    shown = [each.message_id for each in await cards.of_subject(tx, f"draft:{held.id}")]
    if pressed is None or pressed not in shown:  # an older question's button: what stands in between is over, too
        await _ask_below(tx, actor, held)
    else:
        await cards.show(tx, f"draft:{held.id}", actor.to(), message_id=pressed)
    return Done()


async def _in_doubt(tx: Tx, actor: Actor, form: Form, held: StoredDraft, given: Answer) -> Outcome:
    """Nothing is an answer to the form until one of the two is pressed."""
    choice = given.reply.choice if isinstance(given.reply, Pressed) else ""
    if choice == "drop":
        return await _cancel(tx, actor, held, given.pressed)
    if choice == "swap" and held.draft.wanted is not None:
        wanted = held.draft.wanted
        await _end(tx, actor, held, given.pressed)
        return await open_form(tx, actor, Open(wanted["form"], wanted["preset"], words=wanted["words"]))
    if choice == "stay":
        return await _ask_first(tx, actor, held, forms.sure(held.draft), given.pressed)
    unsure = forms.Turn(replace(held.draft, error=text("form.error.press_first")), left=True)
    return await _ask_first(tx, actor, held, (await _wiped(tx, actor, form, unsure, given)).draft, given.pressed)


@action("converse")
async def step(tx: Tx, actor: Actor, given: Answer) -> Outcome:
    """One answer. Done(result=None) also where the answer was wrong: the question is asked again with the reason."""
    held = await drafts.get(tx, actor.lane)
    if held is None or (given.draft is not None and given.draft != held.id):
        return Refusal("form_over")
    form = FORMS.get(held.draft.form)
    if form is None or form.version != held.draft.form_version:
        await drafts.drop(tx, held.id)
        return Refusal("form_over")
    if isinstance(given.reply, Pressed) and given.reply.choice == "cancel":
        return await _leave(tx, actor, form, held, given.pressed)
    if given.version is not None and given.version != held.version:
        return Refusal("form_moved")
    if held.draft.doubt:
        return await _in_doubt(tx, actor, form, held, given)
    turn = told.kept(form, await _turn(tx, actor, form, held.draft, given.reply), given.reply)
    turn = await _wiped(tx, actor, form, turn, given)
    if turn.done is not None:
        return await _submit(tx, actor, form, held, turn)
    elsewhere = turn.moved or turn.draft.at != held.draft.at  # the summary sends back to a field that does not hold any more
    draft = await _offer(tx, actor, form, turn.draft) if elsewhere else turn.draft
    saved = await drafts.save(tx, held, draft, form.minutes * MINUTE)
    if saved is None:
        return Refusal("form_moved")
    await _show(tx, actor, held, given, draft)
    return Done()


async def _wiped(tx: Tx, actor: Actor, form: Form, turn: forms.Turn, given: Answer) -> forms.Turn:
    """What was taken goes from the chat, where the form wipes. What was not taken stays: nobody loses what they wrote."""
    if not form.wipe or not given.message_ids:
        return turn
    if turn.left:
        return replace(turn, draft=told.stays(turn, given.reply, given.message_ids))
    await outbox.delete(tx, actor.to(), given.message_ids)
    return turn


async def _turn(tx: Tx, actor: Actor, form: Form, draft: Draft, reply: Reply) -> forms.Turn:
    ask = forms.ask_of(form, draft)
    if ask is not None and ask.kind == "choice" and isinstance(reply, Said):
        found = await options(tx, actor, ask.source, draft, reply.text.strip())
        if len(found) == 1:
            return forms.choose(form, draft, found[0])
        if found:
            narrowed = forms.offer(draft, found)
            return forms.Turn(replace(narrowed, error=text("form.several", n=len(found))))
        if not ask.free:
            # Where every choice is in sight, another spelling finds no more of them.
            in_sight = not draft.more and len(draft.offered) <= forms.PAGE
            error = "form.error.not_offered" if in_sight else "form.error.none_like"
            return forms.Turn(replace(draft, error=text(error, words=reply.text.strip()[:60])), left=True)
    return forms.answer(form, draft, reply, lambda words: days.parse_day(tx, words, ask, draft.answers))


async def _show(tx: Tx, actor: Actor, held: StoredDraft, given: Answer, draft: Draft) -> None:
    """A press turns its own message into what comes next; words and files get the next question below them.

    More files to the same question (an album) have one prompt, not one each.
    """
    again = held.draft.note is not None or draft.note is None  # what was kept for another question is told below it, once
    same = draft.at == held.draft.at and draft.error is None and (again or _gathers(draft))
    subject = f"draft:{held.id}"
    if given.pressed is not None:
        await cards.show(tx, subject, actor.to(), message_id=given.pressed)
    elif same and isinstance(given.reply, forms.Sent | forms.Spot):
        await _count_below(tx, actor, subject, given.message_ids)
    else:
        await _ask_below(tx, actor, held)


async def _count_below(tx: Tx, actor: Actor, subject: str, sent: tuple[int, ...]) -> None:
    """The prompt with its count moves below what was sent: under a few photos nobody sees an edit, or 「发完了」.

    The rest of an album stands above it already, and edits it.
    """
    shown = next((each.message_id for each in await cards.of_subject(tx, subject) if each.message_id), None)
    above = shown is not None and any(each > shown for each in sent)
    if above and shown is not None:
        await outbox.delete(tx, actor.to(), [shown])
    await cards.show(tx, subject, actor.to(), fresh=above)


async def _ask_below(tx: Tx, actor: Actor, held: StoredDraft) -> None:
    """The question anew at the chat's end. The older one's buttons go; where the form wipes, all of it: it may quote what was typed."""
    subject, form = f"draft:{held.id}", FORMS.get(held.draft.form)
    before = [each.message_id for each in await cards.of_subject(tx, subject) if each.message_id]
    if form is not None and form.wipe:
        await outbox.delete(tx, actor.to(), before)
    elif before:
        await outbox.strip(tx, actor.to(), before[0])
    await cards.show(tx, subject, actor.to(), fresh=True)


def _gathers(draft: Draft) -> bool:
    ask = forms.ask_of(FORMS[draft.form], draft)
    return ask is not None and (ask.kind == "files" or bool(ask.collects))


async def _submit(tx: Tx, actor: Actor, form: Form, held: StoredDraft, turn: forms.Turn) -> Outcome:
    """The form's own action, authorised by itself; its journal row is its own. Refused: the summary stays."""
    assert turn.done is not None
    outcome = await run(tx, actor, form.submit, turn.done)
    if isinstance(outcome, Refusal):
        return outcome
    await _close(tx, actor, held, wipe=form.wipe, sent=turn.draft if form.confirm and not outcome.asks else None)
    return Done(result=outcome.result)


async def _leave(tx: Tx, actor: Actor, form: Form, held: StoredDraft, pressed: int | None, typed: int | None = None) -> Outcome:
    """One press or command loses one answer at most: where there are more, it asks. Typed once more, the command means it.

    Where the form wipes, a typed /cancel is obeyed at once: who types it may need the chat clean this moment.
    """
    by_command = pressed is None
    if forms.filled(form, held.draft) < ASKS_FROM or (by_command and (form.wipe or held.draft.doubt)):
        return await _cancel(tx, actor, held, pressed, typed)
    return await _ask_first(tx, actor, held, forms.in_doubt(held.draft, "leave"), pressed)


async def _cancel(tx: Tx, actor: Actor, held: StoredDraft, pressed: int | None, typed: int | None = None) -> Outcome:
    """Of a form that wipes no trace stays: a press is answered by what passes, a command goes with a sentence that goes, too."""
    said = await _end(tx, actor, held, pressed)
    form = FORMS.get(held.draft.form)
    if form is None or not form.wipe:
        if not said:
            await outbox.say(tx, actor.to(), "form.cancelled", {"form": text(f"form.{held.draft.form}.title")})
        return Done()
    if pressed is not None:
        return Done(result=LEFT_CLEAN)
    if typed is not None:
        await outbox.delete(tx, actor.to(), [typed])
    await outbox.say(tx, actor.to(), "form.left_fades", own=0, fades=True)
    return Done()


async def _end(tx: Tx, actor: Actor, held: StoredDraft, pressed: int | None) -> bool:
    """It is left. Whether the message that asked about it says so itself."""
    form = FORMS.get(held.draft.form)
    wipe = form is not None and form.wipe
    says = bool(held.draft.doubt) and pressed is not None and not wipe
    await _close(tx, actor, held, wipe=wipe, left=pressed if says else None)
    return says


async def _close(
    tx: Tx, actor: Actor, held: StoredDraft, *, wipe: bool = False, sent: Draft | None = None, left: int | None = None
) -> None:
    """The conversation is over: its row goes. Its last prompt says what was sent, loses its buttons, or goes where the form wipes.

    `left`: the message that asked whether to leave; it says that this was done.
    """
    await outbox.delete(tx, actor.to(), held.draft.left)
    if left is not None:
        await outbox.turn_into(tx, actor.to(), left, "form.cancelled", {"form": text(f"form.{held.draft.form}.title")})
    for shown in await cards.of_subject(tx, f"draft:{held.id}"):
        if shown.message_id is None or shown.message_id == left:
            continue
        if wipe:
            await outbox.delete(tx, actor.to(), [shown.message_id])
        elif sent is not None:
            form = FORMS[sent.form]
            params = {"title": text(f"form.{form.name}.title"), "rows": answers_given(form, sent, sent=True)}
            await outbox.turn_into(tx, actor.to(), shown.message_id, "form.sent", params)
        else:
            await outbox.strip(tx, actor.to(), shown.message_id)
    await cards.drop(tx, f"draft:{held.id}")
    await drafts.drop(tx, held.id)


@action("converse")
async def cancel(tx: Tx, actor: Actor, typed: int | None) -> Outcome:
    """`typed`: the message that holds the command."""
    held = await drafts.get(tx, actor.lane)
    if held is None:
        return Refusal("nothing_open")
    form = FORMS.get(held.draft.form)
    if form is None or form.version != held.draft.form_version:
        return await _cancel(tx, actor, held, None)
    return await _leave(tx, actor, form, held, None, typed)


async def leave(tx: Tx, actor: Actor, form: str) -> None:
    """Close this form, if it is the one that is open: it was answered in another way."""
    held = await drafts.get(tx, actor.lane)
    if held is not None and held.draft.form == form:
        await _close(tx, actor, held, wipe=FORMS[form].wipe)


async def has_open(tx: Tx, account: int) -> bool:
    return await drafts.get(tx, tx.vault.lane(account)) is not None


async def form_open_to(tx: Tx, account: int) -> Form | None:
    """The form of this account's open conversation, if there is one."""
    name = await drafts.form_of(tx, tx.vault.lane(account))
    return None if name is None else FORMS.get(name)


async def expire(tx: Tx, limit: int) -> int:
    """Drafts nobody came back to. Returns how many were found."""
    found = await drafts.expired(tx, limit)
    for held in found:
        form = FORMS.get(held.draft.form)
        for shown in await cards.of_subject(tx, f"draft:{held.id}"):
            await _expired(tx, held, shown, wipe=form is not None and form.wipe)
        await cards.drop(tx, f"draft:{held.id}")
        await drafts.drop(tx, held.id)
    return len(found)


async def _expired(tx: Tx, held: StoredDraft, shown: Card, *, wipe: bool) -> None:
    """A wiping form's prompt goes, and the sentence that says so does not name the form."""
    key, once = "form.expired_clean" if wipe else "form.expired", f"expired:{held.id}"
    standing = [] if shown.message_id is None else [shown.message_id]
    if wipe:
        await outbox.delete(tx, shown.to, [*standing, *held.draft.left])
        await outbox.say(tx, shown.to, key, once=once, own=0)
        return
    for message_id in standing:
        await outbox.strip(tx, shown.to, message_id)
    await outbox.say(tx, shown.to, key, {"form": text(f"form.{held.draft.form}.title")}, once=once)


async def _offer(tx: Tx, actor: Actor, form: Form, draft: Draft) -> Draft:
    ask = forms.ask_of(form, draft)
    if ask is None:
        return draft
    if ask.source:
        return forms.offer(draft, await options(tx, actor, ask.source, draft))
    if ask.kind == "day":
        return forms.offer(draft, days.usual(tx))
    return draft


__all__ = ["FORMS", "Answer", "Open", "cancel", "expire", "form_open_to", "has_open", "open_form", "register", "step"]
