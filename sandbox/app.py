"""The server: the Bot API, the control API and the chat page on one port of the loopback interface."""

from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from aiohttp import web

from sandbox import botapi, control
from sandbox.files import MAX_UPLOAD
from sandbox.world import World

PAGE = Path(__file__).parent / "page"
LOOPBACK = "127.0.0.1"


class BotSpec(NamedTuple):
    """What `--bot TOKEN:username:NAME` says; the token is NUMBER:SECRET."""

    token: str
    username: str
    name: str


async def _index(_: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})


async def _fresh(request: web.Request, response: web.StreamResponse) -> None:
    """The page's modules belong together: a browser must not mix those of two versions."""
    if request.path.startswith("/page/"):
        response.headers["Cache-Control"] = "no-cache"


def make_app(world: World) -> web.Application:
    # Several uploads of an album may come in one request.
    app = web.Application(client_max_size=10 * MAX_UPLOAD + MAX_UPLOAD)
    app[botapi.WORLD] = world
    botapi.add_routes(app)
    control.add_routes(app)
    app.router.add_get("/", _index)
    app.on_response_prepare.append(_fresh)
    if PAGE.is_dir():
        app.router.add_static("/page", PAGE)
    return app


class Server:
    """A local Telegram in this process: `async with Server([BotSpec(...)]) as server: server.url`."""

    def __init__(self, bots: list[BotSpec] | None = None, *, port: int = 0) -> None:
        self.world = World()
        self.url = ""
        self._port = port
        self._runner: web.AppRunner | None = None
        for bot in bots or []:
            self.world.add_bot(*bot)

    async def start(self) -> None:
        # Polls must not outlive their client, or a stale one would still count as the waiting poll.
        self._runner = web.AppRunner(make_app(self.world), access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, self._port)
        await site.start()
        port: int = self._runner.addresses[0][1]
        self.url = f"http://{LOOPBACK}:{port}"

    async def stop(self) -> None:
        for webhook in list(self.world.webhooks.values()):
            await webhook.stop()
        self.world.webhooks.clear()
        for task in list(self.world.running):
            task.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()
