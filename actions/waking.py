"""When the clock has to do something next. Cheap enough to be asked every second."""

from collections.abc import Iterable
from datetime import date

from actions import pausing, replanning
from domain.calendar import DAY
from domain.deadlines import at, due_day, local_date
from domain.regime import Regime
from domain.slots import first_slot
from domain.weeks import is_summed_up, period
from storage import absences, notices, obligations, overview, pauses, terms, weeks
from storage.tx import Tx


async def wake_at(tx: Tx) -> int | None:
    """The next instant at which a tick finds work, mornings on which nobody has to hear anything included."""
    paused = await pauses.paused(tx)
    firing = tx.now if paused and await pausing.ending(tx) is not None else await _next_firing(tx)
    if pauses.ALL in paused:
        return firing
    open_ = [regime for regime in tx.world.regimes.values() if regime.id not in paused]
    mornings = [first_slot(await _next_morning(tx, regime), regime.quiet) for regime in open_]
    return _earliest([firing, await notices.next_at(tx, await pausing.held_back(tx) if paused else notices.NOTHING_HELD), *mornings])


async def next_due(tx: Tx) -> int | None:
    """The next instant at which something fires or is said; None while nothing is owed. Now, while rows have to be planned anew."""
    paused = await pauses.paused(tx)
    if await replanning.behind(tx) or (paused and await pausing.ending(tx) is not None):
        return tx.now
    if pauses.ALL in paused:
        return await _next_firing(tx)
    open_ = [regime for regime in tx.world.regimes.values() if regime.id not in paused]
    mornings = [each for regime in open_ for each in (await _next_digest(tx, regime), await _next_summary(tx, regime))]
    return _earliest(
        [await _next_firing(tx), await notices.next_at(tx, await pausing.held_back(tx) if paused else notices.NOTHING_HELD), *mornings]
    )


async def _next_firing(tx: Tx) -> int | None:
    """What happens whether or not anybody is told: marks of obligations, ends of terms and absences."""
    return _earliest([await obligations.next_at(tx), await terms.next_at(tx), await absences.next_at(tx)])


async def _next_morning(tx: Tx, regime: Regime) -> date:
    """The next day whose digests are not gathered yet."""
    today = local_date(tx.now)
    done = await notices.digested(tx, regime.id)
    return today if done is None or done < first_slot(today, regime.quiet) else today + DAY


async def _next_digest(tx: Tx, regime: Regime) -> int | None:
    """The next morning on which somebody in this regime has something due, overdue or waiting, as far as is known now."""
    day = await _next_morning(tx, regime)
    if not await notices.any_handed_in(tx, regime.id) and not await overview.deciding(tx, regime.id, overview.FOREVER):
        earliest = await notices.earliest_open(tx, regime.id)
        if earliest is None:
            return None
        day = max(day, due_day(earliest))
    while tx.world.calendar.off(day):
        day += DAY
    return first_slot(day, regime.quiet)


async def _next_summary(tx: Tx, regime: Regime) -> int | None:
    """The next morning with a weekly summary that has anything to say, as far as is known now."""
    day, last, calendar = await _next_morning(tx, regime), await notices.summed_up(tx, regime.id), tx.world.calendar
    while not is_summed_up(day, last, calendar):
        day += DAY
    since, until = (at(each, "00:00") for each in period(day, calendar))
    return first_slot(day, regime.quiet) if await weeks.any_in(tx, regime.id, since, until) else None


def _earliest(instants: Iterable[int | None]) -> int | None:
    return min((each for each in instants if each is not None), default=None)
