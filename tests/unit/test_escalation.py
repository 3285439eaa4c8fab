"""Whom a step up reaches: the nearest seat that somebody sits on, in both shipped regimes and in a made-up third."""

from datetime import date
from pathlib import Path

import pytest

from config.load import load_regime
from domain.escalation import Around, Climb, climb, first_up, nearest, roles_of
from domain.people import Seat
from domain.regime import Regime
from domain.world import World

ON = date(2026, 3, 2)
SHANDONG, JILIN = "shandong-2022", "jilin-2019"
DEZHOU, JINAN = "3714", "3701"


def seat(number: int, regime: Regime, role: str, scope: str = "", *, unit: str | None = None, vacant: bool = False) -> Seat:
    of = regime.role(role)
    return Seat(
        id=number,
        regime=regime.id,
        role=role,
        rights=of.rights,
        scope_kind=of.scope,
        scope=scope or regime.province.id,
        holder=f"持席人{number}",
        person=None if vacant else number,
        unit=unit or of.unit,
        account=None if vacant else number,
    )


@pytest.fixture
def regime(world: World) -> Regime:
    return world.regime(SHANDONG)


def around(regime: Regime, owner: Seat, region: str = DEZHOU, creditor: Seat | None = None) -> Around:
    return Around(owner, creditor, region, regime, ON)


def ids(found: Climb) -> list[int]:
    return [each.id for each in found.seats]


def test_the_owner_and_the_one_who_asked(regime: Regime) -> None:
    owner, asker = seat(1, regime, "local_liaison", DEZHOU), seat(2, regime, "office")
    assert nearest("owner", around(regime, owner), []) == [(owner,)]
    assert nearest("creditor", around(regime, owner, creditor=asker), []) == [(asker,)]
    assert nearest("creditor", around(regime, owner), []) is None


def test_the_supervisor_of_the_place_and_not_of_another(regime: Regime) -> None:
    owner = seat(1, regime, "local_liaison", DEZHOU)
    here, there = seat(2, regime, "local_supervisor", DEZHOU), seat(3, regime, "local_supervisor", JINAN)
    head = seat(4, regime, "office_lead")
    duty = regime.duty("item.rectify")
    found = climb(duty, 0, around(regime, owner), [there, head, here])
    assert (ids(found), found.gaps) == ([2], ())


def test_two_seats_equally_near_both_hear(regime: Regime) -> None:
    owner = seat(1, regime, "local_liaison", DEZHOU)
    both = [seat(2, regime, "local_supervisor", DEZHOU), seat(3, regime, "local_supervisor", DEZHOU)]
    assert ids(climb(regime.duty("item.rectify"), 0, around(regime, owner), both)) == [2, 3]


def test_a_county_s_matter_goes_to_the_county_then_to_its_city(world: World) -> None:
    regime = world.regime(JILIN)
    owner = seat(1, regime, "local_liaison", "220182")
    county, city = seat(2, regime, "local_supervisor", "220182"), seat(3, regime, "local_supervisor", "2201")
    duty = regime.duty("item.rectify")
    assert ids(climb(duty, 0, around(regime, owner, "220182"), [city, county])) == [2]
    empty = seat(2, regime, "local_supervisor", "220182", vacant=True)
    assert climb(duty, 0, around(regime, owner, "220182"), [city, empty]) == Climb((city,), (0,))
    assert climb(duty, 0, around(regime, owner, "220182"), [city]) == Climb((city,), ())  # no seat there at all is no gap


def test_a_vacant_step_goes_to_the_next_at_once(regime: Regime) -> None:
    owner, office = seat(1, regime, "local_liaison", DEZHOU), seat(5, regime, "office")
    vacant = seat(2, regime, "local_supervisor", DEZHOU, vacant=True)
    assert climb(regime.duty("item.rectify"), 0, around(regime, owner), [vacant, office]) == Climb((office,), (0,))
    assert climb(regime.duty("item.rectify"), 2, around(regime, owner), [office]) == Climb((office,), (2,))  # the end of the chain
    assert climb(regime.duty("item.rectify"), 0, around(regime, owner), []) == Climb((), (0, 1, 2))


def test_a_unit_s_lead_is_the_owner_s_own(regime: Regime) -> None:
    unit, other = regime.units[0].id, regime.units[1].id
    owner = seat(1, regime, "unit_liaison", unit)
    lead, wrong = seat(2, regime, "unit_lead", unit), seat(3, regime, "unit_lead", other)
    step = next(n for n, each in enumerate(regime.duty("task").chain) if each.to == "unit_lead")
    assert ids(climb(regime.duty("task"), step, around(regime, owner), [wrong, lead])) == [2]
    local = seat(4, regime, "local_liaison", DEZHOU)
    assert climb(regime.duty("task"), step, around(regime, local), [wrong, lead]) == Climb((), ())  # has none: nothing is missing
    assert [each.id for each in first_up(regime.duty("task"), around(regime, owner), [wrong, lead])] == [2]


def test_an_owner_nobody_can_reach_is_passed_over(regime: Regime) -> None:
    owner = seat(1, regime, "local_liaison", DEZHOU, vacant=True)
    above = seat(2, regime, "local_supervisor", DEZHOU)
    assert climb(regime.duty("task"), 0, around(regime, owner), [above]) == Climb((above,), (0,))
    assert [each.id for each in first_up(regime.duty("task"), around(regime, owner), [above])] == [2]


def test_a_resident_supervisor_s_report_climbs_by_the_place_of_the_plant(regime: Regime) -> None:
    owner = seat(1, regime, "resident", "17")
    duty = regime.duty("daily.report")
    steps = {step.to: n for n, step in enumerate(duty.chain)}
    near, far = seat(2, regime, "taskforce", DEZHOU), seat(3, regime, "taskforce", JINAN)
    assert ids(climb(duty, steps["taskforce"], around(regime, owner), [far, near])) == [2]


def test_a_group_s_leader_is_the_one_of_the_same_group(regime: Regime) -> None:
    member = seat(1, regime, "inspector", DEZHOU)
    own, other = seat(2, regime, "leader", DEZHOU), seat(3, regime, "leader", JINAN)
    assert nearest("leader", around(regime, member), [other, own]) == [(own,)]
    named = seat(4, regime, "inspector", "group-7")
    same = seat(5, regime, "leader", "group-7")
    assert nearest("leader", around(regime, named), [own, same]) == [(same,)]


def test_the_roles_a_chain_needs_are_known_beforehand(world: World) -> None:
    for regime in world.regimes.values():
        for duty in regime.duties:
            roles = roles_of(duty, regime)
            assert {role.id for role in regime.roles_with("office")} <= roles
            assert roles <= {role.id for role in regime.roles}


def test_every_chain_of_every_regime_ends_somewhere(world: World) -> None:
    """With one seat of each role somebody hears of every step, whoever owes; also in a regime this code has never seen."""
    third = load_regime(Path(__file__).parents[1] / "regimes" / "yunling-2030.toml")
    for regime in (*world.regimes.values(), third):
        place = next(region.id for region in regime.regions if region.level == "city")
        scopes = {"region": place, "group": place, "unit": regime.units[0].id, "enterprise": "1", "province": regime.province.id}
        seats = [seat(n, regime, role.id, scopes[role.scope]) for n, role in enumerate(regime.roles, 1)]
        for duty in regime.duties:
            for n in range(len(duty.chain)):
                for owner in seats:
                    found = climb(duty, n, around(regime, owner, place), seats)
                    assert found.seats or nearest(duty.chain[n].to, around(regime, owner, place), seats) is None
