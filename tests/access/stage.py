"""The stage of the access test: a cast with every kind of rights in two cities and another province, and one thing of each kind in city A.

Everything on the stage belongs to people of city A (and the province); the people of city B and of the other province are those to
whom it is somebody else's. Nothing that is tried leaves a trace: `Rehearsal` takes every unit back.
"""

import importlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any, TypeVar

from actions import applications, commands, complaint_handling, complaints, extensions, groups, invites, ledger, roster, task_batches, tasks
from actions.groups import Bind
from actions.inputs_applications import Apply
from actions.inputs_batches import OnBatch
from actions.inputs_complaints import Complain, OnComplaint
from actions.inputs_extensions import AskMore
from actions.inputs_ledger import CloseItem, OpenItem, Progress
from actions.inputs_people import Invite
from actions.inputs_roster import RosterGiven
from actions.inputs_tasks import Assign, Step
from actions.people import seat_directly
from actions.perform import Caller, perform
from domain.deadlines import local_date
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor, Seat
from storage import absences, files, inbox, people
from storage.db import Store
from storage.files import Blob
from storage.tx import Row, Tx

T = TypeVar("T")
spine = importlib.import_module("storage.migrations.versions.0001_spine")
REGIME, OTHER, CITY_A, CITY_B, COUNTY_A = "shandong-2022", "jilin-2019", "3714", "3701", "371402"
UPDATE = 900_001
GROUP = -900_001
PHOTO = Blob("access-photo", "image/jpeg", 3, "")
FILE = {"kind": "photo", "blob": PHOTO.hash, "name": ""}

# Who, role, scope. The first of each kind of rights; `_a` and `_b` say the city, `other_` another province. `special_` is a group that
# works without notice, `stay_` one that stays in the city all year (四进); `away_a` is on leave with `deputy_a` acting, for
# `former_deputy_a` that was so once.
PARTS: tuple[tuple[str, str, str, str], ...] = (
    ("office", REGIME, "office", ""),
    ("office_lead", REGIME, "office_lead", ""),
    ("provincial", REGIME, "provincial_group", ""),
    ("audit", REGIME, "audit", ""),
    ("unit_liaison", REGIME, "unit_liaison", "gxt"),
    ("unit_lead", REGIME, "unit_lead", "gxt"),
    *((f"{key}_{city}", REGIME, role, scope)
      for city, scope in (("a", CITY_A), ("b", CITY_B))
      for key, role in (("leader", "leader"), ("group_liaison", "group_liaison"), ("inspector", "inspector"), ("taskforce", "taskforce"),
                        ("supervisor", "local_supervisor"), ("liaison", "local_liaison"))),
    ("second_liaison_a", REGIME, "local_liaison", CITY_A),
    ("county_lead_a", REGIME, "county_lead", COUNTY_A),
    ("resident_a", REGIME, "resident", "ENTERPRISE"),
    ("other_office", OTHER, "office", ""),
    ("other_leader", OTHER, "leader", "2203"),
    ("other_liaison", OTHER, "local_liaison", "2203"),
    ("other_audit", OTHER, "audit", ""),
    ("former", REGIME, "local_liaison", CITY_A),
    ("county_lead_a2", REGIME, "county_lead", "371403"),
    ("resident_a2", REGIME, "resident", "ANOTHER"),
    ("special_leader_a", REGIME, "special_leader", CITY_A),
    ("special_a", REGIME, "special_inspector", CITY_A),
    ("stay_leader_a", REGIME, "supervision_leader", CITY_A),
    ("stay_a", REGIME, "supervision_member", CITY_A),
    ("away_a", REGIME, "inspector", CITY_A),
    ("deputy_a", REGIME, "group_liaison", CITY_A),
    ("former_deputy_a", REGIME, "group_liaison", CITY_A),
)  # fmt: skip
STRANGER = "stranger"
TABLES = tuple(name for name in re.findall(r"CREATE TABLE (\w+)", spine.TABLES) if name != "inbox")
FEW = frozenset(
    {"office", "leader_a", "liaison_a", "liaison_b", "other_office", "away_a", "deputy_a", STRANGER}
)  # on PostgreSQL: the rules know no database
CAST = (*(key for key, *_ in PARTS), STRANGER)


