"""What every tour shares: the cast and the calendar of the regime, the clock, people who arrive, chapters played one after the other.

A tour is a subclass with its chapters. It never knows a province: names, places and deadlines are read from the regime.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from bot.render import Renderer
from config.load import load_calendar
from domain.deadlines import at
from domain.regime import Regime
from domain.speech import Param, term, text
from domain.world import World
from tours.cast import Part, cast_of
from tours.player import Player, StoryError
from tours.seating import seat, stage_store
from tours.stage import Stage

START = date(2026, 3, 2)  # a Monday with a week of working days ahead
MORNING = "09:00"

Chapter = tuple[str, Callable[[], Awaitable[None]]]


@dataclass
class Told:
    """One chapter that held."""

    title: str
    steps: int


@dataclass
class Story(ABC):
    stage: Stage
    regime: Regime
    players: dict[str, Player] = field(default_factory=dict)
    today: date = START

    def __post_init__(self) -> None:
        self.cast = cast_of(self.regime, START)
        self.calendar = load_calendar()
        self.renderer = Renderer(World({self.regime.id: self.regime}, self.calendar))

    @abstractmethod
    def chapters(self) -> tuple[Chapter, ...]: ...

    def beforehand(self) -> tuple[Part, ...]:
        """Who joined long before the story begins."""
        return ()

    async def play(self) -> list[Told]:
        """Set the clock, start the bot, and play every chapter. Raises StoryError at the first step that does not hold."""
        await self.stage.sandbox.set_clock(at(START, MORNING), force=True)
        await self._seat()
        await self.stage.start_bot()
        for player in self.players.values():
            await player.start()
        told = []
        for title, chapter in self.chapters():
            before = self._lines()
            try:
                await chapter()
            except StoryError as error:
                raise StoryError(f"{title}: {error}") from error
            told.append(Told(title, self._lines() - before))
        return told

    def _lines(self) -> int:
        return sum(len(player.lines) for player in self.players.values())

    async def move_to(self, day: date, clock: str = "08:31") -> None:
        """Let the time pass; everybody looks at what came."""
        for player in self.players.values():
            player.mark()
        self.today = day
        await self.stage.sandbox.set_clock(at(day, clock))
        await self.stage.settle()
        for player in self.players.values():
            await player.look()

    async def arrive(self, key: str, name: str, about: str) -> Player:
        person = await self.stage.sandbox.person(name, language_code="zh-hans", about=about)
        self.players[key] = Player(self.stage, key, name, person)
        return self.players[key]

    async def confirm(self, player: Player) -> None:
        """After an invitation's link: that is me, in Chinese, and the menu."""
        await player.press("pj")
        await player.expect("people.joined", player.name)
        await player.pick("中文")
        await player.say("/menu")
        await player.expect("people.menu", player.name)

    async def _seat(self) -> None:
        store = await stage_store(self.stage, at(START, MORNING))
        try:
            for part in self.beforehand():
                player = await self.arrive(part.key, part.name, self.word("role", part.role))
                await store.unit(partial(seat, regime=self.regime, part=part, name=part.name, account=player.person.id))
        finally:
            await store.close()

    def word(self, kind: str, code: str) -> str:
        return self.renderer.param(term(self.regime.id, kind, code), "zh")

    def says(self, key: str, **params: Param) -> str:
        """A text of the catalogue as it is read, such as what stands on a button."""
        return self.renderer.param(text(key, **params), "zh")

    def role(self, key: str) -> str:
        return self.word("role", self.cast[key].role)

    def place(self, key: str) -> str:
        return self.word("region", self.cast[key].scope)
