"""The sections of a regime file: who there is, what is owed, ledger, complaints. Campaigns are in `regime_campaigns`.

Every section says in `source` where its values come from: a paragraph of the province's document, or "proposed" for
what no document gives and the office has to confirm. `proposed` names single keys of a section that are so.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, StringConstraints

from domain.deadlines import Limit, LimitError, parse_limit, parse_time

Rights = Literal[
    "office", "leader", "group_liaison", "inspector", "liaison", "unit_liaison", "resident", "taskforce", "county_lead",
    "provincial", "receiver", "supervisor", "audit",
]  # fmt: skip
Scope = Literal["province", "region", "group", "unit", "enterprise"]
Level = Literal["province", "city", "county"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PROPOSED = "proposed"


def _limit(value: object) -> Limit:
    if isinstance(value, Limit):
        return value
    if not isinstance(value, str):
        raise LimitError(f'{value!r} is no limit: write it in quotes, as in "5wd".')
    return parse_limit(value)


def _forward(value: object) -> Limit:
    limit = _limit(value)
    if limit.amount < 0:
        raise LimitError(f"{limit} points back; write a limit that counts forward, as in 5wd.")
    return limit


def _not_after_due(value: object) -> Limit:
    limit = _limit(value)
    if limit.amount > 0:
        raise LimitError(f"a ping comes before the due date or on it; write -{limit} or 0d.")
    return limit


def _clock(value: object) -> str:
    if not isinstance(value, str):
        raise LimitError(f'{value!r} is no time of day: write it in quotes, as in "08:30".')
    parse_time(value)
    return value


def _month_day(value: object) -> str:
    try:
        date.fromisoformat(f"2000-{value}")
    except ValueError:
        raise LimitError(f'{value!r} is no day of the year: write month and day, as in "06-01".') from None
    return str(value)


Forward = Annotated[Limit, PlainValidator(_forward), PlainSerializer(str)]
Ping = Annotated[Limit, PlainValidator(_not_after_due), PlainSerializer(str)]
Clock = Annotated[str, PlainValidator(_clock)]
MonthDay = Annotated[str, PlainValidator(_month_day)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-z][0-9a-z_.-]{0,39}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Name(Part):
    zh: Text
    en: Text


class Sourced(Part):
    source: Text
    proposed: tuple[str, ...] = ()


class Named(Part):
    id: Id
    name: Name


class Lights(Sourced):
    """Yellow from this long before the due date; red when it has passed."""

    yellow: Forward


class Quiet(Sourced):
    """Messages to people wait from `from` to `to` and go out with the digests."""

    since: Clock = Field(alias="from")
    to: Clock
    digests: tuple[Clock, ...] = Field(min_length=1)


class Unit(Named):
    """`joint`: one of the departments that sign together."""

    joint: bool = False
    short: str = ""


class Parent(Part):
    id: Id
    since: date = Field(alias="from", default=date(1949, 10, 1))
    until: date | None = None  # the first day on which it no longer holds

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


class Region(Named):
    """A place with a code. `scored`: judged in its own right, therefore not counted again in the place above."""

    level: Level
    parents: tuple[Parent, ...] = ()
    scored: bool = False
    aliases: tuple[str, ...] = ()  # other names and former codes, for imports


class Role(Named, Sourced):
    """What a person can be appointed to. `rights` is a row of domain/permissions.py."""

    scope: Scope
    rights: Rights
    unit: Id | None = None  # the role belongs to this unit wherever it is held
    apart: bool = False  # works without notice: other groups do not see what it is about to do
    common: bool = False  # many hold it: stands first where a role is chosen


class Industry(Named):
    focus: bool = False  # visited every month
    capped: bool = False  # output is controlled: reported every day


class Series(Named, Sourced):
    """A report that falls due again and again: one obligation per period and per seat of `owner`.

    `day` 31 means the last of a shorter month; `dates` are the due days of quarterly, half_yearly and yearly reports.
    `unless`: not asked about an enterprise for which that other series already asks.
    """

    duty: Id
    rhythm: Literal["daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly"]
    weekday: Weekday | None = None
    day: int | None = Field(default=None, ge=1, le=31)
    dates: tuple[MonthDay, ...] = ()
    time: Clock | None = None  # without one: 24:00 of the day
    owner: Id
    per: Scope
    to_roles: tuple[Id, ...] = ()
    to_units: tuple[Id, ...] = ()
    industries: tuple[Id, ...] = ()
    records: tuple[Id, ...] = ()  # measures asked for
    unless: Id | None = None


class Step(Part):
    """One step up. `to` is a role, a name of rights, or one of `CHAIN_WORDS`; of several seats the nearest whose scope covers the
    owner's region, group or unit is meant.
    """

    after: Forward
    to: str
    repeat: Forward | None = None
    propose: Literal["reminder", "summons", "circular", "accountability"] | None = None


class Duty(Named, Sourced):
    """A kind of obligation: its limit where it always has the same, how it counts down, whom it climbs to."""

    limit: Forward | None = None
    pings: tuple[Ping, ...] = ()
    chain: tuple[Step, ...] = ()
    accept: Literal["automatic", "creditor"] = "creditor"
    receipt: bool = False  # the owner confirms having got it: something handed on, a major problem
    urgent: bool = False  # breaks through quiet hours, to the duty person


class LedgerClass(Named):
    """`closing`: the item ends with the plant or line gone, not mended."""

    closing: bool = False


class Verify(Sourced):
    within: Forward
    by: tuple[str, ...] = Field(min_length=1)  # roles or rights


class Ledger(Sourced):
    """States are the same everywhere and stand in domain/ledger.py."""

    number: Text
    classes: tuple[LedgerClass, ...] = Field(min_length=1)
    verify: Verify
    categories: tuple[Named, ...] = ()


class Channel(Named, Sourced):
    """A way a complaint is treated, with the clocks of the law it falls under."""

    accept: Forward
    answer: Forward
    extend: Forward | None = None
    inform: Forward | None = None  # to a named complainant, whether a case is opened
    objection: Forward | None = None  # to a mistaken transfer


class Complaints(Sourced):
    handlers: tuple[str, ...] = Field(min_length=1)
    last_resort: str
    custodian: str
    kinds: tuple[Named, ...] = Field(min_length=1)
    channels: tuple[Channel, ...] = Field(min_length=1)
    hotline: str = ""  # the published number; the office fills it in
    keep: Forward
    draft_minutes: int = Field(default=30, ge=5, le=1440)


class Tasks(Sourced):
    accept: Literal["automatic", "creditor"] = "creditor"
    pings: tuple[Ping, ...] = ()


class Extensions(Sourced):
    by: tuple[str, ...] = Field(min_length=1)
    most: int = Field(ge=0)
    longest: Forward
