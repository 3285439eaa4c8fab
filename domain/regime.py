"""A province's system as data: everything in which two provinces differ, checked when it is loaded, looked up by code.

A `Regime` never changes; regions move between parents by date, so whatever follows the hierarchy takes the day it is asked for.
Files are read by `config.load`, reference checks and their sentences are in `regime_check`.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Literal, TypeVar

from pydantic import Field

from domain.place_names import PlaceNames
from domain.regime_campaigns import (
    Accountability,
    Campaign,
    Coverage,
    Discipline,
    Fact,
    MajorProblems,
    Measure,
    Quotas,
    Report,
    Scoring,
    Template,
    Training,
)
from domain.regime_parts import (
    Complaints,
    Duty,
    Extensions,
    Id,
    Industry,
    Ledger,
    LedgerClass,
    Lights,
    Name,
    Named,
    Part,
    Quiet,
    Region,
    Role,
    Scope,
    Series,
    Tasks,
    Unit,
)

RECEIPT = "task.receipt"  # the duty to confirm that one got what was handed on
# The product's own work stands on these; a regime without one of them could not run.
CORE_DUTIES = ("task", RECEIPT, "item.rectify", "item.verify", "complaint.accept", "complaint.answer", "extension.decide")

# Words a chain may use beside roles and rights. `owner` and `creditor` are the two seats of the obligation itself; the others are
# found by rights: `unit_lead` is the supervisor of the owner's own unit, `supervisor` the one of the owner's region, `office` the office.
CHAIN_WORDS: Mapping[str, tuple[str, tuple[str, ...]] | None] = {
    "owner": None,
    "creditor": None,
    "unit_lead": ("supervisor", ("unit",)),
    "supervisor": ("supervisor", ("region", "province")),
    "office": ("office", ("province", "unit")),
}

# Scopes by how many seats of a role there are: one in each place, a few plants in some, one in all.
WIDELY: tuple[Scope, ...] = ("region", "enterprise", "group", "unit", "province")

Kind = Literal[
    "unit", "region", "role", "industry", "duty", "class", "category", "series", "campaign", "report", "template", "channel",
    "complaint_kind", "measure", "dimension", "mark", "method", "quota", "rule", "case", "consequence", "problem", "fact", "training",
    "trigger",
]  # fmt: skip
Key = TypeVar("Key", str, tuple[str, str])
Thing = TypeVar("Thing")


class UnknownIdError(KeyError):
    """Something asks for a code that the regime does not have."""

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(f"the regime has no {kind} {code!r}")
        self.kind = kind
        self.code = code


class Regime(Part):
    """One province's regime file. Sections that are lists name their source in `sources`, all others carry their own."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Id
    name: Name
    title: str = ""  # the document it follows
    calendar: Id = "cn"
    sources: dict[str, str] = Field(default_factory=dict)
    lights: Lights
    quiet: Quiet
    units: tuple[Unit, ...] = Field(min_length=1)
    regions: tuple[Region, ...] = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)
    industries: tuple[Industry, ...] = ()
    measures: tuple[Measure, ...] = ()
    duties: tuple[Duty, ...]
    series: tuple[Series, ...] = ()
    ledger: Ledger
    complaints: Complaints
    tasks: Tasks
    extensions: Extensions
    campaigns: tuple[Campaign, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    reports: tuple[Report, ...] = ()
    templates: tuple[Template, ...] = ()
    scoring: Scoring | None = None
    discipline: Discipline | None = None
    quotas: Quotas | None = None
    accountability: Accountability | None = None
    major_problems: MajorProblems | None = None
    trainings: tuple[Training, ...] = ()
    facts: tuple[Fact, ...] = ()

    def unit(self, code: str) -> Unit:
        return _find(self._units, "unit", code)

    def region(self, code: str) -> Region:
        return _find(self._regions, "region", code)

    def has_region(self, code: str | None) -> bool:
        return code in self._regions

    def role(self, code: str) -> Role:
        return _find(self._roles, "role", code)

    def duty(self, code: str) -> Duty:
        return _find(self._duties, "duty", code)

    def has_duty(self, code: str) -> bool:
        return code in self._duties

    def ledger_class(self, code: str) -> LedgerClass:
        return _find(self._classes, "class", code)

    def campaign(self, code: str) -> Campaign:
        return _find(self._campaigns, "campaign", code)

    def coverage_of(self, campaign: str) -> Coverage:
        return _find({each.id: each for each in self.coverages}, "coverage", self.campaign(campaign).coverage)

    def one_series(self, code: str) -> Series:
        return _find({each.id: each for each in self.series}, "series", code)

    def report(self, code: str) -> Report:
        return _find({each.id: each for each in self.reports}, "report", code)

    def industry(self, code: str) -> Industry:
        return _find({each.id: each for each in self.industries}, "industry", code)

    def name_of(self, kind: Kind, code: str, language: str, *, bare: bool = False) -> str:
        """The Chinese name for "zh" and every language that is not English.

        A region that shares its name comes with its city, unless `bare`: where the city stands beside it.
        """
        name = _find(self._named, kind, (kind, code)).name
        if kind == "region" and not bare:
            name = self.places.shown(code)
        return name.en if language.startswith("en") else name.zh

    def find_region(self, text: str) -> Region | None:
        """By code, name or alias, as lists and people write it; None where it is unknown or two regions share the name."""
        found = self.places.find(text)
        return self.region(found[0]) if len(found) == 1 else None

    @cached_property
    def places(self) -> PlaceNames:
        return PlaceNames(self.regions)

    @property
    def province(self) -> Region:
        return next(region for region in self.regions if region.level == "province")

    def parent(self, code: str, on: date) -> Region | None:
        above = next((parent.id for parent in self.region(code).parents if parent.holds(on)), None)
        return None if above is None else self.region(above)

    def children(self, code: str, on: date) -> tuple[Region, ...]:
        return tuple(region for region in self.regions if any(parent.id == code and parent.holds(on) for parent in region.parents))

    def counties(self, code: str, on: date) -> tuple[Region, ...]:
        """The counties that count for a place: those scored in their own right are left out."""
        return tuple(region for region in self.children(code, on) if region.level == "county" and not region.scored)

    def scored_regions(self) -> tuple[Region, ...]:
        return tuple(region for region in self.regions if region.scored)

    def above(self, code: str, on: date) -> Iterator[Region]:
        """The region itself, then every one above it."""
        region: Region | None = self.region(code)
        while region is not None:
            yield region
            region = self.parent(region.id, on)

    def covers(self, scope: str, code: str, on: date) -> bool:
        """Whether `code` is the region `scope` or lies in it."""
        return any(region.id == scope for region in self.above(code, on))

    def roles_with(self, rights: str) -> tuple[Role, ...]:
        return tuple(role for role in self.roles if role.rights == rights)

    def roles_to_choose(self, near: Collection[str] = ()) -> tuple[Role, ...]:
        """As a list offers them: those of the scopes the choosing person's own seats have, those that many hold, then those held in
        many places. What is alike stays in the file's order.
        """
        return tuple(sorted(self.roles, key=lambda role: (role.scope not in near, not role.common, WIDELY.index(role.scope))))

    def chain_roles(self, to: str) -> tuple[Role, ...]:
        """The roles a chain's `to` may reach; none for `owner` and `creditor`, which are seats of the obligation itself.

        Of the seats in these roles the nearest is meant: the one whose scope covers the owner's with the fewest regions between.
        """
        if to not in CHAIN_WORDS:
            # A name of rights means every role that has them, also where one of these roles is called the same.
            return self.roles_with(to) or ((self._roles[to],) if to in self._roles else ())
        word = CHAIN_WORDS[to]
        return () if word is None else tuple(role for role in self.roles_with(word[0]) if role.scope in word[1])

    def item_number(self, region: str, year: int, seq: int) -> str:
        return self.ledger.number.format(region=region, year=year, seq=seq)

    def joint_units(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if unit.joint)

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same content, however the file is laid out: what was planned by another is planned again."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:16]

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {each.id: each for each in self.units}

    @cached_property
    def _regions(self) -> dict[str, Region]:
        return {each.id: each for each in self.regions}

    @cached_property
    def _roles(self) -> dict[str, Role]:
        return {each.id: each for each in self.roles}

    @cached_property
    def _duties(self) -> dict[str, Duty]:
        return {each.id: each for each in self.duties}

    @cached_property
    def _classes(self) -> dict[str, LedgerClass]:
        return {each.id: each for each in self.ledger.classes}

    @cached_property
    def _campaigns(self) -> dict[str, Campaign]:
        return {each.id: each for each in self.campaigns}

    @cached_property
    def _named(self) -> dict[tuple[str, str], Named]:
        return {(kind, each.id): each for kind, each in self.named_things()}

    def named_things(self) -> Iterator[tuple[Kind, Named]]:
        """Everything in the regime that has a code and a name."""
        for kind, things in self._lists().items():
            for each in things:
                yield kind, each

    def _lists(self) -> dict[Kind, tuple[Named, ...]]:
        return {
            "unit": self.units,
            "region": self.regions,
            "role": self.roles,
            "industry": self.industries,
            "duty": self.duties,
            "class": self.ledger.classes,
            "category": self.ledger.categories,
            "series": self.series,
            "campaign": self.campaigns,
            "report": self.reports,
            "template": self.templates,
            "channel": self.complaints.channels,
            "complaint_kind": self.complaints.kinds,
            "measure": self.measures,
            "dimension": self.scoring.dimensions if self.scoring else (),
            "mark": tuple(each for coverage in self.coverages for each in coverage.marks),
            "method": tuple(each for coverage in self.coverages for each in coverage.methods),
            "trigger": tuple(each for campaign in self.campaigns for each in campaign.triggers),
            "quota": self.quotas.kinds if self.quotas else (),
            "rule": self.discipline.rules if self.discipline else (),
            "case": self.accountability.cases if self.accountability else (),
            "consequence": self.accountability.measures if self.accountability else (),
            "problem": self.major_problems.kinds if self.major_problems else (),
            "fact": self.facts,
            "training": self.trainings,
        }


def _find(things: Mapping[Key, Thing], kind: str, key: Key) -> Thing:
    found = things.get(key)
    if found is None:
        raise UnknownIdError(kind, key if isinstance(key, str) else str(key[1]))
    return found
