"""One item from its opening to its closing, on both databases: states, history, obligations, who hears of it, and what is refused."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from actions import ledger, ledger_browse, ledger_start, obligations, stopping
from actions.converse import Answer, Open, open_form, step
from actions.inputs_ledger import CloseItem, Listing, OnItem, OpenItem, Piece, Progress, ReturnItem, VerifyItem
from actions.inputs_obligations import StopInput
from actions.ledger_browse import list_card
from actions.ledger_view import history_card, item_card
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.forms import ledger as forms
from bot.render import Renderer
from config.catalogues import compile_all
from domain.forms import Pressed, Said, Sent
from domain.ledger import Item
from domain.outcome import Done, Refusal
from domain.people import Seat
from domain.speech import Message, Param
from storage import drafts, entries, files, journal, outbox, people
from storage import ledger as items
from storage.db import Store
from storage.files import Blob
from storage.tx import Tx
from tests.conftest import Clock

PHOTO = Blob("photo-hash", "image/jpeg", 3, "")
FILE = {"kind": "photo", "blob": PHOTO.hash, "name": ""}
PLACE = {"kind": "location", "latitude": 43.16, "longitude": 124.35}
NEW = {
    "place": "jilin-2019:2203",
    "enterprise": "平原水泥厂",
    "industry": "cement",
    "problem": "一号窑属淘汰类，仍在生产",
    "kind": "dismantle",
    "measures": "停产并拆除一号窑",
    "due": "2026-03-31",
}


@dataclass
class Cast:
    store: Store
    seats: dict[str, Seat]
    told: list[dict[str, Any]]

    async def do(self, who: str, verb: Any, given: Any) -> Any:
        account = self.seats[who].account
        assert account is not None
        return await perform(self.store, Caller(account, account), verb, given)

    async def open(self, who: str = "inspector", **more: Any) -> int:
        done = await self.do(who, ledger.open_item, OpenItem.model_validate({**NEW, "owner": self.seats["liaison"].id, **more}))
        assert isinstance(done, Done), done
        return int(done.result)

    async def report(self, item: int, *files: Mapping[str, Any], words: str = "已停窑") -> Any:
        return await self.do("liaison", ledger.report, Progress(item=item, text=words, files=[dict(each) for each in files]))

    async def ask_closing(self, item: int, *files: Mapping[str, Any]) -> Any:
        return await self.do("liaison", ledger.request_closing, CloseItem(item=item, text="已拆除", more=[dict(each) for each in files]))

    async def verify(self, item: int, who: str = "inspector", version: int | None = None) -> Any:
        at = (await self.item(item)).version if version is None else version
        return await self.do(who, ledger.verify, VerifyItem(item=item, version=at, note="现场已看", files=[FILE]))

    async def to_closing(self) -> int:
        item = await self.open()
        assert isinstance(await self.report(item, FILE), Done)
        assert isinstance(await self.ask_closing(item), Done)
        return item

    async def item(self, item: int) -> Item:
        found = await self.store.read(lambda tx: items.get(tx, item))
        assert found is not None
        return found

    async def owed(self, item: int) -> dict[str, str]:
        rows = await self.store.read(lambda tx: tx.all("SELECT duty, state FROM obligation WHERE subject = :i ORDER BY id", i=item))
        return {row["duty"]: row["state"] for row in rows}

    async def sent(self) -> dict[str, list[str]]:
        """What everybody has been sent since the last time: keys of messages, "card" for a card."""

        async def take(tx: Tx) -> list[dict[str, Any]]:
            parcels = await outbox.claim(tx, 1, 500)
            for parcel in parcels:
                await outbox.sent(tx, parcel.id)
            return [parcel.body for parcel in parcels]

        found: dict[str, list[str]] = {}
        names = {seat.account: name for name, seat in self.seats.items()}
        for body in await self.store.unit(take):
            self.told.append(body)
            found.setdefault(names[body["chat"]], []).append(body.get("key", body["op"]))
        return found

    async def card(self, who: str, item: int) -> Message | None:
        return await self.store.read(lambda tx: item_card(tx, item, self.seats[who].person))

    async def history(self, who: str, item: int, page: int = 0) -> Message | None:
        return await self.store.read(lambda tx: history_card(tx, item * 1000 + page, self.seats[who].person))

    async def page(self, who: str, coded: int) -> Message | None:
        return await self.store.read(lambda tx: list_card(tx, coded, self.seats[who].person))


ROLES = {
    "office": ("office", ""),
    "inspector": ("inspector", "2203"),
    "colleague": ("inspector", "2203"),
    "liaison": ("local_liaison", "2203"),
    "other": ("local_liaison", "2204"),
    "leader": ("local_supervisor", "2203"),
}


async def cast_on(store: Store) -> Cast:
    async def seat(tx: Tx) -> dict[str, Seat]:
        await files.record(tx, PHOTO)
        return {
            name: await seat_directly(tx, account=n, name=f"{name}氏", regime="jilin-2019", role=role, scope=scope)
            for n, (name, (role, scope)) in enumerate(ROLES.items(), 101)
        }

    return Cast(store, await store.unit(seat), [])


@pytest.fixture
async def cast(store: Store) -> Cast:
    return await cast_on(store)


def verbs(message: Message | None) -> list[str]:
    assert message is not None
    return [button.verb for row in message.buttons for button in row if button.verb != "is"]  # who sees it: on every card


def words(message: Message | None) -> str:
    assert message is not None
    return json.dumps(asdict(message), ensure_ascii=False)


async def test_the_whole_way(cast: Cast, clock: Clock) -> None:
    item = await cast.open()
    opened = await cast.item(item)
    assert (opened.number, opened.state, opened.enterprise, opened.leader) == (
        "2203-2026-0001",
        "pending",
        "平原水泥厂",
        cast.seats["leader"].id,
    )
    assert await cast.owed(item) == {"item.rectify": "open"}
    assert await cast.sent() == {"liaison": ["card"], "inspector": ["card"]}
    assert verbs(await cast.card("liaison", item)) == ["ip", "ic", "ih", "oe"]
    assert verbs(await cast.card("inspector", item)) == ["ih"]

    clock.move_to("2026-03-05")
    await cast.report(item, FILE, PLACE)
    assert (await cast.item(item)).state == "rectifying"
    clock.move_to("2026-03-06")
    await cast.ask_closing(item)
    assert (await cast.item(item)).state == "closing"
    assert await cast.owed(item) == {"item.rectify": "handed_in", "item.verify": "open"}
    assert verbs(await cast.card("liaison", item)) == ["ih", "iu"]
    assert verbs(await cast.card("inspector", item)) == ["ik", "iv", "ir", "ih"]
    verification = (await cast.store.read(lambda tx: obligations.live_of(tx, "item", item, "item.verify")))[0]
    assert verification.owner == cast.seats["inspector"].id
    assert verification.due_at > clock.now

    await cast.do("inspector", ledger.start_check, OnItem(item, (await cast.item(item)).version))
    assert (await cast.item(item)).state == "checking"
    await cast.sent()
    await cast.verify(item)
    closed = await cast.item(item)
    assert (closed.state, closed.closed_at) == ("closed", clock.now)
    assert await cast.owed(item) == {"item.rectify": "done", "item.verify": "done"}
    told = await cast.sent()
    assert told["liaison"].count("item.told.closed") == told["inspector"].count("item.told.closed") == 1
    log = await cast.store.read(lambda tx: entries.of_subject(tx, "item", item))
    assert [(each.kind, each.from_state, each.to_state) for each in log] == [
        ("opened", None, "pending"),
        ("report", "pending", "rectifying"),
        ("closing", "rectifying", "closing"),
        ("checking", "closing", "checking"),
        ("verified", "checking", "closed"),
    ]
    assert [len(each.evidence) for each in log] == [0, 2, 0, 0, 1]


async def test_straight_on_records_every_state(cast: Cast) -> None:
    item = await cast.open()
    await cast.ask_closing(item, FILE)
    await cast.verify(item)
    log = await cast.store.read(lambda tx: entries.of_subject(tx, "item", item))
    assert [each.to_state for each in log] == ["pending", "rectifying", "closing", "checking", "closed"]


async def test_returned_it_is_owed_again_and_may_be_handed_in_again(cast: Cast) -> None:
    item = await cast.to_closing()
    due = (await cast.store.read(lambda tx: items.last_due(tx, item)))[0]
    await cast.sent()
    back = await cast.do("inspector", ledger.send_back, ReturnItem(item=item, version=3, reason="二号窑还在"))
    assert isinstance(back, Done)
    assert (await cast.item(item)).state == "rectifying"
    assert await cast.owed(item) == {"item.rectify": "open", "item.verify": "done"}
    assert (await cast.store.read(lambda tx: items.last_due(tx, item)))[0] == due
    assert "card" in (await cast.sent())["liaison"]
    assert "二号窑还在" in words(await cast.card("liaison", item))
    assert verbs(await cast.card("liaison", item)) == ["ip", "ic", "ih", "oe"]
    assert isinstance(await cast.ask_closing(item), Done)
    assert isinstance(await cast.verify(item), Done)
    assert set((await cast.owed(item)).values()) == {"done"}


async def test_closing_needs_a_file_and_a_place_is_none(cast: Cast) -> None:
    item = await cast.open()
    assert await cast.ask_closing(item) == Refusal("item_needs_file")
    assert await cast.ask_closing(item, PLACE) == Refusal("item_needs_file")
    assert (await cast.item(item)).state == "pending"


async def test_nobody_verifies_the_own_work(cast: Cast) -> None:
    """Not as the owner, not on a second seat of the same person, not the liaison of elsewhere, not the supervising leader."""
    await cast.store.unit(lambda tx: seat_directly(tx, account=104, name="", regime="jilin-2019", role="inspector", scope="2203"))
    item = await cast.to_closing()
    for who in ("liaison", "other", "leader"):
        assert await cast.verify(item, who) == Refusal("forbidden")
        assert await cast.do(who, ledger_start.start_verify, OnItem(item)) == Refusal("forbidden")
        back = await cast.do(who, ledger.send_back, ReturnItem(item=item, version=3, reason="退回"))
        assert back == Refusal("forbidden")
    assert (await cast.item(item)).state == "closing"
    assert isinstance(await cast.verify(item, "colleague"), Done)


async def test_an_opener_who_is_responsible_does_not_verify(cast: Cast) -> None:
    item = await cast.open("office", owner=cast.seats["inspector"].id)
    await cast.do("inspector", ledger.report, Progress(item=item, text="已办", files=[FILE]))
    await cast.do("inspector", ledger.request_closing, CloseItem(item=item, text="已办"))
    assert await cast.verify(item, "inspector") == Refusal("forbidden")
    assert isinstance(await cast.verify(item, "office"), Done)


async def test_pressed_twice_or_too_late_nothing_changes(cast: Cast) -> None:
    item = await cast.to_closing()
    old = (await cast.item(item)).version
    assert (await cast.ask_closing(item)).code == "item_state"
    assert (await cast.report(item)).code == "item_state"
    started = OnItem(item, old)
    assert isinstance(await cast.do("inspector", ledger.start_check, started), Done)
    for verb, given in (
        (ledger.start_check, started),
        (ledger_start.start_verify, started),
        (ledger_start.start_return, started),
        (ledger.verify, VerifyItem(item=item, version=old)),
        (ledger.send_back, ReturnItem(item=item, version=old, reason="退回")),
    ):
        assert (await cast.do("colleague", verb, given)).code == "item_moved"
    assert isinstance(await cast.verify(item), Done)
    assert (await cast.verify(item, "colleague")).code == "item_state"
    log = await cast.store.read(lambda tx: entries.of_subject(tx, "item", item))
    assert [each.kind for each in log].count("verified") == 1


async def test_only_the_owner_works_on_it_and_strangers_see_nothing(cast: Cast) -> None:
    item = await cast.open()
    for who in ("inspector", "other", "leader"):
        assert await cast.do(who, ledger.report, Progress(item=item, text="替他报")) == Refusal("forbidden")
        assert await cast.do(who, ledger_start.start_report, OnItem(item)) == Refusal("forbidden")
    assert await cast.do("other", ledger_start.show_item, OnItem(item)) == Refusal("forbidden")
    folded = await cast.card("other", item)  # of a place that is not theirs any more: the number, nothing else
    assert folded is not None
    assert (folded.key, list(folded.params), list(folded.buttons)) == ("item.not_yours", ["number"], [])
    assert await cast.history("other", item) is None
    assert await perform(cast.store, Caller(999, 999), ledger_start.show_item, OnItem(item)) == Refusal("stranger")
    assert await cast.do("liaison", ledger_start.show_item, OnItem(item + 77)) == Refusal("gone")


async def test_without_anybody_else_to_verify_nothing_is_handed_in(cast: Cast) -> None:
    item = await cast.open()

    async def leave(tx: Tx) -> None:
        for who in ("inspector", "colleague", "office"):
            await people.end_seat(tx, cast.seats[who].id)

    await cast.store.unit(leave)
    assert await cast.ask_closing(item, FILE) == Refusal("item_no_verifier")
    assert await cast.owed(item) == {"item.rectify": "open"}
    assert (await cast.item(item)).state == "pending"


@pytest.mark.parametrize("source", ["complaint", "special"])
async def test_a_hidden_source_shows_to_nobody_in_the_locality(cast: Cast, source: str) -> None:
    """The same screens as an ordinary item's, but for the office's title instead of the special inspector's."""
    item = await cast.open(source=source)
    await cast.ask_closing(item, FILE)
    for who in ("liaison", "leader"):
        for message in (await cast.card(who, item), await cast.history(who, item)):
            assert source not in words(message)
            assert '"inspector"' not in words(message)
        assert "item.source.routine" in words(await cast.card(who, item))
    assert f"item.source.{source}" in words(await cast.card("office", item))
    plain = await cast.open(enterprise="第二水泥厂")
    assert "item.source.routine" in words(await cast.card("liaison", plain))
    assert [(await cast.item(each)).number[-4:] for each in (item, plain)] == ["0001", "0002"]
    log = await cast.store.read(lambda tx: journal.of_subject(tx, "item", item))
    assert all(source not in row["data"] for row in log)


