"""The composition root: the one place where everything is made and started. It alone knows the real clock."""

import asyncio
import contextlib
import fcntl
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

import bot.forms
import bot.handlers
from actions import commands, replanning
from bot import collector, published
from bot.api import Api, ApiError, SlowDownError, UnauthorizedError, UnavailableError
from bot.clock import ClockAwayError, FollowedClock, real_now
from bot.content import Fetcher
from bot.delivery import Delivery
from bot.dispatch import Dispatch
from bot.hearing import Hearing, load_package
from bot.holder import new_holder
from bot.intake import ALLOWED, Intake, Poller, WrongTokenError
from bot.pacing import Pacer
from bot.parcels import Packer
from bot.render import LANGUAGES, Renderer
from bot.services import Services
from bot.token import Token
from bot.transport import Transport
from config.load import RegimeError, load_calendar, load_regimes
from config.settings import Settings, SettingsError, listen_address
from domain.deadlines import local_date
from domain.speech import Param
from domain.world import World
from storage import inbox, outbox
from storage.db import Store, open_store
from storage.files import Files
from storage.tx import Tx

log = structlog.get_logger()

TICK_SECONDS = 1
CLEAN_SECONDS = 60


class SecondProcessError(Exception):
    """Another process serves this SQLite file."""


def load_world(settings: Settings) -> World:
    try:
        return World(load_regimes(settings.regimes), load_calendar())
    except RegimeError as error:
        first = str(error.problems[0]) if error.problems else str(error)
        raise SettingsError(f"DUBAN_REGIMES: {first}; `duban check-regime` lists everything that is wrong.") from error


def _load_rooms() -> None:
    load_package(bot.forms)
    load_package(bot.handlers)


async def store_of(settings: Settings, now: Callable[[], int], *, migrate: bool = True) -> Store:
    """The store that the settings name; command-line tools use it, too."""
    store = await open_store(settings.database_url, master_key=settings.master_key(), now=now, world=load_world(settings), migrate=migrate)
    await replanning.take_over(store)
    return store


