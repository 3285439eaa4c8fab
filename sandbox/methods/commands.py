"""The list of commands that people are offered, by scope and language, and the menu button."""

import re
from typing import Any

from sandbox.errors import bad
from sandbox.methods.call import Call, method
from sandbox.model import Bot, Chat, Person
from sandbox.params import whole

JSON = dict[str, Any]
Scope = tuple[Any, ...]

PLAIN_SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
NAME = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"[a-z]{2}")


def _scope(call: Call) -> Scope:
    given = call.params.json("scope") or {"type": "default"}
    kind = given.get("type") if isinstance(given, dict) else None
    if kind in PLAIN_SCOPES:
        return (kind,)
    if kind in {"chat", "chat_administrators"}:
        return (kind, _chat(call, given))
    if kind == "chat_member":
        return (kind, _chat(call, given), whole(given.get("user_id")))
    raise bad("can't parse BotCommandScope: Unsupported type specified")


def _chat(call: Call, scope: JSON) -> int:
    number = whole(scope.get("chat_id"))
    if number not in call.world.groups and (call.bot.id, number) not in call.world.private:
        raise bad("chat not found")
    return number


def _key(call: Call) -> tuple[Scope, str]:
    language = call.params.text("language_code")
    if language and not LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return _scope(call), language


def _command(item: Any) -> JSON:
    if not isinstance(item, dict):
        raise bad("expected an Object")
    name, description = str(item.get("command", "")).removeprefix("/"), str(item.get("description", ""))
    if not NAME.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description.strip()) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description.strip()}


@method("setMyCommands")
def set_my_commands(call: Call) -> bool:
    items = call.params.json("commands")
    if not isinstance(items, list):
        raise bad("expected an Array of BotCommand")
    if len(items) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    call.bot.commands[_key(call)] = [_command(item) for item in items]
    return True


@method("getMyCommands")
def get_my_commands(call: Call) -> list[JSON]:
    return call.bot.commands.get(_key(call), [])


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> bool:
    call.bot.commands.pop(_key(call), None)
    return True


def commands_for(bot: Bot, chat: Chat, person: Person) -> list[JSON]:
    """What this person is offered here: the narrowest scope that has a list, first in the person's language (Bot API,
    "Determining list of commands").
    """
    private = chat.person is not None
    admin = chat.members.get(person.id) in {"creator", "administrator"}
    scopes: list[Scope] = [("chat", chat.id)] if private else [("chat_member", chat.id, person.id)]
    if admin:
        scopes.append(("chat_administrators", chat.id))
    if not private:
        scopes.append(("chat", chat.id))
    if admin:
        scopes.append(("all_chat_administrators",))
    scopes += [("all_private_chats",) if private else ("all_group_chats",), ("default",)]
    language = person.language_code.partition("-")[0]
    for scope in scopes:
        for wanted in (language, ""):
            if found := bot.commands.get((scope, wanted)):
                return found
    return []


@method("setChatMenuButton")
def set_chat_menu_button(call: Call) -> bool:
    chat = call.params.integer("chat_id")
    if chat and (call.bot.id, chat) not in call.world.private:
        raise bad("chat not found")
    call.bot.menus[chat] = call.params.json("menu_button") or {"type": "default"}
    return True


@method("getChatMenuButton")
def get_chat_menu_button(call: Call) -> JSON:
    return menu_for(call.bot, call.params.integer("chat_id"))


def menu_for(bot: Bot, chat: int) -> JSON:
    return bot.menus.get(chat) or bot.menus.get(0) or {"type": "commands" if bot.commands else "default"}