async def test_a_climb_is_stopped_from_the_card_by_whoever_is_entitled(cast: Cast, clock: Clock) -> None:
    item = await cast.open()
    assert "os" not in verbs(await cast.card("leader", item))
    clock.move_to("2026-04-02")
    for who, may in (("leader", True), ("office", True), ("liaison", False), ("inspector", False)):
        assert ("os" in verbs(await cast.card(who, item))) is may, who
    owed = (await cast.store.read(lambda tx: obligations.live_of(tx, "item", item)))[0]
    assert isinstance(await cast.do("leader", stopping.stop, StopInput(obligation=owed.id, reason="企业已停产")), Done)
    for who in ("leader", "office", "liaison"):
        card = await cast.card(who, item)
        assert "os" not in verbs(card)
        assert "obligation.stopped_row" in words(card)
        assert "企业已停产" in words(card)
        assert "leader氏" in words(card)
    await cast.report(item, FILE)
    assert "企业已停产" in words(await cast.card("liaison", item))  # not only while it was the last thing that happened


async def test_the_journal_holds_codes_only(cast: Cast) -> None:
    item = await cast.to_closing()
    log = await cast.store.read(lambda tx: journal.of_subject(tx, "item", item))
    assert [row["action"] for row in log] == ["item.open", "item.report", "item.request_closing"]
    assert all(row["data"].isascii() for row in log)
    assert await cast.store.read(journal.first_break) is None


