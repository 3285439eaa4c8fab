"""`python -m tours.pictures FOLDER`: plays a few days at the local Telegram, in Chinese and in English, and takes the README's pictures.

People, firms and what is found are made up. Everything in the pictures was said by the real program.
"""

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from actions import ledger, tasks
from actions.inputs_ledger import OpenItem
from actions.inputs_tasks import Assign
from actions.people import seat_directly
from actions.perform import Caller, perform
from config.load import load_regime
from domain.deadlines import Limit, at, due_date, shift
from domain.people import Seat
from domain.speech import term
from storage.db import Store
from storage.tx import Tx
from tours.camera import Camera, camera
from tours.cast import Part
from tours.materials import plant
from tours.player import Player
from tours.seating import stage_store
from tours.stage import staged
from tours.story import MORNING, START, Chapter, Story

REGIME = "shandong-2022"
LOCALES = {"zh": ("zh-CN", "zh-hans"), "en": ("en-GB", "en")}
CITIES = ("3701", "3702", "3703", "3704", "3705", "3706", "3707", "3708")
# How many working days each city of the background has left; what is negative is overdue when the pictures are taken.
LEFT = {"3702": (1, 9), "3703": (-2, 8), "3704": (9, 12), "3705": (1, 1, 10), "3706": (8,), "3707": (-3, -1, 9), "3708": (10, 7)}
DAYS = 7  # from the story's first day to the morning of the overview


@dataclass(frozen=True)
class Words:
    """Who is called what, and what they write."""

    people: Mapping[str, str]
    background: tuple[str, ...]  # liaisons of the other cities, then what is asked of them
    task: str
    progress: str
    plant: str
    problem: str
    measures: str
    report: str
    culprit: str
    complaint: str
    citizen: str


WORDS = {
    "zh": Words(
        people={"office": "周敏", "leader": "郑国栋", "inspector": "孙晓峰", "liaison": "李建军", "supervisor": "吴卫东", "audit": "褚正"},
        background=("报送本季度重点企业清单", "一台旧炉仍在使用，应当停用拆除。", "停用、拆除，留存照片。", "样本机械厂"),
        task="报送本季度用电量前十名企业的清单",
        progress="已收齐 8 家，还差 2 家，周三前补上。",
        plant="样本铸造有限公司",
        problem="备案的两台旧炉，有一台仍在使用。",
        measures="停用、拆除旧炉，留存拆除前后照片。",
        report="旧炉已断电停用，今天开始拆除。",
        culprit="样本建材厂",
        complaint="每天夜里十一点以后开炉，早上六点前停，烟很大，已经半个月了。",
        citizen="一位市民",
    ),
    "en": Words(
        people={
            "office": "Zhou Min", "leader": "Zheng Guodong", "inspector": "Sun Xiaofeng", "liaison": "Li Jianjun",
            "supervisor": "Wu Weidong", "audit": "Chu Zheng",
        },
        background=("List of this quarter's key plants", "An old furnace is in use.", "Stop it, remove it, keep photos.", "Sample Works"),
        task="List the ten plants that used most electricity this quarter",
        progress="Eight of them have answered, the other two will by Wednesday.",
        plant="Sample Foundry Ltd",
        problem="Of the two old furnaces on file one is still in use.",
        measures="Stop and remove it; photos before and after.",
        report="The furnace is switched off. We begin to take it down today.",
        culprit="Sample Brickworks",
        complaint="They fire the kiln every night from eleven to six. Thick smoke, for two weeks now.",
        citizen="A citizen",
    ),
}  # fmt: skip


