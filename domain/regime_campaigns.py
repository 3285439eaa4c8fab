"""The sections of a regime file about inspections: campaigns, coverage, scoring, reports, discipline, quotas, consequences."""

from typing import Literal

from pydantic import Field

from domain.regime_parts import Forward, Id, MonthDay, Name, Named, Part, Sourced, Text

Rule = Literal["hard", "reasoned"]  # below a hard number nothing is closed; below a reasoned one the leader says why


class Minimum(Sourced):
    count: int = Field(ge=0)
    rule: Rule


class Mark(Named):
    group: Literal["standard", "problem", "outcome"]


class Coverage(Sourced):
    """What an inspection of one region has to reach; campaigns refer to it by `id`.

    A minimum that is not set does not apply. A region without counties owes none.
    """

    id: Id
    counties: Minimum | None = None
    enterprises: Minimum | None = None
    every_enterprise: bool = False  # each of the list is visited on site
    marks: tuple[Mark, ...] = ()
    departments: Minimum | None = None
    persons: Minimum | None = None
    members_per_interview: int = Field(default=1, ge=1)
    members_per_visit: int = Field(default=1, ge=1)
    methods: tuple[Named, ...] = ()


class Window(Part):
    since: MonthDay = Field(alias="from")
    until: MonthDay


class Share(Part):
    """How many of the judged regions the group led by this unit receives."""

    unit: Id
    regions: int = Field(ge=1)


class Seats(Part):
    """How many people of a kind a group has. `of_region`: local staff, who may not act in the own region."""

    role: Id
    count: int = Field(ge=0)
    each_unit: bool = False
    of_region: bool = False


class Groups(Sourced):
    count: int | None = Field(default=None, ge=1)  # without one the office decides
    shares: tuple[Share, ...] = ()
    seats: tuple[Seats, ...] = ()
    roster_by: MonthDay | None = None


class Draw(Sourced):
    """`regions`: the judged regions are drawn among the groups; `counties`: counties are drawn, the region above is judged."""

    what: Literal["none", "regions", "counties"]
    when: Literal["before_round", "on_demand"] = "before_round"


class Campaign(Named, Sourced):
    """A kind of inspection.

    `contact`: when the locality hears of it. `cross_region`: nobody visits, records, scores or sees the plan of the own region.
    `stages` are duties of this regime in the order in which they fall due.
    """

    kind: Literal["full", "spot", "special", "regular"]
    contact: Literal["before", "on_arrival", "never"]
    judged: Literal["scored", "city", "county", "enterprise"]
    windows: tuple[Window, ...] = ()
    draw: Draw
    groups: Groups
    cross_region: bool = False
    coverage: Id
    topics: tuple[Named, ...] = ()  # what is said about each judged region
    records: tuple[Id, ...] = ()  # measures asked of each enterprise
    stages: tuple[Id, ...] = ()
    reports: tuple[Id, ...] = ()
    scored: bool = False
    unify: bool = False  # all groups unify the scale before scores are final
    triggers: tuple[Named, ...] = ()
    approval: bool = False  # the government's approval is recorded before anything is carried out


class Measure(Named):
    unit: str = ""
    required: bool = True


class Dimension(Named):
    points: int | None = Field(default=None, ge=0)  # where the document gives none, they are adopted with the standard


class Scoring(Sourced):
    dimensions: tuple[Dimension, ...] = Field(min_length=1)
    drafted_by: tuple[str, ...] = Field(min_length=1)
    total: int = Field(default=100, ge=1)


class Report(Named, Sourced):
    """A document: its sections in order, who writes, who signs with, who receives. `template` names one of `templates`."""

    template: Id
    sections: tuple[Name, ...] = Field(min_length=1)
    by: str
    to: tuple[str, ...] = ()
    signed_by: tuple[Id, ...] = ()
    per: Literal["region", "group", "enterprise", "province", "campaign"] = "region"


class Template(Named, Sourced):
    kind: Literal["letter", "report", "circular", "list", "notice"]


class Discipline(Sourced):
    """Read and acknowledged before a member starts."""

    rules: tuple[Named, ...] = ()


class QuotaKind(Named):
    unit: Text
    falling: bool = False  # a region's total only ever falls
    exchange: bool = False  # may be exchanged between enterprises inside the closed total


class Quotas(Sourced):
    kinds: tuple[QuotaKind, ...] = ()
    deduct_from: tuple[Literal["enterprise", "region"], ...] = ()


class Accountability(Sourced):
    """Cases and what they may lead to; a person decides, never the bot."""

    cases: tuple[Named, ...] = ()
    measures: tuple[Named, ...] = ()


class MajorProblem(Named):
    """A major problem: goes up at once, also at night."""


class MajorProblems(Sourced):
    kinds: tuple[MajorProblem, ...] = ()
    to: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


class Training(Named, Sourced):
    by: MonthDay | None = None
    within: Forward | None = None


class Fact(Named, Sourced):
    """A number the document states, for display and for checks; nothing is computed from it."""

    value: int
