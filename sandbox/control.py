"""The control API: what tests, tours and the chat page use to be people, to look, to move the clock and to make things fail."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox import groups
from sandbox.botapi import WORLD
from sandbox.control_input import Ask, read_ask
from sandbox.control_people import PEOPLE_CALLS
from sandbox.errors import ApiError, ControlError
from sandbox.files import StoredFile
from sandbox.methods.commands import commands_for, menu_for
from sandbox.views import message_for_person

JSON = dict[str, Any]
Answer = Any
Control = Callable[[Ask], Answer | Awaitable[Answer]]


def bots(ask: Ask) -> JSON:
    privacy = ask.flag("privacy", default=True)
    bot = ask.world.add_bot(ask.text("token"), ask.text("username"), ask.text("name", ask.text("username")), privacy=privacy)
    return {"id": bot.id, "username": bot.username}


def list_bots(ask: Ask) -> list[JSON]:
    return [{"id": bot.id, "username": bot.username, "name": bot.name} for bot in ask.world.bots.values()]


def revoke(ask: Ask) -> JSON:
    return {"id": ask.world.revoke(ask.text("token"), ask.text("new")).id}


def people(ask: Ask) -> JSON:
    language, username, about = ask.text("language_code", "zh-hans"), ask.text("username", ""), ask.text("about", "")
    return ask.world.add_person(ask.text("name"), language, ask.maybe("id"), username, about).control()


def list_people(ask: Ask) -> list[JSON]:
    return [person.control() for person in ask.world.people.values()]


def make_group(ask: Ask) -> JSON:
    group = groups.create(ask.world, ask.text("title"), ask.ids("members"), ask.text("kind", "supergroup"), ask.ids("admins"))
    return group.control()


def list_groups(ask: Ask) -> list[JSON]:
    return [group.control() for group in ask.world.groups.values()]


def group_members(ask: Ask) -> JSON:
    chat = ask.group()
    groups.change_members(ask.world, chat, ask.ids("add"), ask.ids("remove"))
    return chat.control()


def migrate(ask: Ask) -> JSON:
    return {"id": groups.migrate(ask.world, ask.group()).id}


def rename(ask: Ask) -> JSON:
    chat = ask.group()
    groups.rename(ask.world, chat, ask.text("title"))
    return chat.control()


def mute(ask: Ask) -> JSON:
    chat = ask.group()
    for bot in ask.world.bots_of(chat):
        groups.mute(ask.world, chat, bot)
    return chat.control()


def chat(ask: Ask) -> JSON:
    person = ask.person()
    place, after = ask.chat(person, opening=False), ask.integer("after", 0)
    bot = place.bot or next(iter(ask.world.bots_of(place)), None)
    visible = [message for message in place.messages.values() if message.id > after and not message.deleted]
    return {
        "messages": [message_for_person(message, person) for message in visible],
        "blocked": place.blocked,
        "menu": menu_for(bot, place.id) if bot else None,
        "commands": commands_for(bot, place, person) if bot else [],
        "reply_keyboard": _standing_keyboard([message_for_person(message, person) for message in visible]),
    }


def _standing_keyboard(seen: list[JSON]) -> list[list[JSON]] | None:
    """The keyboard that stands below the chat: the newest one shown, unless a newer message took it away."""
    newest = next((each["reply_keyboard"] for each in reversed(seen) if each["reply_keyboard"] is not None), None)
    return newest or None


def answers(ask: Ask) -> list[JSON]:
    after = ask.integer("after", 0)
    return [answer for answer in ask.world.answers.get(ask.person().id, []) if answer["n"] > after]


async def wait(ask: Ask) -> JSON:
    events = await ask.world.events.wait(ask.integer("after", 0), ask.number("timeout", 25))
    return {"n": ask.world.events.n, "events": events}


def log(ask: Ask) -> list[JSON]:
    return ask.world.log.after(ask.integer("after", 0), ask.text("method", "") or None)


def add_fault(ask: Ask) -> JSON:
    return {"id": ask.world.faults.add(ask.values)}


def clear_faults(ask: Ask) -> JSON:
    ask.world.faults.clear()
    return {}


async def clock(ask: Ask) -> JSON:
    known = ask.maybe("known")
    if known is not None:
        await ask.world.clock.wait_moved(known, ask.number("timeout", 25))
    return ask.world.clock.state()


def move_clock(ask: Ask) -> JSON:
    ask.world.clock.move(now=ask.maybe("now"), advance_ms=ask.maybe("advance_ms"), force=ask.flag("force"))
    return ask.world.clock.state()


def updates(ask: Ask) -> list[JSON]:
    return [
        {"bot": bot.id, "username": bot.username, "waiting": len(bot.updates), "confirmed": bot.updates.confirmed}
        for bot in ask.world.bots.values()
    ]


def rates(ask: Ask) -> JSON:
    """Change the limits, or switch them off for a benchmark; changing anything forgets what was counted."""
    limits = ask.world.rates
    limits.enabled = ask.flag("enabled", default=limits.enabled)
    limits.overall = ask.number("overall", limits.overall)
    limits.chat_burst = ask.number("chat_burst", limits.chat_burst)
    limits.chat_per_second = ask.number("chat_per_second", limits.chat_per_second)
    limits.group_per_minute = ask.integer("group_per_minute", limits.group_per_minute)
    limits.forget()
    return {name: getattr(limits, name) for name in ("enabled", "overall", "chat_burst", "chat_per_second", "group_per_minute")}


CALLS: dict[tuple[str, str], Control] = {
    ("POST", "bots"): bots,
    ("GET", "bots"): list_bots,
    ("POST", "bots/revoke"): revoke,
    ("POST", "people"): people,
    ("GET", "people"): list_people,
    ("POST", "groups"): make_group,
    ("GET", "groups"): list_groups,
    ("POST", "groups/members"): group_members,
    ("POST", "groups/migrate"): migrate,
    ("POST", "groups/rename"): rename,
    ("POST", "groups/mute"): mute,
    ("GET", "chat"): chat,
    ("GET", "answers"): answers,
    ("GET", "wait"): wait,
    ("GET", "log"): log,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("GET", "clock"): clock,
    ("POST", "clock"): move_clock,
    ("GET", "updates"): updates,
    ("POST", "rates"): rates,
    **{("POST", name): call for name, call in PEOPLE_CALLS.items()},
}


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(value, ensure_ascii=False).encode(), status=status, content_type="application/json")


async def handle(request: web.Request) -> web.Response:
    call = CALLS.get((request.method, request.match_info["name"]))
    if call is None:
        return _json({"error": "there is no such call"}, 404)
    try:
        answer = call(await read_ask(request, request.app[WORLD]))
        return _json(await answer if isinstance(answer, Awaitable) else answer)
    except ControlError as error:
        return _json({"error": error.text}, error.status)
    except ApiError as error:
        return _json({"error": error.description}, 400)


async def file(request: web.Request) -> web.Response:
    stored: StoredFile | None = request.app[WORLD].files.by_unique(request.match_info["unique"])
    if stored is None:
        return _json({"error": "there is no such file"}, 404)
    mime_type = stored.mime_type if "/" in stored.mime_type else "application/octet-stream"
    return web.Response(body=stored.data, headers={"Content-Type": mime_type})


def add_routes(app: web.Application) -> None:
    app.router.add_get("/control/file/{unique}", file)
    app.router.add_route("*", "/control/{name:.+}", handle)
