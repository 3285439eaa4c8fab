"""What somebody is asked who wants an appointment, and what the office is asked who refuses it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from actions.inputs_people import Invite, Long, Short
from actions.options import source
from domain.forms import Ask, Draft, Option
from domain.people import Actor
from domain.speech import term
from storage.tx import Tx

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


def _has_own_unit(answers: Mapping[str, Any]) -> bool:
    return str(answers.get("role") or "").partition(":")[0] != "unit"


class Apply(Invite):
    """The place is asked as in an invitation. `known` is the name of somebody who has joined: it is not asked again."""

    known: str = ""
    province: Annotated[str, Ask("choice", source="served_regimes", when=lambda answers: not answers.get("regime"))] = ""
    name: Annotated[Short, Ask(when=lambda answers: not answers.get("known"))] = ""
    role: Annotated[str, Ask("choice", source="roles_to_ask")]
    until: date | None = None
    workplace: Annotated[Long | None, Ask(when=_has_own_unit, optional=True)] = None
    why: Annotated[Why, Ask()]


class Refuse(BaseModel):
    application: int
    reason: Annotated[Why, Ask()]


@source("served_regimes")
async def served_regimes(tx: Tx, _actor: Actor, _draft: Draft, _query: str) -> list[Option]:
    return [Option(each.id, term(each.id, "regime", each.id), (each.name.zh, each.name.en, each.id)) for each in tx.world.regimes.values()]


@source("roles_to_ask")
async def roles_to_ask(tx: Tx, actor: Actor, draft: Draft, _query: str) -> list[Option]:
    """All but the office's own: its people are invited by those who are there already. Who has a seat is likely to ask for one like it."""
    regime = tx.world.regime(draft.answers.get("regime") or draft.answers["province"])
    return [
        Option(f"{role.scope}:{role.id}", term(regime.id, "role", role.id), (role.name.zh, role.name.en))
        for role in regime.roles_to_choose({seat.scope_kind for seat in actor.seats if seat.regime == regime.id})
        if role.rights != "office"
    ]
