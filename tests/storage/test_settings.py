"""Language, daily message and quiet hours of one's own: kept, and heeded when something is said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import settings
from bot.jobs.tick import tick
from domain.outcome import Refusal
from domain.slots import WIDEST, in_quiet, shifted, widened
from domain.world import World
from storage.db import Store
from tests.conftest import Clock
from tests.storage.people_stage import LIAISON, NEWCOMER, REGIME, Stage, staged

TIMES = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))


@pytest.fixture
async def stage(store: Store) -> Stage:
    return await staged(store)


async def choose(stage: Stage, what: str, to: str) -> None:
    await stage.done(LIAISON, settings.choose, settings.Choice(what, to))
    await stage.heard()


async def hears_at(stage: Stage, clock: Clock, *times: str) -> list[str]:
    """At which of these times the liaison is told something on the day on which the task is due."""
    heard = []
    for time in times:
        clock.move_to("2026-03-09", time)
        await tick(stage.store)
        if LIAISON in await stage.told():
            heard.append(time)
    return heard


async def test_the_daily_message_comes_at_the_chosen_time(stage: Stage, clock: Clock) -> None:
    await stage.assign(due="2026-03-09")
    await choose(stage, "digest", "12:00")
    clock.move_to("2026-03-06", "18:00")
    await tick(stage.store)
    await stage.heard()

    assert await hears_at(stage, clock, "08:30", "09:00", "11:59", "12:00", "18:00") == ["12:00"]


async def test_own_quiet_hours_hold_messages_back(stage: Stage, clock: Clock) -> None:
    await stage.assign(due="2026-03-09")
    await choose(stage, "quiet", "19:00-09:00")
    clock.move_to("2026-03-06", "12:00")
    await tick(stage.store)
    await stage.heard()

    assert await hears_at(stage, clock, "08:30", "08:59", "09:00") == ["09:00"]


async def test_the_card_offers_and_marks_what_is_chosen(stage: Stage) -> None:
    for what, to in (("digest", "18:00"), ("quiet", "20:00-08:00"), ("language", "en")):
        await choose(stage, what, to)
    card = await stage.store.read(lambda tx: settings.settings_card(tx, 0, stage.seats[LIAISON].person))

    assert card is not None
    on = {button.arg for row in card.buttons for button in row if button.key.endswith("_on")}
    assert on == {"digest.18:00", "quiet.20:00-08:00", "language.en"}
    await choose(stage, "digest", settings.AS_RULED)
    assert await stage.value("SELECT digest_at FROM person WHERE account = :a", a=LIAISON) is None


@pytest.mark.parametrize(("what", "to"), [("digest", "03:00"), ("quiet", "00:00-23:59"), ("language", "fr"), ("name", "x")])
async def test_a_made_up_button_changes_nothing(stage: Stage, what: str, to: str) -> None:
    before = json.dumps(await stage.rows("SELECT * FROM person ORDER BY id"))
    assert await stage.do(LIAISON, settings.choose, settings.Choice(what, to)) == Refusal("gone")
    assert json.dumps(await stage.rows("SELECT * FROM person ORDER BY id")) == before


async def test_strangers_have_no_settings(stage: Stage) -> None:
    assert await stage.do(NEWCOMER, settings.show, None) == Refusal("stranger")
    assert await stage.do(NEWCOMER, settings.choose, settings.Choice("digest", "12:00")) == Refusal("stranger")


@given(since=TIMES, to=TIMES, at=st.integers(0, 24 * 60 - 1))
def test_own_hours_never_shorten_the_regimes_and_are_bounded(world: World, since: str, to: str, at: int) -> None:
    quiet = world.regime(REGIME).quiet
    mine = widened(quiet, f"{since}-{to}")
    ms = (at - 8 * 60) * 60_000
    if in_quiet(ms, quiet):
        assert in_quiet(ms, mine)
    widest = quiet.model_copy(update={"since": shifted(quiet.since, -WIDEST), "to": shifted(quiet.to, WIDEST)})
    if in_quiet(ms, mine):
        assert in_quiet(ms, widest)
