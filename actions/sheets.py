"""Files as answers: whether the question that stands asks for what is in one, so that the edge reads it before the unit of work."""

from actions.formbook import FORMS
from domain import forms
from domain.people import Actor
from storage import drafts
from storage.tx import Tx


async def wants_sheet(tx: Tx, actor: Actor) -> bool:
    ask = await _asked(tx, actor)
    return ask is not None and ask.kind == "sheet"


async def wants_words(tx: Tx, actor: Actor) -> bool:
    """Words and nothing else: then a small text file is read as its words."""
    ask = await _asked(tx, actor)
    return ask is not None and ask.kind == "text" and not ask.collects


async def _asked(tx: Tx, actor: Actor) -> forms.Ask | None:
    """The question that stands."""
    held = await drafts.get(tx, actor.lane)
    form = None if held is None else FORMS.get(held.draft.form)
    return None if held is None or form is None else forms.ask_of(form, held.draft)