async def test_history_gives_files_back_to_those_who_may_see_the_item(cast: Cast) -> None:
    item = await cast.open()
    for n in range(20):
        await cast.report(item, FILE, PLACE, words=f"第{n}次" + "改" * 500)
    first = await cast.history("liaison", item)
    assert first is not None
    last = await cast.history("office", item, 999)
    assert last is not None
    assert last.params["page"] == last.params["pages"] == first.params["pages"]
    pieces = [button.id for row in first.buttons for button in row if button.verb == "if"]
    await cast.sent()
    await cast.do("liaison", ledger_start.show_file, Piece(pieces[0]))
    assert await cast.sent() == {"liaison": ["item.file_caption"]}
    assert cast.told[-1]["file"] == {"blob": PHOTO.hash, "kind": "photo"}
    assert await cast.do("other", ledger_start.show_file, Piece(pieces[0])) == Refusal("forbidden")
    assert await cast.do("liaison", ledger_start.show_file, Piece(pieces[0] + 999)) == Refusal("gone")
    bodies = [words(await cast.history("liaison", item, page)) for page in range(int(str(first.params["pages"])))]
    assert all(sum(f"第{n}次" in body for body in bodies) == 1 for n in range(20))


async def test_lists_have_the_most_overdue_first_and_the_closed_last(cast: Cast, clock: Clock) -> None:
    late = await cast.open(due="2026-03-03", enterprise="晚厂")
    soon = await cast.open(due="2026-03-10", enterprise="近厂")
    closed = await cast.open(due="2026-03-02", enterprise="销厂")
    far = await cast.open(due="2026-06-30", enterprise="远厂")
    await cast.ask_closing(closed, FILE)
    await cast.verify(closed)
    clock.move_to("2026-03-09")
    for who, wide in (("liaison", 0), ("liaison", 1), ("office", 1), ("inspector", 0)):
        page = await cast.page(who, wide)
        assert page is not None
        assert [button.id for row in page.buttons for button in row if button.verb == "io"] == [late, soon, far, closed]
    for who, wide in (("other", 0), ("other", 1), ("office", 0)):
        page = await cast.page(who, wide)
        assert page is not None
        assert page.params["total"] == 0
    assert '"light.red"' in words(await cast.card("liaison", late))
    assert '"light.yellow"' in words(await cast.card("liaison", soon))
    assert '"light.green"' in words(await cast.card("liaison", far))
    for n in range(8):
        await cast.open(enterprise=f"厂{n}")
    second = await cast.page("liaison", 2)
    assert second is not None
    assert len([1 for row in second.buttons for button in row if button.verb == "io"]) == 4
    assert isinstance(await cast.do("liaison", ledger_browse.list_items, Listing()), Done)


