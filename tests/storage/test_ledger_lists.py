"""Lists narrowed by a filter and by words, on both databases: what is found, what is not, and that a filter opens nothing."""

from collections.abc import Awaitable, Callable

import pytest

from actions import ledger_browse
from actions.inputs_ledger import Listing, Pick, Sift, Wanted
from actions.ledger_browse import filter_card, find, list_card
from bot.render import Renderer
from config.catalogues import compile_all
from domain.outcome import Done, Refusal
from domain.people import Actor
from domain.speech import Message
from storage import outbox, people
from storage.db import Store
from storage.tx import Tx
from tests.conftest import Clock
from tests.storage.test_ledger import Cast, cast_on


@pytest.fixture
async def cast(store: Store) -> Cast:
    return await cast_on(store)


async def listed(cast: Cast, who: str, *, wide: bool = True) -> list[int]:
    page = await cast.store.read(lambda tx: list_card(tx, int(wide), cast.seats[who].person))
    assert page is not None
    found = [button.id for row in page.buttons for button in row if button.verb == "io"]
    assert page.params["total"] == len(found)
    return found


def screen(coded: int, person: int | None) -> Callable[[Tx], Awaitable[Message | None]]:
    return lambda tx: filter_card(tx, coded, person)


async def pick(cast: Cast, who: str, by: str, code: str = "") -> None:
    assert isinstance(await cast.do(who, ledger_browse.pick, Pick(by, code, 7)), Done)


async def found(cast: Cast, who: str, words: str) -> list[int]:
    async def unit(tx: Tx) -> list[int]:
        actor = await people.actor(tx, cast.seats[who].account or 0, "zh")
        return [item.id for item in await find(tx, actor, words)]

    return await cast.store.read(unit)


async def test_each_way_to_narrow_a_list_and_all_together(cast: Cast, clock: Clock) -> None:
    red = await cast.open(due="2026-03-04")
    yellow = await cast.open(due="2026-03-06", kind="rectify", enterprise="南湖钢厂")
    green = await cast.open(due="2026-06-30", place="jilin-2019:220322")
    asked = await cast.to_closing()
    closed = await cast.to_closing()
    await cast.verify(closed)
    clock.move_to("2026-03-05")
    assert set(await listed(cast, "office")) == {red, yellow, green, asked, closed}

    for light, some in (("red", [red]), ("yellow", [yellow, asked]), ("green", [green])):
        await pick(cast, "office", "light", light)
        assert await listed(cast, "office") == some
    await pick(cast, "office", "light", "green")  # again: taken back
    await pick(cast, "office", "state", "closed")
    assert await listed(cast, "office") == [closed]
    await pick(cast, "office", "all")
    await pick(cast, "office", "class", "rectify")
    assert await listed(cast, "office") == [yellow]
    await pick(cast, "office", "all")
    await pick(cast, "office", "region", "220322")
    assert await listed(cast, "office") == [green]
    await pick(cast, "office", "region", "2203")
    assert set(await listed(cast, "office")) == {red, yellow, green, asked, closed}, "a city counts with its counties"
    await pick(cast, "office", "light", "red")
    await pick(cast, "office", "state", "closed")
    assert await listed(cast, "office") == []
    assert set(await listed(cast, "liaison", wide=False)) == {red, yellow, green, asked, closed}, "a filter is its owner's alone"


async def test_words_find_numbers_enterprises_and_places(cast: Cast) -> None:
    first = await cast.open(enterprise="平原（水泥）厂 100%_甲")
    second = await cast.open(enterprise="南湖钢厂", place="jilin-2019:220322")
    number = (await cast.item(second)).number
    assert await found(cast, "office", "(水泥)厂") == [first]
    assert await found(cast, "office", "100%") == [first]
    assert await found(cast, "office", "%") == [first]
    assert await found(cast, "office", "_钢") == []
    assert (await found(cast, "office", f" {number} "))[0] == second
    assert await found(cast, "other", "钢厂") == [], "not of another place"
    assert await found(cast, "office", "  ") == []

    assert isinstance(await cast.do("office", ledger_browse.look_for, Wanted(words="钢厂")), Done)
    assert await listed(cast, "office") == [second]
    await pick(cast, "office", "words")
    assert isinstance(await cast.do("office", ledger_browse.look_for, Wanted(words="梨树县")), Done)
    assert await listed(cast, "office") == [second]


async def test_a_filter_opens_nothing_and_made_up_choices_change_nothing(cast: Cast) -> None:
    await cast.open()
    await pick(cast, "other", "region", "2203")
    assert await listed(cast, "other") == []
    for by, code in (("light", "blue"), ("state", "x"), ("class", "x"), ("region", "x"), ("regime", "shandong-2022"), ("x", "")):
        assert await cast.do("office", ledger_browse.pick, Pick(by, code)) == Refusal("gone")
    assert await cast.store.read(lambda tx: tx.value("SELECT count(*) AS n FROM item_filter")) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_screen_of_the_filter_renders(cast: Cast, language: str) -> None:
    compile_all()
    show = Renderer(cast.store.world)
    await cast.open()
    await pick(cast, "office", "light", "green")
    assert isinstance(await cast.do("office", ledger_browse.look_for, Wanted(words="水泥")), Done)
    assert isinstance(await cast.do("office", ledger_browse.open_filter, Sift(1, 3)), Done)
    assert isinstance(await cast.do("office", ledger_browse.list_items, Listing(all=True)), Done)
    screens: list[Message | None] = [
        await cast.store.read(screen(coded, cast.seats[who].person)) for who in ("office", "liaison") for coded in range(4)
    ]
    screens.append(await cast.page("office", 1))
    for each in screens:
        assert each is not None
        assert len(show.text(each.key, each.params, language)) < 4096
        assert show.keyboard([[*row] for row in outbox.dump(each.buttons)], language)


async def test_a_stranger_has_no_list(cast: Cast) -> None:
    assert await cast.store.read(lambda tx: find(tx, Actor(1, "zh", ""), "平原")) == []
