"""What the sections of a regime say about each other: every code that is used exists, every duty the product needs is there."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import get_args

from pydantic import BaseModel

from domain.regime import CHAIN_WORDS, CORE_DUTIES, RECEIPT, Regime
from domain.regime_campaigns import Campaign, Report
from domain.regime_parts import Duty, Region, Rights, Series, Sourced
from domain.words import near

Links = Callable[[Regime], Iterator["Problem"]]


@dataclass(frozen=True)
class Problem:
    path: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        return f"{self.path}: {self.wrong}; mend: {self.mend}"


def link_problems(regime: Regime) -> Iterator[Problem]:
    for look in _LOOKS:
        yield from look(regime)


def _doubles(regime: Regime) -> Iterator[Problem]:
    things = list(regime.named_things())
    # two coverages may share a mark, a method or a trigger, as long as it is the same one
    shared = {(kind, each.id, each.name) for kind, each in things if kind in ("mark", "method", "trigger")}
    own = [(kind, each.id, each.name) for kind, each in things if kind not in ("mark", "method", "trigger")]
    counted = Counter((kind, code) for kind, code, _ in [*own, *shared])
    for (kind, code), times in counted.items():
        if times > 1:
            yield Problem(f"{kind} {code}", f"this code stands {times} times", "give each its own code")


def _core(regime: Regime) -> Iterator[Problem]:
    there = {duty.id for duty in regime.duties}
    for code in CORE_DUTIES:
        if code not in there:
            yield Problem("duties", f'the duty "{code}" is missing, without which Duban cannot run', f'add [[duties]] with id = "{code}"')
    for duty in regime.duties:
        if duty.id == RECEIPT and (duty.limit is None or not duty.receipt):
            wrong = "this duty is the receipt of what is handed on, and has to say so and within which time"
            yield Problem(f"duties[{duty.id}]", wrong, 'write limit = "1wd" and receipt = true')
    if not regime.roles_with("office"):
        yield Problem("roles", "no role has the rights of the office", 'give one role rights = "office"')


def _hierarchy(regime: Regime) -> Iterator[Problem]:
    known = {region.id for region in regime.regions}
    provinces = [region.id for region in regime.regions if region.level == "province"]
    if len(provinces) != 1:
        yield Problem("regions", f"there are {len(provinces)} provinces", 'give exactly one region level = "province"')
    for region in regime.regions:
        path = f"regions[{region.id}].parents"
        yield from _unknown(path, (parent.id for parent in region.parents), known)
        yield from _terms(path, region)
    if all(parent.id in known for region in regime.regions for parent in region.parents):
        yield from _circles(regime)


def _terms(path: str, region: Region) -> Iterator[Problem]:
    if region.level == "province":
        if region.parents:
            yield Problem(path, "the province has a region above it", "remove it")
        return
    if not region.parents:
        yield Problem(path, "this region lies in none", 'write parents = [{ id = "..." }]')
    for earlier, later in pairwise(sorted(region.parents, key=lambda parent: parent.since)):
        if earlier.until is None or earlier.until > later.since:
            yield Problem(path, f"{earlier.id} and {later.id} hold at the same time", f"write until = {later.since} for {earlier.id}")


def _circles(regime: Regime) -> Iterator[Problem]:
    for region in regime.regions:
        for day in (parent.since for parent in region.parents):
            if (through := _circle(regime, region, day)) is not None:
                yield Problem(f"regions[{region.id}].parents", f"it lies in itself, through {through}", "correct one of the two")
                return


def _circle(regime: Regime, region: Region, day: date) -> str | None:
    seen, here = {region.id}, region
    while (above := regime.parent(here.id, day)) is not None:
        if above.id in seen:
            return above.id
        seen.add(above.id)
        here = above
    return None


def _roles(regime: Regime) -> Iterator[Problem]:
    units = {unit.id for unit in regime.units}
    for role in regime.roles:
        if role.unit is not None:
            yield from _unknown(f"roles[{role.id}].unit", [role.unit], units)
        word = CHAIN_WORDS.get(role.id, (role.id, ())) if role.id in (*CHAIN_WORDS, *get_args(Rights)) else (role.rights, ())
        if word is None or word[0] != role.rights:
            wrong = f'"{role.id}" is a word of its own in chains, and this role has the rights {role.rights}'
            yield Problem(f"roles[{role.id}].id", wrong, "give the role another id")


def _duties(regime: Regime) -> Iterator[Problem]:
    targets = _targets(regime)
    for duty in regime.duties:
        yield from _chain(duty, targets)
        for index, step in enumerate(duty.chain):
            if step.to in targets and step.to not in ("owner", "creditor") and not regime.chain_roles(step.to):
                path = f"duties[{duty.id}].chain[{index}].to"
                yield Problem(path, f'no role of this regime answers to "{step.to}"', "add such a role or name another")


def _chain(duty: Duty, targets: set[str]) -> Iterator[Problem]:
    for index, step in enumerate(duty.chain):
        path = f"duties[{duty.id}].chain[{index}]"
        yield from _unknown(f"{path}.to", [step.to], targets)
        if step.repeat is not None and step.repeat.amount == 0:
            yield Problem(f"{path}.repeat", "it would repeat without end", "write at least 1h or 1wd")


def _series(regime: Regime) -> Iterator[Problem]:
    for series in regime.series:
        path = f"series[{series.id}]"
        yield from _unknown(f"{path}.duty", [series.duty], _ids(regime.duties))
        yield from _unknown(f"{path}.owner", [series.owner], _ids(regime.roles))
        yield from _unknown(f"{path}.to_roles", series.to_roles, _ids(regime.roles))
        yield from _unknown(f"{path}.to_units", series.to_units, _ids(regime.units))
        yield from _unknown(f"{path}.industries", series.industries, _ids(regime.industries))
        yield from _unknown(f"{path}.records", series.records, _ids(regime.measures))
        if series.unless is not None:
            yield from _unknown(f"{path}.unless", [series.unless], _ids(regime.series))
        yield from _rhythm(path, series)


def _rhythm(path: str, series: Series) -> Iterator[Problem]:
    needed = {
        "weekly": ("weekday", series.weekday is not None, 'weekday = "mon"'),
        "monthly": ("day", series.day is not None, "day = 5"),
        "quarterly": ("dates", len(series.dates) == 4, 'dates = ["03-31", "06-30", "09-30", "12-31"]'),
        "half_yearly": ("dates", len(series.dates) == 2, 'dates = ["06-30", "12-31"]'),
        "yearly": ("dates", len(series.dates) == 1, 'dates = ["12-31"]'),
    }.get(series.rhythm)
    if needed and not needed[1]:
        yield Problem(f"{path}.{needed[0]}", f"a {series.rhythm} report needs it", f"write {needed[2]}")


def _campaigns(regime: Regime) -> Iterator[Problem]:
    for campaign in regime.campaigns:
        path = f"campaigns[{campaign.id}]"
        yield from _unknown(f"{path}.coverage", [campaign.coverage], {coverage.id for coverage in regime.coverages})
        yield from _unknown(f"{path}.stages", campaign.stages, _ids(regime.duties))
        yield from _unknown(f"{path}.reports", campaign.reports, _ids(regime.reports))
        yield from _unknown(f"{path}.records", campaign.records, _ids(regime.measures))
        yield from _unknown(f"{path}.groups.seats", (seat.role for seat in campaign.groups.seats), _ids(regime.roles))
        yield from _unknown(f"{path}.groups.shares", (share.unit for share in campaign.groups.shares), _ids(regime.units))
        yield from _shares(path, campaign, regime)
        if campaign.scored and regime.scoring is None:
            yield Problem(f"{path}.scored", "there is no standard to score by", "add [scoring] or remove scored")


def _shares(path: str, campaign: Campaign, regime: Regime) -> Iterator[Problem]:
    shares, groups = campaign.groups.shares, campaign.groups.count
    if not shares:
        return
    if groups is not None and len(shares) != groups:
        yield Problem(f"{path}.groups.shares", f"{len(shares)} shares for {groups} groups", "give each group one share")
    cities = [r for r in regime.regions if (r.scored if campaign.judged == "scored" else r.level == campaign.judged)]
    given = sum(share.regions for share in shares)
    if campaign.judged in ("scored", "city") and given != len(cities):
        yield Problem(f"{path}.groups.shares", f"they give out {given} regions of {len(cities)}", "make the sum equal")


def _reports(regime: Regime) -> Iterator[Problem]:
    for report in regime.reports:
        path = f"reports[{report.id}]"
        yield from _unknown(f"{path}.template", [report.template], _ids(regime.templates))
        yield from _unknown(f"{path}.by", [report.by], _ids(regime.roles))
        yield from _unknown(f"{path}.signed_by", report.signed_by, _ids(regime.units))
        yield from _receivers(path, report, regime)


def _receivers(path: str, report: Report, regime: Regime) -> Iterator[Problem]:
    # an outside receiver (the provincial government) is written by its name; what looks like a code has to be one
    codes = [to for to in report.to if to.isascii()]
    yield from _unknown(f"{path}.to", codes, _ids(regime.roles) | _ids(regime.units))


def _people(regime: Regime) -> Iterator[Problem]:
    targets, roles = _targets(regime), _ids(regime.roles)
    complaints = regime.complaints
    yield from _unknown("complaints.handlers", complaints.handlers, targets)
    yield from _unknown("complaints.last_resort", [complaints.last_resort], targets)
    yield from _unknown("complaints.custodian", [complaints.custodian], roles)
    yield from _unknown("ledger.verify.by", regime.ledger.verify.by, targets)
    yield from _unknown("extensions.by", regime.extensions.by, targets)
    if regime.scoring:
        yield from _unknown("scoring.drafted_by", regime.scoring.drafted_by, targets)
    if regime.major_problems:
        yield from _unknown("major_problems.to", regime.major_problems.to, targets)
        yield from _unknown("major_problems.then", regime.major_problems.then, targets)


def _number(regime: Regime) -> Iterator[Problem]:
    pattern = regime.ledger.number
    mend = 'use {region}, {year} and {seq}, as in "{region}-{year}-{seq:04}"'
    try:
        numbers = {regime.item_number("22", 2026, seq) for seq in (1, 2)}
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        yield Problem("ledger.number", f"{pattern!r} cannot be filled in", mend)
        return
    if len(numbers) < 2:
        yield Problem("ledger.number", "two items would get the same number", mend)


def _sources(regime: Regime) -> Iterator[Problem]:
    sections = set(Regime.model_fields) - {"schema_version", "id", "name", "sources"}
    yield from _unknown("sources", regime.sources, sections)


def _proposed_keys(regime: Regime) -> Iterator[Problem]:
    for path, part in regime_sections(regime):
        for key in part.proposed:
            if key.split(".")[0] not in type(part).model_fields:
                yield Problem(f"{path}.proposed", f'there is no key "{key}" in this section', "name a key of this section")


def regime_sections(part: BaseModel, path: str = "") -> Iterator[tuple[str, Sourced]]:
    """Every section that says where it comes from, with its path, in the order of the schema."""
    if isinstance(part, Sourced):
        yield path, part
    for key in type(part).model_fields:
        value = getattr(part, key)
        here = f"{path}.{key}" if path else key
        if isinstance(value, BaseModel):
            yield from regime_sections(value, here)
        elif isinstance(value, tuple):
            for each in value:
                if isinstance(each, BaseModel):
                    yield from regime_sections(each, f"{here}[{getattr(each, 'id', '')}]")


def _targets(regime: Regime) -> set[str]:
    return _ids(regime.roles) | {role.rights for role in regime.roles} | set(CHAIN_WORDS)


def _ids(things: Iterable[object]) -> set[str]:
    return {str(getattr(each, "id", "")) for each in things}


def _unknown(path: str, used: Iterable[str], known: set[str]) -> Iterator[Problem]:
    for code in used:
        if code not in known:
            close = near(code, known)
            mend = f'did you mean "{close[0]}"?' if close else f"write one of {', '.join(sorted(known)[:12])}"
            yield Problem(path, f'"{code}" does not exist in this regime', mend)


_LOOKS: tuple[Links, ...] = (
    _doubles, _core, _hierarchy, _roles, _duties, _series, _campaigns, _reports, _people, _number, _sources,
    _proposed_keys,
)  # fmt: skip
