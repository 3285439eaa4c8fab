"""When marks stand, what fires, which light shows: tables of the rule, and properties that hold for any duty and any clock."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.deadlines import DAY_MS, HOUR_MS, at, end_of_day, parse_limit
from domain.obligations import Advance, Light, Owed, advance, days_over, light, plan, worst, yellow_until
from domain.regime import Regime
from domain.regime_parts import Duty, Quiet, Step
from domain.slots import after_quiet, first_slot, in_quiet, next_slot, rings, say_at
from domain.speech import ALWAYS, DIGEST, INTERACTIVE, NEWS, PING, URGENT
from domain.world import World

SHANDONG = "shandong-2022"
MONDAY = at(date(2026, 3, 2), "09:00")
QUIET = Quiet.model_validate({"from": "21:00", "to": "08:00", "digests": ["08:30"], "source": "test"})
TWICE = Quiet.model_validate({"from": "22:00", "to": "07:30", "digests": ["17:30", "07:30"], "source": "test"})


def moment(text: str) -> int:
    day, clock = text.split()
    return at(date.fromisoformat(day), clock)


def owed(due: str | int, **more: object) -> Owed:
    due_at = due if isinstance(due, int) else end_of_day(date.fromisoformat(due))
    base = Owed(
        id=1, regime=SHANDONG, duty="task", subject_kind="task", subject=1, owner=1, creditor=2, region="3714", unit=None, start_at=MONDAY,
        span="", due_at=due_at, provisional=False, state="open", acked_at=None, handed_at=None, ended_at=None, stopped_at=None,
        next_at=None, version=1, parent=None, created_at=MONDAY,
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]  # the tests' own names


def duty(pings: Iterable[str] = (), chain: Iterable[tuple[str, str, str | None]] = (), *, urgent: bool = False) -> Duty:
    steps = [{"after": after, "to": to, **({"repeat": repeat} if repeat else {})} for after, to, repeat in chain]
    raw = {"id": "d", "name": {"zh": "事", "en": "D"}, "pings": list(pings), "chain": steps, "urgent": urgent, "source": "test"}
    return Duty.model_validate(raw)


TASK = duty(("-3wd", "-1wd", "0d"), (("1wd", "owner", "1wd"), ("3wd", "supervisor", None), ("5wd", "office", None)))


@pytest.fixture
def regime(world: World) -> Regime:
    return world.regime(SHANDONG)


@pytest.fixture
def calendar(world: World) -> Calendar:
    return world.calendar


def run(of: Owed, rule: Duty, regime: Regime, calendar: Calendar, times: int = 20) -> list[tuple[int, tuple[str, ...]]]:
    """Tick exactly when told to, and write down what was spoken."""
    fired: dict[str, tuple[int, ...]] = {}
    told: list[tuple[int, tuple[str, ...]]] = []
    now = plan(of, rule, fired, now=of.start_at, regime=regime, calendar=calendar).next_at
    for _ in range(times):
        if now is None:
            break
        step = advance(of, rule, fired, now=now, regime=regime, calendar=calendar)
        told.append((now, tuple(mark.name for mark in step.spoken)))
        fired = remember(fired, step)
        now = step.next_at
    return told


def remember(fired: dict[str, tuple[int, ...]], step: Advance) -> dict[str, tuple[int, ...]]:
    found = dict(fired)
    for mark in step.fired:
        found[mark.name] = (*found.get(mark.name, ()), mark.at)
    return found


def test_a_task_from_start_to_the_office(regime: Regime, calendar: Calendar) -> None:
    """Due Friday 13 March 2026; the weekend counts for nothing."""
    expected = [
        ("2026-03-10 08:30", ("ping:-3wd",)),
        ("2026-03-12 08:30", ("ping:-1wd",)),
        ("2026-03-13 08:30", ("ping:0d",)),
        ("2026-03-14 00:00", ()),
        ("2026-03-16 08:30", ("chain:1wd:owner",)),
        ("2026-03-17 08:30", ("chain:1wd:owner",)),
        ("2026-03-18 08:30", ("chain:1wd:owner", "chain:3wd:supervisor")),
        ("2026-03-19 08:30", ("chain:1wd:owner",)),
        ("2026-03-20 08:30", ("chain:1wd:owner", "chain:5wd:office")),
        ("2026-03-23 08:30", ("chain:1wd:owner",)),
    ]
    assert run(owed("2026-03-13"), TASK, regime, calendar, 10) == [(moment(when), names) for when, names in expected]


@pytest.mark.parametrize(
    ("due", "rule", "expected"),
    [
        # counted in hours: exact instants, off days or not
        (moment("2026-03-07 20:00"), duty((), (("1h", "owner", "1h"), ("3h", "county_lead", None))), ["20:00", "21:00", "22:00", "23:00"]),
        # a report due at 08:00 is announced the morning before, not after it was due
        (moment("2026-03-04 08:00"), duty(("0d",)), ["08:30", "08:00"]),
        (moment("2026-03-04 17:00"), duty(("-2h",), (("2h", "owner", None),)), ["15:00", "17:00", "19:00"]),
        # a step on the very day stands no earlier than the due instant
        (end_of_day(date(2026, 3, 4)), duty((), (("0d", "owner", None),)), ["00:00"]),
    ],
)
def test_marks_of_other_duties(due: int, rule: Duty, expected: list[str], regime: Regime, calendar: Calendar) -> None:
    told = run(owed(due), rule, regime, calendar, 4)
    assert [f"{(when + 8 * HOUR_MS) % DAY_MS // HOUR_MS:02}:{when % HOUR_MS // 60_000:02}" for when, _ in told] == expected


def test_the_spring_festival_is_no_working_day(regime: Regime, calendar: Calendar) -> None:
    """Due on the last working day before the holiday of 2026: the first step up comes when work begins again."""
    told = run(owed("2026-02-13", start_at=at(date(2026, 2, 12), "09:00")), TASK, regime, calendar, 12)
    up = next(when for when, names in told if "chain:1wd:owner" in names)
    assert calendar.is_working_day(date(2026, 2, 14))  # the Saturday is worked
    assert up == moment("2026-02-14 08:30")
    again = [when for when, names in told if "chain:1wd:owner" in names][1]
    assert again == moment("2026-02-24 08:30")


def test_pings_that_passed_before_it_was_put_on_record_are_not_said(regime: Regime, calendar: Calendar) -> None:
    found = plan(owed("2026-03-03"), TASK, {}, now=MONDAY, regime=regime, calendar=calendar)
    assert {mark.name for mark in found.skip} == {"ping:-3wd", "ping:-1wd"}
    assert found.next_at == moment("2026-03-03 08:30")


def test_what_is_overdue_when_it_comes_on_record_waits_for_the_next_slot(regime: Regime, calendar: Calendar) -> None:
    found = plan(owed("2026-02-10"), TASK, {}, now=MONDAY, regime=regime, calendar=calendar)
    assert found.next_at == moment("2026-03-03 08:30")
    urgent = replace_urgent(TASK)
    assert plan(owed("2026-02-10"), urgent, {}, now=MONDAY, regime=regime, calendar=calendar).next_at == MONDAY


def replace_urgent(rule: Duty) -> Duty:
    return rule.model_copy(update={"urgent": True})


def test_after_downtime_each_step_is_spoken_once(regime: Regime, calendar: Calendar) -> None:
    step = advance(owed("2026-03-13"), TASK, {}, now=moment("2026-04-20 11:00"), regime=regime, calendar=calendar)
    assert [mark.name for mark in step.spoken] == ["chain:1wd:owner", "chain:3wd:supervisor", "chain:5wd:office"]
    assert {mark.kind for mark in step.fired} == {"ping", "due", "chain"}
    assert step.next_at == moment("2026-04-21 08:30")


def test_before_the_due_date_only_the_latest_ping_is_spoken(regime: Regime, calendar: Calendar) -> None:
    step = advance(owed("2026-03-13"), TASK, {}, now=moment("2026-03-12 23:00"), regime=regime, calendar=calendar)
    assert [mark.name for mark in step.spoken] == ["ping:-1wd"]


@pytest.mark.parametrize("change", [{"state": "handed_in"}, {"state": "done"}, {"state": "withdrawn"}, {"stopped_at": MONDAY}])
def test_nothing_counts_down_where_the_clock_stands(change: dict[str, object], regime: Regime, calendar: Calendar) -> None:
    still = owed("2026-03-03", **change)
    later = moment("2026-04-01 09:00")
    assert plan(still, TASK, {}, now=MONDAY, regime=regime, calendar=calendar).next_at is None
    assert advance(still, TASK, {}, now=later, regime=regime, calendar=calendar) == Advance((), (), None)
    assert plan(owed("2026-03-03"), None, {}, now=MONDAY, regime=regime, calendar=calendar).next_at is None


def test_sent_back_what_fired_stays_fired_and_repeats_go_on(regime: Regime, calendar: Calendar) -> None:
    of, fired = owed("2026-03-13"), dict[str, tuple[int, ...]]()
    for when in ("2026-03-16 08:30", "2026-03-18 08:30"):
        fired = remember(fired, advance(of, TASK, fired, now=moment(when), regime=regime, calendar=calendar))
    back = moment("2026-03-19 15:00")
    found = plan(of, TASK, fired, now=back, regime=regime, calendar=calendar)
    assert found.next_at == moment("2026-03-20 08:30")
    step = advance(of, TASK, fired, now=moment("2026-03-20 08:30"), regime=regime, calendar=calendar)
    assert [mark.name for mark in step.spoken] == ["chain:1wd:owner", "chain:5wd:office"]


def test_a_new_due_date_climbs_anew(regime: Regime, calendar: Calendar) -> None:
    fired = remember({}, advance(owed("2026-03-13"), TASK, {}, now=moment("2026-03-20 08:30"), regime=regime, calendar=calendar))
    step = advance(owed("2026-03-27"), TASK, fired, now=moment("2026-04-01 08:30"), regime=regime, calendar=calendar)
    assert "chain:3wd:supervisor" in {mark.name for mark in step.spoken}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-09 23:59", "green"),
        ("2026-03-10 00:00", "yellow"),  # three working days before Friday: Tuesday
        ("2026-03-13 23:59", "yellow"),
        ("2026-03-14 00:00", "red"),
    ],
)
def test_lights(now: str, expected: Light, regime: Regime, calendar: Calendar) -> None:
    assert light(owed("2026-03-13"), moment(now), regime, calendar) == expected
    assert light(owed("2026-03-13", state="handed_in"), moment(now), regime, calendar) == "grey"


def test_a_light_counted_in_hours(regime: Regime, calendar: Calendar) -> None:
    by_hour = regime.model_copy(update={"lights": regime.lights.model_copy(update={"yellow": parse_limit("4h")})})
    of = owed(moment("2026-03-04 17:00"))
    assert light(of, moment("2026-03-04 12:59"), by_hour, calendar) == "green"
    assert light(of, moment("2026-03-04 13:00"), by_hour, calendar) == "yellow"


def test_the_worst_light_is_the_matter_s() -> None:
    assert worst(("green", "red", "grey")) == "red"
    assert worst(("grey", "green")) == "green"
    assert worst(()) == "grey"


@pytest.mark.parametrize(
    ("now", "days"), [("2026-03-13 09:00", 0), ("2026-03-15 09:00", 0), ("2026-03-16 00:01", 1), ("2026-03-20 12:00", 5)]
)
def test_days_over_are_working_days(now: str, days: int, calendar: Calendar) -> None:
    assert days_over(end_of_day(date(2026, 3, 13)), moment(now), calendar) == days


@pytest.mark.parametrize(
    ("now", "own", "exact", "expected"),
    [
        ("2026-03-10 08:30", None, False, "2026-03-10 08:30"),
        ("2026-03-10 11:00", None, False, "2026-03-10 11:00"),  # late: said at once
        ("2026-03-10 08:30", "17:00", False, "2026-03-10 17:00"),
        ("2026-03-10 08:30", "07:00", False, "2026-03-10 08:30"),  # before the regime's first slot nothing is there to say
        ("2026-03-10 22:00", None, False, "2026-03-11 08:30"),
        ("2026-03-10 22:00", None, True, "2026-03-11 08:30"),
        ("2026-03-10 22:00", "17:00", True, "2026-03-11 17:00"),
        ("2026-03-11 03:00", "06:00", True, "2026-03-11 08:00"),  # the own time lies in quiet hours: their end
        ("2026-03-10 14:20", "17:00", True, "2026-03-10 14:20"),
    ],
)
def test_when_it_is_said(now: str, own: str | None, exact: bool, expected: str) -> None:
    assert say_at(moment(now), QUIET, own, exact=exact, urgent=False) == moment(expected)
    assert say_at(moment(now), QUIET, own, exact=exact, urgent=True) == moment(now)


def test_slots_of_a_regime_with_two() -> None:
    assert first_slot(date(2026, 3, 10), TWICE) == moment("2026-03-10 07:30")
    assert next_slot(moment("2026-03-10 07:31"), TWICE) == moment("2026-03-10 17:30")
    assert next_slot(moment("2026-03-10 17:31"), TWICE) == moment("2026-03-11 07:30")


def test_quiet_hours_over_midnight_and_none() -> None:
    assert in_quiet(moment("2026-03-10 21:00"), QUIET)
    assert in_quiet(moment("2026-03-10 07:59"), QUIET)
    assert not in_quiet(moment("2026-03-10 08:00"), QUIET)
    assert after_quiet(moment("2026-03-10 23:00"), QUIET) == moment("2026-03-11 08:00")
    never = QUIET.model_copy(update={"since": "00:00", "to": "00:00"})
    assert not in_quiet(moment("2026-03-10 00:00"), never)


INSTANTS = st.integers(at(date(2026, 1, 5), "00:00"), at(date(2026, 11, 30), "00:00"))
LIMITS = st.builds(lambda n, unit: f"{n}{unit}", st.integers(1, 12), st.sampled_from(["wd", "d", "h"]))
STEPS = st.tuples(LIMITS, st.sampled_from(["owner", "supervisor", "office"]), st.none() | LIMITS)
DUTIES = st.builds(
    duty,
    st.lists(LIMITS.map(lambda limit: f"-{limit}"), max_size=3, unique=True),
    st.lists(STEPS, max_size=3, unique_by=lambda step: step[:2]),
)


@given(start=INSTANTS, after=st.integers(1, 40 * 24), rule=DUTIES, jumps=st.lists(st.integers(1, 30 * DAY_MS), min_size=1, max_size=12))
def test_whatever_the_clock_does(world: World, start: int, after: int, rule: Duty, jumps: list[int]) -> None:
    """Marks fire once each, in time; looking again at the same instant finds nothing; the next look is always ahead."""
    regime, calendar = world.regime(SHANDONG), world.calendar
    of = owed(start + after * HOUR_MS, start_at=start)
    planned = plan(of, rule, {}, now=start, regime=regime, calendar=calendar)
    fired: dict[str, tuple[int, ...]] = {mark.name: (mark.at,) for mark in planned.skip}
    now = start
    for jump in jumps:
        now += jump
        step = advance(of, rule, fired, now=now, regime=regime, calendar=calendar)
        assert all(mark.at <= now for mark in step.fired)
        assert all(mark.at not in fired.get(mark.name, ()) for mark in step.fired)
        assert set(step.spoken) <= set(step.fired)
        assert sum(mark.kind == "ping" for mark in step.spoken) <= 1
        assert step.next_at is None or step.next_at > now
        fired = remember(fired, step)
        again = advance(of, rule, fired, now=now, regime=regime, calendar=calendar)
        assert (again.fired, again.spoken, again.next_at) == ((), (), step.next_at)


@given(now=INSTANTS, ahead=st.integers(-30 * 24, 30 * 24))
def test_the_query_s_bound_is_the_light(world: World, now: int, ahead: int) -> None:
    regime, calendar = world.regime(SHANDONG), world.calendar
    of = owed(now + ahead * HOUR_MS)
    shown = light(of, now, regime, calendar)
    bound = yellow_until(now, regime, calendar)
    assert shown == ("red" if of.due_at <= now else "yellow" if of.due_at <= bound else "green")
    later = light(of, now + DAY_MS, regime, calendar)
    assert ("green", "yellow", "red").index(later) >= ("green", "yellow", "red").index(shown)


@given(now=INSTANTS, own=st.none() | st.sampled_from(["06:00", "08:30", "12:15", "22:30"]), exact=st.booleans())
def test_nothing_is_said_in_quiet_hours_or_more_than_a_day_late(now: int, own: str | None, exact: bool) -> None:
    for quiet in (QUIET, TWICE):
        said = say_at(now, quiet, own, exact=exact, urgent=False)
        assert now <= said <= now + 36 * HOUR_MS
        assert not in_quiet(said, quiet)


def test_steps_keep_their_names_when_the_chain_grows(regime: Regime, calendar: Calendar) -> None:
    """A changed regime file with one more step in between must not make the old ones fire again."""
    of, now = owed("2026-03-13"), moment("2026-03-20 08:30")
    fired = remember({}, advance(of, TASK, {}, now=now, regime=regime, calendar=calendar))
    more = TASK.model_copy(update={"chain": (Step.model_validate({"after": "2wd", "to": "unit_lead"}), *TASK.chain)})
    step = advance(of, more, fired, now=now, regime=regime, calendar=calendar)
    assert [mark.name for mark in step.spoken] == ["chain:2wd:unit_lead"]


@pytest.mark.parametrize("priority", [ALWAYS, INTERACTIVE, URGENT, NEWS, PING, DIGEST])
def test_only_answers_and_what_is_urgent_sound_at_night(priority: int) -> None:
    assert rings(moment("2026-03-02 23:00"), QUIET, priority) is (priority in {INTERACTIVE, URGENT})
    assert rings(moment("2026-03-02 20:59"), QUIET, priority)
    assert rings(moment("2026-03-02 08:00"), QUIET, priority)


def test_an_hour_is_told_when_it_comes_and_the_steps_count_from_its_day(regime: Regime, calendar: Calendar) -> None:
    told = run(owed(moment("2026-03-04 18:00")), TASK, regime, calendar, times=5)
    assert told == [
        (moment("2026-03-03 08:30"), ("ping:-1wd",)),
        (moment("2026-03-04 08:30"), ("ping:0d",)),
        (moment("2026-03-04 18:00"), ("due",)),
        (moment("2026-03-05 08:30"), ("chain:1wd:owner",)),
        (moment("2026-03-06 08:30"), ("chain:1wd:owner",)),
    ]


def test_an_hour_of_today_is_not_lost_by_offsets_that_have_passed(regime: Regime, calendar: Calendar) -> None:
    told = run(owed(moment("2026-03-02 18:00")), TASK, regime, calendar, times=2)
    assert told == [(moment("2026-03-02 18:00"), ("due",)), (moment("2026-03-03 08:30"), ("chain:1wd:owner",))]


def test_an_hour_that_passed_unseen_is_told_with_the_step_that_followed(regime: Regime, calendar: Calendar) -> None:
    """The process was down: one word, the latest."""
    step = advance(owed(moment("2026-03-02 18:00")), TASK, {}, now=moment("2026-03-03 09:00"), regime=regime, calendar=calendar)
    assert [mark.name for mark in step.spoken] == ["chain:1wd:owner"]
    assert {mark.name for mark in step.fired} == {"due", "ping:-3wd", "ping:-1wd", "ping:0d", "chain:1wd:owner"}


@pytest.mark.parametrize("chain", [(("1h", "owner", "1h"),), (("1wd", "owner", "2h"),), (("0d", "owner", None),)])
def test_a_duty_with_its_own_word_at_the_hour_says_no_second_one(
    chain: tuple[tuple[str, str, str | None], ...], regime: Regime, calendar: Calendar
) -> None:
    told = run(owed(moment("2026-03-02 18:00")), duty((), chain), regime, calendar, times=3)
    assert all("due" not in names for _, names in told)


def test_the_light_of_an_hour(regime: Regime, calendar: Calendar) -> None:
    by_six = owed(moment("2026-03-02 18:00"))
    assert light(by_six, moment("2026-03-02 17:59"), regime, calendar) == "yellow"
    assert light(by_six, moment("2026-03-02 18:00"), regime, calendar) == "red"
    assert days_over(by_six.due_at, moment("2026-03-02 18:01"), calendar) == 0
    assert days_over(by_six.due_at, moment("2026-03-03 08:30"), calendar) == 1
