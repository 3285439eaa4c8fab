"""A small institution for the stories about people: two liaisons of one city, one of another, their supervisor, a group, two of the office."""

import json
import random
from dataclasses import dataclass
from typing import Any

import bot.forms.absences
import bot.forms.complaints
import bot.forms.handover
import bot.forms.leaving
import bot.forms.ledger
import bot.forms.relink
import bot.forms.tasks  # noqa: F401  registers the forms, as the program does
from actions import complaints, ledger, tasks
from actions.inputs_complaints import Complain
from actions.inputs_ledger import CloseItem, OpenItem, Progress
from actions.inputs_tasks import Assign, Step
from actions.people import seat_directly
from actions.perform import Caller, perform
from domain.outcome import Done, Outcome
from domain.people import Seat
from storage import outbox, people
from storage.db import Store
from storage.tx import Tx

REGIME = "shandong-2022"
OFFICE, COLLEAGUE, LIAISON, SUCCESSOR, ELSEWHERE, SUPERVISOR, INSPECTOR, SECOND, NEWCOMER = 10, 11, 20, 21, 22, 30, 40, 41, 90
CAST = (
    (OFFICE, "周办", "office", ""),
    (COLLEAGUE, "孔办", "office", ""),
    (LIAISON, "李四", "local_liaison", "3714"),
    (SUCCESSOR, "王五", "local_liaison", "3714"),
    (ELSEWHERE, "赵六", "local_liaison", "3701"),
    (SUPERVISOR, "吴分管", "local_supervisor", "3714"),
    (INSPECTOR, "孙检", "inspector", "3714"),
    (SECOND, "钱检", "inspector", "3714"),
)
FILE = {"kind": "location", "latitude": 37.4, "longitude": 116.3}
PHOTO = {"kind": "photo", "blob": "b" * 27, "name": ""}


@dataclass
class Stage:
    store: Store
    seats: dict[int, Seat]

    async def do(self, account: int, verb: Any, given: Any) -> Outcome:
        return await perform(self.store, Caller(account, account, quiet=True), verb, given)

    async def done(self, account: int, verb: Any, given: Any) -> Done:
        outcome = await self.do(account, verb, given)
        assert isinstance(outcome, Done), outcome
        return outcome

    async def value(self, sql: str, **params: Any) -> Any:
        return await self.store.read(lambda tx: tx.value(sql, **params))

    async def rows(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        return await self.store.read(lambda tx: tx.all(sql, **params))

    async def heard(self) -> dict[int, list[dict[str, Any]]]:
        """Send what waits as delivery would; who got what."""

        async def take(tx: Tx) -> dict[int, list[dict[str, Any]]]:
            found: dict[int, list[dict[str, Any]]] = {}
            for parcel in await outbox.claim(tx, 1, 500):
                found.setdefault(parcel.body["chat"], []).append(parcel.body)
                await outbox.sent(tx, parcel.id)
            return found

        return await self.store.unit(take)

    async def told(self) -> dict[int, list[str]]:
        """The keys of what everybody is told, cards and edits left out."""
        return {
            who: said for who, bodies in (await self.heard()).items() if (said := [each["key"] for each in bodies if each["op"] == "send"])
        }

    async def actor_seats(self, account: int) -> list[int]:
        return [seat.id for seat in (await self.store.read(lambda tx: people.actor(tx, account, "zh"))).seats]

    async def assign(self, to: int = LIAISON, by: int = OFFICE, due: str = "2026-03-09") -> int:
        given = Assign(what="报送整改方案", assignee=self.seats[to].id, due=due)
        outcome = await self.done(by, tasks.assign, given)
        assert outcome.subject is not None
        return outcome.subject[1]

    async def hand_in(self, task: int, by: int = LIAISON) -> None:
        await self.done(by, tasks.hand_in, Step(task=task))

    async def open_item(self, by: int = INSPECTOR, owner: int = LIAISON, enterprise: str = "平原水泥厂") -> int:
        given = {
            "place": f"{REGIME}:3714", "enterprise": enterprise, "industry": "cement", "problem": "一号窑仍在生产",
            "kind": "close", "measures": "停产并拆除一号窑", "due": "2026-03-31", "owner": self.seats[owner].id,
        }  # fmt: skip
        outcome = await self.done(by, ledger.open_item, OpenItem.model_validate(given))
        return int(outcome.result)

    async def ask_closing(self, item: int, by: int = LIAISON) -> None:
        await self.done(by, ledger.report, Progress(item=item, text="已停窑", files=[FILE]))
        await self.done(by, ledger.request_closing, CloseItem(item=item, text="已拆除", more=[PHOTO]))

    async def complain(self, enterprise: str = "齐河某某焦化厂") -> int:
        given = {
            "only": REGIME, "consent": "yes", "kind": f"{REGIME}:off_list", "region": f"{REGIME}:371425", "enterprise": enterprise,
            "about": "local", "what": "夜里偷偷开第三座焦炉，白天停火应付检查", "reach": "receipt", "files": [],
        }  # fmt: skip
        outcome = await self.done(7_000_000 + random.randrange(10**6), complaints.file, Complain.model_validate(given))
        assert outcome.subject is not None
        return outcome.subject[1]

    async def params(self, bodies: list[dict[str, Any]], key: str) -> str:
        """The parameters of the one message with this key, as JSON to look into."""
        [found] = [each for each in bodies if each.get("key") == key]
        return json.dumps(found["params"], ensure_ascii=False)


async def staged(store: Store) -> Stage:
    async def unit(tx: Tx) -> dict[int, Seat]:
        await tx.run("INSERT INTO blob (hash, kind, size, name, created_at) VALUES (:hash, 'image/jpeg', 3, '', 0)", hash=PHOTO["blob"])
        return {
            account: await seat_directly(tx, account=account, name=name, regime=REGIME, role=role, scope=scope)
            for account, name, role, scope in CAST
        }

    stage = Stage(store, await store.unit(unit))
    await stage.heard()
    return stage
