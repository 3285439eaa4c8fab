"""How somebody wants to be spoken to: the language, the time of the daily message, own quiet hours. One card, edited by its buttons.

Own quiet hours only ever widen those of the regime, within `domain/slots.WIDEST`: what is urgent comes through both.
"""

from dataclasses import dataclass

from actions import commands
from actions.cards import card
from actions.joining import LANGUAGES
from actions.perform import action
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.regime_parts import Quiet
from domain.slots import shifted
from domain.speech import Button, Keyboard, Message, Param, text
from storage import cards, people
from storage.tx import Tx

TIMES = ("07:30", "08:30", "09:00", "12:00", "18:00")
# How many minutes earlier quiet hours begin and later they end than the regime's; the first is the regime's own.
WIDER = ((0, 0), (60, 0), (0, 60), (120, 60))
AS_RULED = "-"


@dataclass(frozen=True)
class Choice:
    """`what` is digest, quiet or language; `to` one of what the card offers."""

    what: str
    to: str
    pressed: int | None = None


@action("people.settings")
async def show(tx: Tx, actor: Actor, _given: None) -> Outcome:
    if actor.person is None:
        return Refusal("stranger")
    await cards.show(tx, "settings:0", actor.to(), fresh=True)
    return Done()


@action("people.settings")
async def choose(tx: Tx, actor: Actor, given: Choice) -> Outcome:
    """Only what the card offers: buttons can be made up."""
    if actor.person is None:
        return Refusal("stranger")
    if not await _take(tx, actor, given):
        return Refusal("gone")
    await cards.show(tx, "settings:0", actor.to(), message_id=given.pressed)
    return Done(("person", actor.person), {given.what: given.to})


async def _take(tx: Tx, actor: Actor, given: Choice) -> bool:
    assert actor.person is not None  # asked by the caller
    if given.what == "language" and given.to in LANGUAGES:
        await people.set_language(tx, actor.person, given.to)
        await commands.publish(tx, actor.person)
        return True
    if given.what == "digest" and given.to in {*TIMES, AS_RULED}:
        await people.set_digest_at(tx, actor.person, None if given.to == AS_RULED else given.to)
        return True
    if given.what == "quiet" and given.to in offered(await _ruled(tx, actor.person)):
        await people.set_quiet(tx, actor.person, None if given.to == AS_RULED else given.to)
        return True
    return False


async def _ruled(tx: Tx, person: int) -> Quiet:
    """Of the regime in which the person's first seat is; without one, of the first regime."""
    seats = await people.held_by(tx, person)
    regime = seats[0].regime if seats else next(iter(tx.world.regimes))
    return tx.world.regime(regime).quiet


def offered(quiet: Quiet) -> list[str]:
    """Choices of quiet hours as "HH:MM-HH:MM"; `AS_RULED` first."""
    return [AS_RULED, *(f"{shifted(quiet.since, -before)}-{shifted(quiet.to, after)}" for before, after in WIDER[1:])]


@card("settings")
async def settings_card(tx: Tx, _id: int, viewer: int | None) -> Message | None:
    if viewer is None:
        return None
    row, quiet = await people.person(tx, viewer), await _ruled(tx, viewer)
    digest, own, language = row["digest_at"] or AS_RULED, row["quiet"] or AS_RULED, row["language"]
    ruled = f"{quiet.since}-{quiet.to}"
    params: dict[str, Param] = {
        "language": text(f"language.{language}"),
        "digest": digest if digest != AS_RULED else text("settings.as_ruled", what=" / ".join(quiet.digests)),
        "quiet": own if own != AS_RULED else text("settings.as_ruled", what=ruled),
    }
    hours = [_button("quiet", each, own) for each in offered(quiet)]
    keyboard: Keyboard = (
        tuple(_button("digest", each, digest) for each in TIMES[:3]),
        (*(_button("digest", each, digest) for each in TIMES[3:]), _button("digest", AS_RULED, digest)),
        tuple(hours[1:3]),
        (hours[3], hours[0]),
        tuple(_button("language", each, language) for each in LANGUAGES),
        (Button("command.absence", "m", arg="absence"), Button("command.handover", "m", arg="handover")),
        (Button("command.leave", "m", arg="leave"),),
    )
    return Message("settings.card", params, keyboard)


def _button(what: str, to: str, now: str) -> Button:
    label = text(f"language.{to}") if what == "language" else text(f"settings.{what}_as_ruled") if to == AS_RULED else to
    key = f"button.settings.{what}{'_on' if to == now else ''}"
    return Button(key, "ps", arg=f"{what}.{to}", params={"to": label})
