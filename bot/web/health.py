"""What a probe asks. `live`: the loop turns. `ready`: started, not failed, and the database answers. `/healthz`: what tests wait for."""

import asyncio
from typing import TYPE_CHECKING, Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.jobs.tick import next_due
from bot.web.metrics import TYPE, Metrics
from storage import inbox, outbox, pauses
from storage.tx import Tx

if TYPE_CHECKING:
    from bot.app import Bot

log = structlog.get_logger()
PATIENCE_SECONDS = 4.0  # a probe gives up after five


def routes(bot: "Bot") -> list[Route]:
    metrics = Metrics(bot)

    async def live(_request: Request) -> Response:
        """While Telegram or the database is away there is nothing that a restart would mend: alive, not ready."""
        return JSONResponse({"ok": True})

    async def ready(_request: Request) -> Response:
        reason = await _not_ready(bot)
        return JSONResponse({"ok": not reason, "reason": reason}, 503 if reason else 200)

    async def health(_request: Request) -> Response:
        if not bot.ready:
            return JSONResponse({"ok": False}, 503)

        async def unit(tx: Tx) -> dict[str, Any]:
            return {
                "inbox": await inbox.count(tx),
                "outbox": await outbox.due_count(tx),
                "now": tx.now,
                "paused": bool(await pauses.paused(tx)),
            }

        found = await bot.store.read(unit)
        # In this order: what was due and is not any more stands in the outbox by now, so "idle" cannot pass it by.
        found["next_due"] = await next_due(bot.store)
        return JSONResponse(found | {"ok": True, "idle": await bot.idle(), "busy": bot.dispatch.busy})

    async def scraped(_request: Request) -> Response:
        return Response(await metrics.text(), media_type=TYPE)

    return [Route("/healthz", health), Route("/healthz/live", live), Route("/healthz/ready", ready), Route("/metrics", scraped)]


async def _not_ready(bot: "Bot") -> str:
    """Why not; empty where it is."""
    if bot.failed.done():
        return "failed"
    if not bot.ready:
        return "starting"
    try:
        await asyncio.wait_for(bot.store.read(inbox.count), PATIENCE_SECONDS)
    except Exception as error:  # noqa: BLE001  whatever it is, the database does not answer
        log.warning("health.database", error=type(error).__name__)
        return "database"
    return ""