@contextlib.contextmanager
def sole_process(database_url: str) -> Any:
    """One `run` per SQLite file; on PostgreSQL the lease of the sender is what counts."""
    if not database_url.startswith("sqlite:///"):
        yield
        return
    path = Path(database_url.removeprefix("sqlite:///") + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.open("w")
    except OSError as error:
        raise SettingsError(
            f"DUBAN_DATABASE_URL: {path.parent} cannot be written ({error.strerror}); name a folder of your own."
        ) from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SecondProcessError(
                "DUBAN_DATABASE_URL: another duban serves this SQLite file; stop it first, or use PostgreSQL"
            ) from None
        yield


class Bot:
    """The running program. `async with Bot.started(settings)` serves until the block ends."""

    def __init__(self, settings: Settings, store: Store, clock: Callable[[], int]) -> None:
        self.settings = settings
        self.store = store
        self._clock = clock
        pacer = Pacer(settings.sends_per_second)
        # Beside what the sender has under way: toasts, files that are fetched.
        self._transport = Transport(connections=pacer.hands + 36, proxy=settings.proxy_url)
        self._polling = Transport(connections=2, proxy=settings.proxy_url)
        token = Token(settings.token, changes=bool(settings.bot_token_file))
        self.api = Api(self._transport, settings.bot_api_url, token)
        self.renderer = Renderer(store.world, today=lambda: local_date(store.now()))
        self.files = Files(settings.data_dir / "files", store.vault)
        self.services = Services(store, self.files, self.renderer, self._answer_press)
        self.delivery = Delivery(store, self.api, Packer(store, self.renderer, self.files), new_holder(), pacer)
        self.dispatch = Dispatch(store, self._handle, self.fail)
        self.intake = Intake(store, self.dispatch.take)
        self.poller = Poller(Api(self._polling, settings.bot_api_url, token), self.intake.store)
        self._tasks: list[asyncio.Task[Any]] = []
        self._sending: asyncio.Task[Any] | None = None
        self._side: set[asyncio.Task[Any]] = set()
        self._scheduler = AsyncIOScheduler(job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
        self.ready = False  # from the end of the start to the beginning of the stop
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    @contextlib.asynccontextmanager
    async def started(cls, settings: Settings, clock: Callable[[], int] = real_now) -> Any:
        followed = FollowedClock(settings.clock_url) if settings.clock_url else None
        if followed is not None:
            try:
                await followed.read()
            except ClockAwayError as error:
                raise SettingsError("DUBAN_CLOCK_URL: no local Telegram answers there; start it first, or leave this empty.") from error
            clock = followed
        with sole_process(settings.database_url):
            store = await store_of(settings, clock)
            try:
                running = cls(settings, store, clock)
                try:
                    await running._start(followed)
                    yield running
                finally:
                    await running._stop()
            finally:
                await store.close()

    async def _start(self, followed: FollowedClock | None) -> None:
        await self._transport.initialize()
        await self._polling.initialize()
        self.intake.hold()
        if self.settings.webhook_url or self.settings.http_listen:
            await self._start_web()
        await self._learn_name()
        if not self.settings.webhook_url:
            self._spawn(self.poller.run())
        await asyncio.to_thread(_load_rooms)  # while Telegram is asked already
        fetcher = Fetcher(self.store, self.files, self._download, self.settings.evidence_mb_a_day * 2**20)
        self._hearing = Hearing(self.services, fetcher)
        await self.store.unit(lambda tx: commands.released(tx, published.release()))
        await self.intake.leftovers()
        self._sending = self._spawn(self.delivery.run())
        if followed is not None:
            self._spawn(followed.follow(self._clock_moved))
        self._start_jobs()
        await self.store.unit(replanning.adopt)
        self.ready = True
        if self.settings.webhook_url:
            await self._set_webhook()
        self._aside(self._publish_commands())
        log.info("started", username=self.services.username, regimes=list(self.store.world.regimes))

    async def _learn_name(self) -> None:
        """The bot's name is needed for links."""
        me = await self._call_at_start("getMe", {})
        self.services.username = self.renderer.username = str(me["username"])

    async def _call_at_start(self, method: str, payload: Mapping[str, Any]) -> Any:
        """Telegram may be away at start; wait for it, since nothing can be said without it."""
        pause = 0.5
        while True:
            try:
                return await self.api.call(method, payload)
            except UnauthorizedError as error:
                raise WrongTokenError from error
            except (UnavailableError, SlowDownError) as error:
                log.warning("start.telegram_unavailable", reason=str(error), again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30.0)

    async def idle(self) -> bool:
        """Nothing stored is undone and nothing said is unsent: what tests and tours wait for between two turns."""
        if self.dispatch.busy or self.delivery.in_hand or self._side:
            return False

        async def unit(tx: Tx) -> int:
            return await inbox.count(tx) + await outbox.due_count(tx)

        return await self.store.read(unit) == 0

    async def _handle(self, stored: Any) -> None:
        await self._hearing.handle(stored)

    def _start_jobs(self) -> None:
        from bot.jobs import housekeeping, tick
        from bot.jobs.sweep import Sweep

        self._scheduler.add_job(self._second_passed, "interval", seconds=TICK_SECONDS, id="tick")
        self._scheduler.add_job(self._guarded(housekeeping.clean), "interval", seconds=CLEAN_SECONDS, id="clean")
        self._scheduler.add_job(self._guarded(self._strays), "interval", seconds=CLEAN_SECONDS, id="strays")
        self._scheduler.add_job(self._guarded(Sweep(self.files, real_now)), "interval", seconds=CLEAN_SECONDS, id="sweep")
        self._scheduler.start()
        moved = self.store.listen("obligations")
        self._spawn(self._each_time(moved, self._guarded(tick.tick)))

    async def _strays(self, _store: Store) -> None:
        await self.intake.strays()

    async def _second_passed(self) -> None:
        """Async, since the scheduler calls anything else in a thread, where no event may be set."""
        self.store.wake({"obligations"})

    async def _each_time(self, event: asyncio.Event, job: Callable[[], Awaitable[None]]) -> None:
        """A second has passed, the clock has jumped, or an action made something due. Never two at a time: one would already say what the
        other is still gathering, and what belongs together would come in two messages.
        """
        while True:
            await event.wait()
            event.clear()
            await job()

    def _guarded(self, job: Callable[[Store], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            try:
                await job(self.store)
            except Exception:
                log.exception("job.failed", job=job.__module__)

        return run

    def _clock_moved(self) -> None:
        self.store.wake({"obligations", "outbox"})

    async def _start_web(self) -> None:
        from bot.web.server import serve

        host, port = listen_address(self.settings.http_listen or "127.0.0.1:8080")
        self._web = await serve(self, host, port)
        self._spawn(self._web.wait())

    async def _set_webhook(self) -> None:
        if not self.settings.webhook_secret:
            raise SettingsError("DUBAN_WEBHOOK_SECRET: set it (1 to 256 letters and digits), so that only Telegram can post updates.")
        payload = {
            "url": self.settings.webhook_url,
            "secret_token": self.settings.webhook_secret,
            "allowed_updates": ALLOWED,
            "max_connections": 40,
        }
        try:
            await self._call_at_start("setWebhook", payload)
        except ApiError as error:
            raise SettingsError(f"DUBAN_WEBHOOK_URL: Telegram refuses it ({error.description}); give a public https address.") from error

    async def _publish_commands(self) -> None:
        """What anybody may begin, and what groups hear, in both languages; members have a list of their own in their chat."""
        offered = (("all_private_chats", published.listed((), joined=False)), ("all_group_chats", published.in_groups()))
        try:
            for (scope, commands), language in product(offered, LANGUAGES):
                payload: dict[str, Any] = {"commands": published.payload(self.renderer, commands, language), "scope": {"type": scope}}
                await self.api.call("setMyCommands", payload if language == "zh" else payload | {"language_code": language})
        except (ApiError, UnavailableError) as error:
            log.warning("commands.not_published", reason=str(error))

    async def _download(self, file_id: str) -> bytes:
        found = await self.api.call("getFile", {"file_id": file_id})
        return await self.api.download(found["file_path"])

    async def _answer_press(self, context: Any, key: str, params: Mapping[str, Param], *, alert: bool) -> None:
        payload: dict[str, Any] = {"callback_query_id": context.incoming.press["id"]}
        if key:
            payload |= {"text": self.renderer.plain(key, params, context.language)[:200], "show_alert": alert}
        self._aside(self._best_effort("answerCallbackQuery", payload))

    async def _best_effort(self, method: str, payload: Mapping[str, Any]) -> None:
        try:
            await self.api.call(method, payload)
        except (ApiError, UnavailableError) as error:
            log.info("answer.lost", reason=str(error))

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """A task that must live as long as the bot; its end by an error ends the bot."""
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """End the program by this error: what is stored is safe, and the next start goes on with it."""
        if not self.failed.done():
            self.failed.set_exception(error)

    def _aside(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._side.add(task)
        task.add_done_callback(self._side.discard)

    async def _stop(self) -> None:
        """In the order of the stream: no more in, finish what runs, give back what was not sent. Also after a start that failed midway."""
        self.ready = False
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        sending = [task for task in self._tasks if task is self._sending]
        await _end(task for task in self._tasks if task is not self._sending)
        await self.dispatch.close()
        await asyncio.gather(*self._side, return_exceptions=True)
        await _end(sending)
        if self.failed.done():
            self.failed.exception()
        await self._transport.shutdown()
        await self._polling.shutdown()


async def _end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancelled again now and then until all have ended: a library may swallow a cancellation. Rarely, since ending takes its time."""
    ending = set(tasks)
    while ending:
        for task in ending:
            task.cancel()
        _, ending = await asyncio.wait(ending, timeout=10)


async def serve(settings: Settings) -> None:
    """Run until a signal or a fatal error. A signal also ends a start that still waits for Telegram."""
    stop, serving = asyncio.Event(), asyncio.create_task(_serve(settings))
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([stopping, serving], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not serving.done():
        serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def _serve(settings: Settings) -> None:
    async with Bot.started(settings) as running:
        collector.spare()
        await asyncio.wait([running.failed])
        running.failed.result()