@dataclass
class Album(Story):
    """Seats the cast and eight cities, lets work come in, and stops for a picture where one is wanted."""

    language: str = "zh"
    camera: Camera | None = None
    taken: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        lead = next(role for role in self.regime.roles_with("supervisor") if role.scope == "province")
        self.cast["supervisor"] = Part("supervisor", "", lead.id, "province", "")

    @property
    def words(self) -> Words:
        return WORDS[self.language]

    def word(self, kind: str, code: str) -> str:
        return self.renderer.param(term(self.regime.id, kind, code), self.language)

    def chapters(self) -> tuple[Chapter, ...]:
        return (
            ("task", self.task),
            ("item", self.item),
            ("complaint", self.complaint),
            ("overview", self.overview),
            ("digest", self.digest),
        )

    # --- who is there, and what is under way already

    async def _seat(self) -> None:
        store = await stage_store(self.stage, at(START, MORNING))
        try:
            for key, name in self.words.people.items():
                part = replace(self.cast[key], name=name)
                await self._join(store, part)
            office = self.players["office"].person.id
            for city in CITIES[1:]:
                owner = await self._join(store, Part(city, self.word("region", city), self.cast["liaison"].role, "region", city))
                await self._background(store, office, owner, city)
        finally:
            await store.close()

    async def _join(self, store: Store, part: Part) -> Seat:
        person = await self.stage.sandbox.person(part.name, language_code=LOCALES[self.language][1], about=self.word("role", part.role))
        self.players[part.key] = Player(self.stage, part.key, part.name, person, self.language)

        async def unit(tx: Tx) -> Seat:
            given: dict[str, Any] = {"account": person.id, "name": part.name, "language": self.language}
            return await seat_directly(tx, **given, regime=self.regime.id, role=part.role, scope=part.scope)

        return await store.unit(unit)

    async def _background(self, store: Store, office: int, owner: Seat, city: str) -> None:
        what, problem, measures, firm = self.words.background
        for n, left in enumerate(LEFT[city]):
            due = self._after(DAYS + left)
            given: Any = Assign(what=what, assignee=owner.id, due=due)
            if n:
                kind = self.regime.ledger.classes[n % len(self.regime.ledger.classes)].id
                place = f"{self.regime.id}:{city}"
                given = OpenItem(place=place, enterprise=firm, problem=problem, kind=kind, measures=measures, owner=owner.id, due=due)
            await perform(store, Caller(office, office), ledger.open_item if n else tasks.assign, given)

    def _after(self, days: int) -> date:
        return due_date(START, Limit(days, "wd"), self.calendar).date

    async def shoot(self, player: Player, name: str, tall: int) -> None:
        assert self.camera is not None
        locale = LOCALES[self.language][0]
        shown = await self.camera.take(self.stage.url, player.person.id, f"{name}-{self.language}", locale=locale, tall=tall)
        self.taken.append(shown)

    # --- the pictures

    async def task(self) -> None:
        office, liaison = self.players["office"], self.players["liaison"]
        await office.say("/assign")
        await office.say(self.words.task)
        await office.say(liaison.name)
        await office.say(self._after(5).isoformat())
        await office.press("f", "submit")
        await liaison.press("tp")
        await liaison.say(self.words.progress)
        await liaison.press("f", "skip")
        await liaison.press("f", "submit")
        await self.shoot(liaison, "task", 980)

    async def item(self) -> None:
        leader, liaison = self.players["leader"], self.players["liaison"]
        await leader.say("/item")
        await leader.say(self.word("region", self.cast["liaison"].scope))
        await leader.say(self.words.plant)
        await leader.press("f", "skip")
        await leader.say(self.words.problem)
        await leader.say(self.word("class", self.regime.ledger.classes[-1].id))
        await leader.say(self.words.measures)
        await leader.press("f", "skip")
        await leader.say(liaison.name)
        await leader.say(self._after(15).isoformat())
        await leader.press("f", "submit")
        await liaison.press("ip")
        await liaison.say(self.words.report)
        await liaison.photo(plant())
        await liaison.press("f", "done")
        await liaison.press("f", "submit")
        await self.shoot(liaison, "item", 900)

    async def complaint(self) -> None:
        citizen = await self.arrive("citizen", self.words.citizen, "")
        citizen.language = self.language
        await citizen.start()
        await citizen.say("/complain")
        await citizen.press("f", "0")
        await citizen.press("f", "0")
        await citizen.say(self.word("region", self.cast["liaison"].scope))
        await citizen.say(self.words.culprit)
        await citizen.press("f", "0")
        await citizen.say(self.words.complaint)
        await citizen.press("f", "skip")
        await citizen.press("f", "0")
        await citizen.press("f", "submit")
        await self.shoot(citizen, "complaint", 780)

    async def arrive(self, key: str, name: str, about: str) -> Player:
        person = await self.stage.sandbox.person(name, language_code=LOCALES[self.language][1], about=about)
        self.players[key] = Player(self.stage, key, name, person, self.language)
        return self.players[key]

    async def overview(self) -> None:
        await self.move_to(self._after(DAYS))
        supervisor = self.players["supervisor"]
        await supervisor.say("/overview")
        await supervisor.press("vc")
        await self.shoot(supervisor, "overview", 900)

    async def digest(self) -> None:
        await self.move_to(shift(self._after(DAYS), Limit(1, "wd"), self.calendar))
        await self.shoot(self.players["office"], "digest", 630)


async def take(folder: Path) -> list[Path]:
    taken: list[Path] = []
    async with camera(folder) as eye:
        for language in LOCALES:
            with tempfile.TemporaryDirectory(prefix="duban-pictures-") as place:
                async with staged(Path(place), regimes=(REGIME,), rates=False) as stage:
                    album = Album(stage, load_regime(REGIME), language=language, camera=eye)
                    await album.play()
                    taken += album.taken
    return taken


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    for path in asyncio.run(take(Path(sys.argv[1]))):
        print(f"{path} {path.stat().st_size // 1000} kB")