Record = dict[str, list[Row]]  # by table


@dataclass
class Stage:
    store: Store
    accounts: dict[str, int]
    seats: dict[str, Seat]
    things: dict[str, int]
    before: Record = field(default_factory=dict)

    async def do(self, who: str, verb: Any, given: Any) -> Done:
        account = self.accounts[who]
        outcome = await perform(self.store, Caller(account, account, quiet=True), verb, given)
        assert isinstance(outcome, Done), outcome
        return outcome

    async def actor(self, tx: Tx, who: str) -> Actor:
        return await people.actor(tx, self.accounts[who], "zh")


class UndoneError(Exception):
    """Carries a rehearsed unit's result past the store's roll-back."""

    def __init__(self, result: Any) -> None:
        super().__init__("rehearsed")
        self.result = result


class Rehearsal:
    """A store whose units run and are taken back. `changed`: the last one refused, and yet had left something behind."""

    def __init__(self, stage: "Stage") -> None:
        self._store = stage.store
        self._before = stage.before
        self.changed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def unit(self, fn: Callable[[Tx], Awaitable[T]], **how: Any) -> T:
        async def rehearsed(tx: Tx) -> None:
            result = await fn(tx)
            said = isinstance(result, Refusal) and not result.buttons  # one with buttons is a message of its own
            self.changed = said and not same(await dump(tx), self._before)
            raise UndoneError(result)

        try:
            await self._store.unit(rehearsed, **how)
        except UndoneError as undone:
            result: T = undone.result
            return result
        raise AssertionError("a rehearsed unit was kept")


async def dump(tx: Tx) -> Record:
    """Everything on record but the inbox, where the update itself is marked done."""
    return {name: await tx.all(f"SELECT * FROM {name}") for name in TABLES}


def same(one: Record, other: Record) -> bool:
    """In whatever order: mostly it is the same, and asking that first is cheap."""
    return all(rows == other[name] or sorted(map(repr, rows)) == sorted(map(repr, other[name])) for name, rows in one.items())


async def set_stage(store: Store) -> Stage:
    stage = Stage(store, {key: 1000 + n for n, key in enumerate(CAST)}, {}, {})
    await store.unit(lambda tx: _seat_all(tx, stage))
    await _things(stage)
    await store.unit(lambda tx: _settle(tx, stage))
    stage.before = await store.read(dump)
    return stage


async def _seat_all(tx: Tx, stage: Stage) -> None:
    from storage import enterprises

    plant = await enterprises.find_or_add(tx, REGIME, "甲钢铁厂", COUNTY_A, "steel")
    another = await enterprises.find_or_add(tx, REGIME, "丙钢铁厂", COUNTY_A, "steel")
    for key, regime, role, scope in PARTS:
        where = {"ENTERPRISE": str(plant), "ANOTHER": str(another)}.get(scope, scope)
        stage.seats[key] = await seat_directly(tx, account=stage.accounts[key], name=key, regime=regime, role=role, scope=where)
    await people.end_seat(tx, stage.seats["former"].id)
    await _away(tx, stage)
    await files.record(tx, PHOTO)
    stage.things |= {"seat": stage.seats["liaison_a"].id, "person": stage.seats["liaison_a"].person or 0}


async def _away(tx: Tx, stage: Stage) -> None:
    """One absence that is over, one that is on, one that is planned."""
    long = tx.now + 90 * 86_400_000
    for who, deputy, state in (
        ("inspector_a", "former_deputy_a", "over"),
        ("away_a", "deputy_a", "on"),
        ("liaison_a", "second_liaison_a", ""),
    ):
        absence = await absences.add(tx, stage.seats[who].id, stage.seats[deputy].id, tx.now, long)
        assert absence is not None
        if state:
            await absences.begin(tx, absence)
        if state == "over":
            await absences.end(tx, absence)
        stage.things["absence_on" if state == "on" else "absence"] = absence
    await tx.run("UPDATE absence SET turn_at = :later, from_at = :later WHERE state = 'planned'", later=long - 1)


