"""Spreadsheets as answers: whether the question that stands asks for one, so that the edge reads it before the unit of work."""

from actions.formbook import FORMS
from domain import forms
from domain.people import Actor
from storage import drafts
from storage.tx import Tx


async def wants_sheet(tx: Tx, actor: Actor) -> bool:
    held = await drafts.get(tx, actor.lane)
    form = None if held is None else FORMS.get(held.draft.form)
    ask = None if held is None or form is None else forms.ask_of(form, held.draft)
    return ask is not None and ask.kind == "sheet"