async def test_an_enterprise_is_on_file_once(cast: Cast) -> None:
    await cast.open(enterprise="平原（水泥）厂")
    await cast.open(enterprise="平原(水泥) 厂")
    assert await cast.store.read(lambda tx: tx.value("SELECT count(*) AS n FROM enterprise")) == 1


async def test_who_is_made_responsible_must_be_in_charge_there(cast: Cast) -> None:
    for owner, code in ((cast.seats["other"].id, "item_owner_elsewhere"), (9999, "item_owner_gone")):
        refused = await cast.do("inspector", ledger.open_item, OpenItem.model_validate({**NEW, "owner": owner}))
        assert refused == Refusal(code)
    elsewhere = OpenItem.model_validate({**NEW, "place": "jilin-2019:2204", "owner": cast.seats["other"].id})
    assert await cast.do("inspector", ledger.open_item, elsewhere) == Refusal("forbidden")
    assert await cast.do("liaison", ledger.open_item, OpenItem.model_validate({**NEW, "owner": 1})) == Refusal("forbidden")
    unknown = OpenItem.model_validate({**NEW, "kind": "upgrade", "owner": cast.seats["liaison"].id})
    assert await cast.do("inspector", ledger.open_item, unknown) == Refusal("item_elsewhere")


async def answer(cast: Cast, who: str, *replies: Any) -> Any:
    outcome: Any = None
    for reply in replies:
        held = await draft(cast, who)
        outcome = await cast.do(who, step, Answer(reply, draft=held.id, version=held.version))
        assert isinstance(outcome, Done), (reply, outcome)
    return outcome


