"""Words, photos or forwards that no conversation asked for: which matter do they belong to? Nothing is kept before that is answered.

The nouns say themselves how such a thing becomes progress (`actions/subjects.py`, `attach`); none is known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError

from actions import menu, subjects
from actions.converse import Open, open_form
from actions.options import source
from actions.perform import action, run
from domain.forms import Ask, Draft, Option
from domain.outcome import Outcome, Refusal
from domain.people import Actor
from domain.speech import Button, Message, lines, text
from storage import loose
from storage.tx import Row, Tx

COMPLAINT, NONE = "complaint", "none"
COMPLAIN = Button("button.loose_complain", "m", arg="complain")


@dataclass(frozen=True)
class Found:
    """What came: words or the files' references, and the commands to offer to somebody without matters."""

    text: str = ""
    files: Sequence[dict[str, Any]] = ()
    offer: menu.Entries = ()


class Loose(BaseModel):
    text: str = ""
    files: list[dict[str, Any]] = []
    matter: Annotated[str, Ask("choice", source="my_matters", collects="files", caption="text")]


@action("loose.attach")
async def ask(tx: Tx, actor: Actor, given: Found) -> Outcome:
    """Ask which matter it is; somebody who owes nothing hears what they can do instead."""
    if not actor.seats:
        return await menu.say(tx, actor, Message("loose.stranger", {}, menu.keyboard(actor, given.offer)))
    if not await _owed(tx, actor):
        return await menu.say(tx, actor, Message("loose.nothing_owed", {}, ((COMPLAIN, Button("command.menu", "m", arg="menu")),)))
    return await open_form(tx, actor, Open("loose", {"text": given.text, "files": list(given.files)}))


@action("loose.attach")
async def puzzled(tx: Tx, actor: Actor, given: Found) -> Outcome:
    """A sticker, a contact: whoever has no seat is not asked for a photo that would go nowhere either."""
    if not actor.seats:
        return await menu.say(tx, actor, Message("loose.stranger", {}, menu.keyboard(actor, given.offer)))
    return await menu.say(tx, actor, Message("loose.strange"))


@action("loose.attach")
async def attach(tx: Tx, actor: Actor, given: Loose) -> Outcome:
    """Hand it to the matter's own action, which is authorised and journalled by itself."""
    if given.matter == NONE:
        return await menu.say(tx, actor, Message("loose.dropped"))
    if given.matter == COMPLAINT:
        return await menu.say(tx, actor, Message("loose.complaint", {}, ((COMPLAIN,),)))
    kind, _, number = given.matter.partition(":")
    attached = subjects.NOUNS[kind].attach
    assert attached is not None  # only such are offered
    try:
        verb, filled = attached(int(number), given.text, given.files)
    except ValidationError:
        return Refusal("loose_does_not_fit")
    return await run(tx, actor, verb, filled)


async def _owed(tx: Tx, actor: Actor) -> list[Row]:
    kinds = [kind for kind, noun in subjects.NOUNS.items() if noun.attach is not None and not noun.private]
    return await loose.owed(tx, [seat.id for seat in actor.seats], kinds)


@source("my_matters")
async def my_matters(tx: Tx, actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    """What the person owes, the most urgent first; then a new complaint, then none of these."""
    found = []
    rows = await _owed(tx, actor)
    abouts = await subjects.describe_all(tx, ((row["subject_kind"], row["subject"]) for row in rows))
    for row in rows:
        about = abouts[row["subject_kind"], row["subject"]]
        words = (about.number, about.title) if isinstance(about.title, str) else (about.number,)
        found.append(Option(f"{row['subject_kind']}:{row['subject']}", lines([about.number, about.title], " "), words))
    return [*found, Option(COMPLAINT, text("loose.option.complaint")), Option(NONE, text("loose.option.none"))]