async def _things(stage: Stage) -> None:
    """One of each kind, in city A: owed by its liaison, asked for by the office, found by its inspector."""
    things, owner = stage.things, stage.seats["liaison_a"].id
    due = date.fromordinal(local_date(stage.store.now()).toordinal() + 20)
    done = await stage.do("office", tasks.assign, Assign(what="报送清单", assignee=owner, due=due))
    things["task"] = _id(done)
    done = await stage.do("office", tasks.assign, Assign(what="报送总结", assignee=owner, due=due))
    things["handed"] = _id(done)
    visit = Assign(what="暗访甲钢铁厂", assignee=stage.seats["inspector_a"].id, due=due)
    things["visit"] = _id(await stage.do("office", tasks.assign, visit))
    for name in ("special_visit", "stay_visit", "away_task", "plant_task"):
        who = OWNERS[name]
        order = Assign(what="核对日报" if name == "plant_task" else "暗访乙钢铁厂", assignee=stage.seats[who].id, due=due)
        things[name] = _id(await stage.do("office", tasks.assign, order))
    await stage.do("liaison_a", tasks.hand_in, Step(task=things["handed"]))
    for name, source in (("item", "inspection"), ("closing", "inspection"), ("hidden", "special")):
        by = "provincial" if name == "hidden" else "inspector_a"
        opened = OpenItem.model_validate(
            {"source": source, "place": f"{REGIME}:{COUNTY_A}", "enterprise": "甲钢铁厂", "industry": "steel", "problem": "未批先建",
             "kind": "formalities", "measures": "补办手续", "owner": owner, "due": due}
        )  # fmt: skip
        things[name] = _id(await stage.do(by, ledger.open_item, opened))
    await stage.do("liaison_a", ledger.report, Progress(item=things["item"], text="已停产", files=[FILE]))
    await stage.do("liaison_a", ledger.request_closing, CloseItem(item=things["closing"], text="已办妥", proof=[FILE]))
    await _people_things(stage)
    await _complaint(stage)
    owed = await stage.store.read(lambda tx: tx.one("SELECT id, due_at FROM obligation WHERE subject_kind = 'task' ORDER BY id LIMIT 1"))
    things["obligation"] = owed["id"]
    private = "SELECT id FROM obligation WHERE subject_kind = 'complaint' AND state = 'open'"
    things["complaint_duty"] = (await stage.store.read(lambda tx: tx.one(private)))["id"]
    wanted = date.fromordinal(due.toordinal() + 3)
    asked = AskMore(obligation=owed["id"], due=due, latest=date(2030, 1, 1), wanted=wanted, reason="企业检修")
    await stage.do("liaison_a", extensions.ask, asked)
    things["extension"] = await stage.store.read(lambda tx: tx.value("SELECT min(id) AS id FROM extension"))
    things["visit_obligation"] = visit_owed = await stage.store.read(
        lambda tx: tx.value("SELECT id FROM obligation WHERE subject_kind = 'task' AND subject = :id", id=things["visit"])
    )
    await stage.do("inspector_a", extensions.ask, asked.model_copy(update={"obligation": visit_owed}))
    things["visit_extension"] = await stage.store.read(lambda tx: tx.value("SELECT max(id) AS id FROM extension"))
    for name in ("batch", "batch_sent"):
        many = Assign.model_validate({"what": "报送名单", "assignee": "liaisons", "places": f"{REGIME}|*", "due": due})
        things[name] = _id(await stage.do("leader_a", tasks.assign, many))
    await stage.do("leader_a", task_batches.send, OnBatch(things["batch_sent"]))
    things["evidence"] = await stage.store.read(lambda tx: tx.value("SELECT min(id) AS id FROM evidence"))