async def draft(cast: Cast, who: str) -> Any:
    account = cast.seats[who].account
    return await cast.store.read(lambda tx: drafts.get(tx, tx.vault.lane(account or 0)))


async def test_in_conversation(cast: Cast) -> None:
    """Opened by typing names, reported with a photo, closing asked for, verified."""
    await cast.open(enterprise="平原水泥厂")
    await cast.do("inspector", open_form, Open(forms.OPEN.name))
    assert (await draft(cast, "inspector")).draft.offered[0][0] == "jilin-2019:2203"
    await answer(cast, "inspector", Said("四平"), Said("平原"))
    assert [code for code, _ in (await draft(cast, "inspector")).draft.offered] == ["平原水泥厂", "平原"]
    await answer(
        cast, "inspector", Pressed("0"), Pressed("skip"), Said("二号窑仍在生产"), Said("拆除退出"), Said("拆除二号窑"), Pressed("skip")
    )
    offered = (await draft(cast, "inspector")).draft.offered
    assert offered[0][0] == str(cast.seats["liaison"].id)
    done = await answer(cast, "inspector", Said("liaison氏"), Said("5个工作日"), Pressed("submit"))
    item = done.result
    assert (await cast.item(item)).enterprise == "平原水泥厂"
    await cast.do("liaison", ledger_start.start_report, OnItem(item))
    await answer(cast, "liaison", Said("已停产"), Sent("photo", PHOTO.hash), Pressed("done"), Pressed("submit"))
    assert (await cast.item(item)).state == "rectifying"
    await cast.do("liaison", ledger_start.start_closing, OnItem(item))
    await answer(cast, "liaison", Said("已拆除"), Pressed("skip"), Pressed("submit"))
    assert (await cast.item(item)).state == "closing"
    await cast.do("inspector", ledger_start.start_verify, OnItem(item))
    await answer(cast, "inspector", Pressed("skip"), Sent("photo", PHOTO.hash), Pressed("done"), Pressed("submit"))
    assert (await cast.item(item)).state == "closed"


