"""The HTTP side of the Bot API: one request in, one answer out, one line in the log."""

import asyncio
import inspect
import json
import time
from typing import Any

from aiohttp import web

from sandbox.errors import ApiError
from sandbox.faults import Fault
from sandbox.methods import METHODS, Call
from sandbox.model import Bot
from sandbox.params import Params, read_params
from sandbox.world import World

JSON = dict[str, Any]
WORLD = web.AppKey("world", World)


def _answer(body: JSON) -> web.Response:
    status = body.get("error_code", 200)
    return web.Response(body=json.dumps(body, ensure_ascii=False).encode(), status=status, content_type="application/json")


def _refusal(error: ApiError) -> JSON:
    body: JSON = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return body


async def _read(request: web.Request) -> Params:
    try:
        return await read_params(request)
    except web.HTTPRequestEntityTooLarge as error:
        raise ApiError(413, "Request Entity Too Large") from error


async def _perform(call: Call, name: str) -> Any:
    function = METHODS.get(name)
    if function is None:
        raise ApiError(404, "Not Found: method not found")
    result = function(call)
    return await result if inspect.isawaitable(result) else result


async def _suffer(fault: Fault | None) -> None:
    """What happens before the work is done, if a fault was ordered."""
    if fault is None:
        return
    if fault.kind in {"timeout", "delay"}:
        await asyncio.sleep(fault.seconds)
    if fault.kind == "timeout":
        raise ApiError(504, fault.description or "Gateway Timeout")
    if (error := fault.error()) is not None:
        raise error


async def handle(request: web.Request) -> web.StreamResponse:
    world = request.app[WORLD]
    token, method = request.match_info["token"], request.match_info["method"]
    bot = world.by_token.get(token)
    if bot is None:
        body = _refusal(ApiError(401, "Unauthorized"))
        _log(world, None, method, Params(), body, None, dropped=False)
        return _answer(body)
    return await _handle(request, world, bot, method)


async def _handle(request: web.Request, world: World, bot: Bot, method: str) -> web.StreamResponse:
    try:
        params = await _read(request)
    except ApiError as error:
        body = _refusal(error)
        _log(world, bot, method, Params(), body, None, dropped=False)
        return _answer(body)
    call = Call(world, bot, params)
    fault = world.faults.find(method.lower(), params.integer("chat_id") or None)
    if fault is None:
        return _answer(await _work(call, method, None))
    # Telegram does what it has accepted, whether or not the client still waits for the answer.
    task = asyncio.create_task(_work(call, method, fault))
    world.running.add(task)
    task.add_done_callback(world.running.discard)
    body = await asyncio.shield(task)
    if fault.kind == "drop" and request.transport is not None:
        request.transport.abort()
    return _answer(body)


async def _work(call: Call, method: str, fault: Fault | None) -> JSON:
    try:
        await _suffer(fault)
        body: JSON = {"ok": True, "result": await _perform(call, method.lower())}
    except ApiError as error:
        body = _refusal(error)
    dropped = fault is not None and fault.kind == "drop"
    _log(call.world, call.bot, method, call.params, body, call.message_id, dropped=dropped)
    return body


def _log(world: World, bot: Bot | None, method: str, params: Params, body: JSON, message_id: int | None, *, dropped: bool) -> None:
    world.log.add({
        "at_ms": time.time_ns() // 1_000_000,
        "method": method,
        "params": params.logged(),
        "ok": body["ok"],
        "code": body.get("error_code", 200),
        "description": body.get("description", ""),
        "message_id": message_id,
        "chat_id": params.integer("chat_id") or None,
        "bot": bot.id if bot is not None else None,
        "dropped": dropped,
    })  # fmt: skip


async def download(request: web.Request) -> web.Response:
    """`/file/bot<token>/<path>`: only with the token of a bot; the path is given by getFile."""
    world = request.app[WORLD]
    stored = world.files.by_path(request.match_info["path"])
    if request.match_info["token"] not in world.by_token:
        return _answer(_refusal(ApiError(401, "Unauthorized")))
    if stored is None:
        return _answer(_refusal(ApiError(404, "Not Found")))
    return web.Response(body=stored.data, content_type="application/octet-stream")


def add_routes(app: web.Application) -> None:
    app.router.add_route("*", "/bot{token}/{method}", handle)
    app.router.add_get("/file/bot{token}/{path:.+}", download)
