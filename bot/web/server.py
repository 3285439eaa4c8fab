"""The HTTP side: the webhook, and what an operator's probe asks (`health.py`). Started only where it is wanted."""

import asyncio
import hmac
import json
import socket
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import health
from config.settings import SettingsError
from storage.db import StoreClosedError

if TYPE_CHECKING:
    from bot.app import Bot

MOST_BYTES = 1_000_000


class Server:
    def __init__(self, server: uvicorn.Server, listening: socket.socket) -> None:
        self._server = server
        self._task = asyncio.create_task(server.serve([listening]))

    async def wait(self) -> None:
        try:
            await asyncio.shield(self._task)
        except asyncio.CancelledError:
            self._server.should_exit = True
            await self._task
            raise

    async def ready(self) -> None:
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise OSError("the server ended before it began")
            await asyncio.sleep(0.01)


class _QuietServer(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Signals are the composition root's."""

    def capture_signals(self) -> Any:
        import contextlib

        return contextlib.nullcontext()


async def serve(bot: "Bot", host: str, port: int) -> Server:
    config = uvicorn.Config(application(bot), log_config=None, access_log=False, lifespan="off")
    server = Server(_QuietServer(config), _listen(host, port))
    await server.ready()
    return server


def _listen(host: str, port: int) -> socket.socket:
    """Ours, since uvicorn leaves the whole program where it cannot listen."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except (OSError, OverflowError) as error:
        raise SettingsError(f"DUBAN_HTTP_LISTEN: {host}:{port} is taken or not ours; choose another address.") from error


def application(bot: "Bot") -> Starlette:
    async def webhook(request: Request) -> Response:
        """200 only after the row is committed."""
        if not bot.ready:
            return Response(status_code=503)  # Telegram tries again
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not bot.settings.webhook_secret or not hmac.compare_digest(given.encode(), bot.settings.webhook_secret.encode()):
            return Response(status_code=403)
        body = await request.body()
        if len(body) > MOST_BYTES:
            return Response(status_code=413)
        try:
            update = json.loads(body)
            update_id = int(update["update_id"])
        except (ValueError, TypeError, KeyError):
            return Response(status_code=400)
        try:
            await bot.intake.store([update | {"update_id": update_id}])
        except StoreClosedError:
            return Response(status_code=503)
        except Exception as error:
            bot.fail(error)  # whether it is stored is not known: the next start finds out
            raise
        return Response()

    return Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), *health.routes(bot)])