async def test_without_evidence_on_record_the_conversation_asks_for_a_file(cast: Cast) -> None:
    item = await cast.open()
    await cast.do("liaison", ledger_start.start_closing, OnItem(item))
    await answer(cast, "liaison", Said("已拆除"))
    assert (await draft(cast, "liaison")).draft.at == "proof"
    await answer(cast, "liaison", Pressed("skip"))
    assert (await draft(cast, "liaison")).draft.at == "proof"
    await answer(cast, "liaison", Sent("voice", PHOTO.hash), Pressed("done"))
    assert (await draft(cast, "liaison")).draft.error == {"$": "text", "key": "form.error.no_proof", "params": {}}
    await answer(cast, "liaison", Sent("photo", PHOTO.hash), Pressed("done"), Pressed("submit"))
    assert (await cast.item(item)).state == "closing"


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_screen_renders(cast: Cast, language: str) -> None:
    compile_all()
    show = Renderer(cast.store.world)
    item = await cast.to_closing()
    screens = [await cast.card(who, item) for who in ("liaison", "inspector", "office")]
    screens += [await cast.history("liaison", item), await cast.page("office", 1)]
    for screen in screens:
        assert screen is not None
        assert len(show.text(screen.key, screen.params, language)) < 4096
        assert show.keyboard([[*row] for row in outbox.dump(screen.buttons)], language)
    await cast.verify(item)
    await cast.sent()
    for body in cast.told:
        if body["op"] == "send":
            params: Mapping[str, Param] = body["params"]
            assert show.text(body["key"], params, language)
