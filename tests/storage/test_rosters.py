"""Rosters against the seats there are, on both databases: shown first, taken once, the same file twice changes nothing."""

import json
from typing import Any

import pytest

from actions import joining, roster
from actions.inputs_roster import RosterGiven
from actions.people import seat_directly
from actions.perform import Caller, perform
from domain.deadlines import due_day
from domain.outcome import Done, Outcome, Refusal
from storage import journal, people
from storage.db import Store
from storage.tx import Row, Tx
from tests.conftest import Clock

OFFICE, JILIN, LIAISON, STRANGER = 10, 11, 20, 30
REGIME = "shandong-2022"
HEAD = ["姓名", "单位", "职务", "范围", "任期至", "企业"]
PEOPLE = [
    ["张三", "德州市发改委", "地方联络员", "德州", "2027-06-30", ""],
    ["李四", "省统计局", "联合检查组组长", "全省", "", ""],
    ["王五", "", "驻企监督员", "德城区", "2027-12-31", "示例钢铁有限公司"],
    ["赵六", "", "国王", "德州", "", ""],
]


def given(*rows: list[str], regime: str = REGIME) -> RosterGiven:
    return RosterGiven.model_validate({"regime": regime, "sheet": {"name": "名册.xlsx", "sheets": [[["名册"]], [HEAD, *rows]]}})


async def do(store: Store, account: int, verb: Any, what: Any) -> Outcome:
    return await perform(store, Caller(account, account), verb, what)


async def office(store: Store) -> None:
    await store.unit(lambda tx: seat_directly(tx, account=OFFICE, name="王处长", regime=REGIME, role="office"))


async def said(store: Store, account: int = OFFICE) -> list[dict[str, Any]]:
    async def unit(tx: Tx) -> list[dict[str, Any]]:
        rows = await tx.all("SELECT payload FROM outbox WHERE lane = :lane ORDER BY id", lane=tx.vault.lane(account))
        return [body for row in rows if (body := json.loads(tx.vault.unseal(row["payload"], "outbox")))["op"] == "send"]

    return await store.read(unit)


async def seats(store: Store) -> list[Row]:
    return await store.read(lambda tx: tx.all("SELECT * FROM appointment WHERE person IS NULL ORDER BY id"))


async def shown(store: Store, *rows: list[str]) -> int:
    """Show a roster; the number that its button carries, 0 where nothing is to be taken."""
    assert isinstance(await do(store, OFFICE, roster.show, given(*rows)), Done)
    last = (await said(store))[-1]
    assert last["key"] == "roster.preview"
    return int(last["buttons"][0][0]["i"]) if last["buttons"] else 0


async def taken(store: Store, *rows: list[str]) -> dict[str, Any]:
    assert isinstance(await do(store, OFFICE, roster.take, roster.OnRoster(await shown(store, *rows))), Done)
    return (await said(store))[-1]


def tokens(body: dict[str, Any]) -> list[str]:
    (sheet,) = body["file"]["sheets"]
    return [row[5]["token"] for row in sheet["rows"]]


async def test_nothing_changes_before_the_second_press_and_one_press_counts(store: Store) -> None:
    await office(store)
    number = await shown(store, *PEOPLE)
    assert await seats(store) == []

    assert isinstance(await do(store, OFFICE, roster.take, roster.OnRoster(number)), Done)
    assert await do(store, OFFICE, roster.take, roster.OnRoster(number)) == Refusal("gone")
    made = await seats(store)
    assert [(row["holder"], row["role"], row["scope"], row["unit"], row["workplace"]) for row in made] == [
        ("张三", "local_liaison", "3714", None, "德州市发改委"),
        ("李四", "leader", "37", "tjj", None),
        ("王五", "resident", "1", None, None),
    ]
    assert due_day(made[0]["until_at"]).isoformat() == "2027-06-30"
    assert await store.read(journal.first_break) is None


async def test_the_links_seat_people_and_are_nowhere_in_the_database(store: Store) -> None:
    await office(store)
    links = tokens(await taken(store, *PEOPLE))
    assert isinstance(await do(store, LIAISON, joining.join, joining.Pressed(links[0])), Done)
    (seat,) = await store.read(lambda tx: people.seats_of(tx, 2))
    assert (seat.holder, seat.scope) == ("张三", "3714")
    assert await store.read(lambda tx: tx.all("SELECT * FROM roster")) == []


async def test_the_same_file_twice_changes_nothing(store: Store) -> None:
    await office(store)
    await taken(store, *PEOPLE)
    before = await seats(store)
    assert await shown(store, *PEOPLE) == 0
    assert await seats(store) == before