async def _people_things(stage: Stage) -> None:
    await stage.do("leader_a", groups.bind, Bind(GROUP, "德州督办群"))
    stage.things["group"] = GROUP
    form = {"regime": REGIME, "name": "新人", "role": "region:local_liaison", "region": f"city:{CITY_A}", "county": f"{CITY_A}/{CITY_A}"}
    stage.things["invite"] = _id(await stage.do("office", invites.invite, Invite.model_validate(form)))
    sheet = {"name": "名册.xlsx", "sheets": [[["姓名", "单位", "职务", "地区"], ["又一人", "", "地方联络员", "德州市"]]]}
    await stage.do("office", roster.show, RosterGiven.model_validate({"regime": REGIME, "sheet": sheet}))
    stage.things["roster"] = await stage.store.read(lambda tx: tx.value("SELECT max(id) AS id FROM roster"))
    wish = Apply.model_validate(form | {"name": "路人", "why": "调来接替"})
    stage.things["application"] = _id(await stage.do(STRANGER, applications.apply, wish))


async def _complaint(stage: Stage) -> None:
    """Its handler is the office: everybody else must not learn of it."""
    said = Complain.model_validate(
        {"only": REGIME, "consent": "yes", "kind": f"{REGIME}:off_list", "region": f"{REGIME}:{COUNTY_A}", "enterprise": "甲钢铁厂",
         "about": "local", "what": "夜里偷偷生产，白天停炉", "reach": "receipt"}
    )  # fmt: skip
    stage.things["complaint"] = _id(await stage.do(STRANGER, complaints.file, said))
    await stage.do("office", complaint_handling.accept, OnComplaint(complaint=stage.things["complaint"], version=1))


async def _settle(tx: Tx, stage: Stage) -> None:
    """The lists of commands are sent, the update that everybody tries waits."""
    for key, seat in stage.seats.items():
        assert seat.person is not None, key
        await commands.publish(tx, seat.person)
    await inbox.add(tx, [(tx.vault.lane(0), {"update_id": UPDATE})])


def _id(done: Outcome) -> int:
    assert isinstance(done, Done)
    assert done.subject is not None
    return done.subject[1]


class Given(SimpleNamespace):
    """What the stage does not have is number 0: nobody may anything with it, and the matrix says so."""

    def __getattr__(self, name: str) -> int:
        if name.startswith("__"):
            raise AttributeError(name)
        return 0


# Who owes a task that is not the liaison's.
OWNERS = {
    "visit": "inspector_a",
    "special_visit": "special_a",
    "stay_visit": "stay_a",
    "away_task": "away_a",
    "plant_task": "resident_a",
}
# Things that are others of a kind.
KINDS = {
    **dict.fromkeys(("handed", "visit", "special_visit", "stay_visit", "away_task", "plant_task"), "task"),
    **dict.fromkeys(("closing", "hidden"), "item"),
    "complaint_duty": "obligation",
    "visit_extension": "extension",
    "batch_sent": "batch",
    "absence_on": "absence",
}


def given_of(stage: Stage, thing: str) -> Given:
    """What any action may be told of a thing: its finder takes of it what it needs."""
    ids = stage.things
    noun = KINDS.get(thing, thing)
    one: dict[str, Any] = dict(ids) | ({noun: ids[thing]} if thing in ids else {})
    subject = {"kind": noun, "subject": ids[thing]} if noun in {"task", "item"} else {}
    absent = str(ids["seat"])
    place: dict[str, Any] = {
        "chat": GROUP,
        "to": "1",
        "words": "德州市",
        "whose": absent,
        "regime": REGIME,
        "region": COUNTY_A,
        "chosen": REGIME,
        "assignee": stage.seats[OWNERS.get(thing, "liaison_a")].id,
        "old": ids["seat"],
        "version": 0,
        "page": 0,
    }
    other = {"obligation": ids["visit_obligation"]} if thing == "visit_extension" else {}
    return Given(**(one | place | subject | other))
