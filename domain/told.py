"""What somebody told where another question stood: it is kept for the question that asks for it, so nobody writes it twice.

A name or a slip is short; whoever writes more than that tells what happened. That holds before a notice is agreed to as well: the words lie
sealed in the draft and go with it.
"""

from dataclasses import replace

from domain.forms import Draft, Form, Reply, Said, Turn, asks, reason
from domain.speech import lines, text

STORY = 20  # characters


def is_story(reply: Reply) -> bool:
    return isinstance(reply, Said) and len(reply.text.strip()) >= STORY


def kept(form: Form, turn: Turn, reply: Reply) -> Turn:
    """The turn as it is, or, where these words are no answer to what was asked, with the words in their own place."""
    field = next((name for name, ask in asks(form.model).items() if ask.gathers), None)
    if not turn.left or field is None or field == turn.draft.at or not isinstance(reply, Said) or not is_story(reply):
        return turn
    draft = turn.draft
    joined = joined_to(draft, field, reply.text.strip())
    answers = {**draft.answers, field: joined}
    if reason(form, answers, field) is not None:
        return turn
    note = text("form.words_kept", name=text(f"form.{form.name}.{field}.name"))
    early = () if field in draft.answers else (field,)
    labels = {**draft.labels, field: joined}
    return Turn(replace(draft, answers=answers, labels=labels, error=None, note=note, kept=(*draft.kept, *early)))


def joined_to(draft: Draft, field: str, words: str) -> str:
    before = draft.answers.get(field)
    return f"{before}\n{words}" if before else words


def stays(turn: Turn, reply: Reply, message_ids: tuple[int, ...]) -> Draft:
    """What was not taken stays in the chat until the form ends, also where everything else is deleted at once."""
    draft = replace(turn.draft, left=(*turn.draft.left, *message_ids))
    if not is_story(reply):
        return draft
    hint = text("form.left_standing")
    return replace(draft, error=lines([draft.error, hint]) if draft.error else hint)