async def test_a_resident_of_an_enterprise_on_file_needs_no_place(store: Store) -> None:
    """It is where the enterprise is; the same seat whether the place is written or not, and one enterprise only."""
    await office(store)
    await taken(store, PEOPLE[2])
    assert await shown(store, ["王五", "", "驻企监督员", "", "2027-12-31", "示例钢铁有限公司"]) == 0, "the very same seat"
    await taken(store, ["钱七", "", "驻企监督员", "", "", "示例钢铁 有限公司"], ["孙八", "", "驻企监督员", "德州", "", "示例钢铁有限公司"])
    assert {row["scope"] for row in await seats(store)} == {(await seats(store))[0]["scope"]}
    assert len(await seats(store)) == 3


async def test_a_changed_file_shows_the_difference_and_tells_whom_it_concerns(store: Store) -> None:
    await office(store)
    links = tokens(await taken(store, *PEOPLE))
    await do(store, LIAISON, joining.join, joining.Pressed(links[0]))
    later = [["张三", "德州市发改委", "地方联络员", "德州", "2028-06-30", ""], *PEOPLE[1:]]

    number = await shown(store, *later)
    preview = json.dumps((await said(store))[-1], ensure_ascii=False)
    for words in ("roster.change.until", '"year": 2027', '"year": 2028', "roster.reason.role_unknown", "国王"):
        assert words in preview
    await do(store, OFFICE, roster.take, roster.OnRoster(number))

    assert (await said(store))[-1]["key"] == "roster.taken_changes"
    assert (await said(store, LIAISON))[-1]["key"] == "roster.told"
    until = await store.read(lambda tx: people.terms_of(tx, 2))
    assert [due_day(at).isoformat() for at in until.values() if at is not None] == ["2028-06-30"]


async def test_what_moved_between_the_two_presses_is_shown_again(store: Store) -> None:
    await office(store)
    number = await shown(store, *PEOPLE)
    await store.unit(lambda tx: seat_directly(tx, account=LIAISON, name="张三", regime=REGIME, role="local_liaison", scope="3714"))

    await do(store, OFFICE, roster.take, roster.OnRoster(number))
    assert [body["key"] for body in await said(store)][-2:] == ["roster.moved", "roster.preview"]
    assert await seats(store) == []


async def test_a_term_may_be_shown_over_by_the_time_of_the_press(store: Store, clock: Clock) -> None:
    await office(store)
    number = await shown(store, ["张三", "", "地方联络员", "德州", "2026-03-02", ""])
    clock.move_to("2026-03-03")
    await do(store, OFFICE, roster.take, roster.OnRoster(number))
    assert (await said(store))[-1]["key"] == "roster.preview"
    assert await seats(store) == []


async def test_only_the_office_of_the_province_imports(store: Store) -> None:
    await office(store)
    await store.unit(lambda tx: seat_directly(tx, account=JILIN, name="周办", regime="jilin-2019", role="office"))
    number = await shown(store, *PEOPLE)
    for account, code in ((JILIN, "forbidden"), (STRANGER, "stranger")):
        assert await do(store, account, roster.show, given(*PEOPLE)) == Refusal(code)
        assert await do(store, account, roster.take, roster.OnRoster(number)) == Refusal(code)
        assert await do(store, account, roster.leave, roster.OnRoster(number)) == Refusal(code)
    assert isinstance(await do(store, OFFICE, roster.leave, roster.OnRoster(number)), Done)
    assert await seats(store) == []


async def test_a_long_list_of_refusals_comes_as_a_workbook(store: Store) -> None:
    await office(store)
    assert await shown(store, *(["张三", "", "国王", "德州", "", ""] for _ in range(30))) == 0
    full = (await said(store))[-2]
    assert full["key"] == "roster.full"
    assert len(full["file"]["sheets"][0]["rows"]) == 30


async def test_five_hundred_rows_are_one_unit(store: Store) -> None:
    await office(store)
    rows = [[f"人员{chr(0x4E00 + n)}", "德州市发改委", "地方联络员", "德州", "2027-06-30", ""] for n in range(500)]
    assert len(tokens(await taken(store, *rows))) == 500
    assert await shown(store, *rows) == 0


@pytest.mark.parametrize(
    ("sheets", "key"),
    [
        ([[["企业", "问题"]]], "form.roster.error.header"),
        ([[HEAD]], "form.roster.error.empty"),
        ([[HEAD, *[["张三"]] * 5001]], "form.roster.error.too_many"),
    ],
)
def test_a_file_that_is_no_roster_says_what_is_missing(sheets: list[list[list[str]]], key: str) -> None:
    with pytest.raises(ValueError, match=key):
        RosterGiven.model_validate({"regime": REGIME, "sheet": {"name": "x", "sheets": sheets}})
