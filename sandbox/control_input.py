"""Reading what the control API is asked: who, where, what. A wrong question is answered with 400 or 404."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.errors import ControlError
from sandbox.model import Bot, Chat, Message, Person
from sandbox.params import Upload
from sandbox.world import World

JSON = dict[str, Any]


@dataclass(slots=True)
class Ask:
    """One control request: values from the query, a JSON body or a form; `file` where one came along."""

    world: World
    values: JSON = field(default_factory=dict)
    file: Upload | None = None

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if value is None:
            raise ControlError(f"{name} is missing")
        return str(value)

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.values.get(name)
        value = default if value in {None, ""} else value
        if value is None:
            raise ControlError(f"{name} is missing")
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise ControlError(f"{name} is not a whole number") from error

    def maybe(self, name: str) -> int | None:
        return self.integer(name) if self.values.get(name) not in {None, ""} else None

    def number(self, name: str, default: float | None = None) -> float:
        try:
            return float(self.values.get(name, default))  # type: ignore[arg-type] # None is caught below
        except (TypeError, ValueError) as error:
            raise ControlError(f"{name} is not a number") from error

    def flag(self, name: str, *, default: bool = False) -> bool:
        return str(self.values.get(name, default)).lower() in {"true", "1", "yes"}

    def ids(self, name: str) -> list[int]:
        value = self.values.get(name) or []
        if not isinstance(value, list):
            raise ControlError(f"{name} is a list of ids")
        try:
            return [int(item) for item in value]
        except (TypeError, ValueError) as error:
            raise ControlError(f"{name} is a list of ids") from error

    # --- who and where

    def person(self, name: str = "user") -> Person:
        person = self.world.people.get(self.integer(name))
        if person is None:
            raise ControlError(f"no person has the id {self.values.get(name)}", 404)
        return person

    def bot(self) -> Bot:
        """The bot by id or user name; without one the first."""
        wanted = self.values.get("bot")
        for bot in self.world.bots.values():
            if wanted is None or str(wanted).removeprefix("@") in {str(bot.id), bot.username}:
                return bot
        raise ControlError("there is no such bot", 404)

    def group(self) -> Chat:
        chat = self.world.groups.get(self.integer("chat"))
        if chat is None:
            raise ControlError("there is no such group", 404)
        return chat

    def chat(self, person: Person, *, opening: bool = True) -> Chat:
        """Where the person is: a group by its id; a private chat by the bot's id, else (none, or the person's own id) the first bot's.

        Whoever only looks must not open it: a bot may write to those alone who wrote to it first.
        """
        number = self.maybe("chat")
        if number is not None and number < 0:
            chat = self.group()
            if not chat.present(person.id):
                raise ControlError("the person is not in this group")
            return chat
        bot = self.world.bots.get(number or 0) or self.bot()
        if not opening and (bot.id, person.id) not in self.world.private:
            return Chat(person.id, "private", person=person, bot=bot)
        return self.world.open_private(bot, person)

    def writing(self, person: Person) -> Chat:
        """A chat in which the person may write now."""
        if person.deactivated:
            raise ControlError("this account is deactivated")
        chat = self.chat(person)
        if chat.blocked:
            raise ControlError("the person has blocked this bot; unblock or start first")
        if chat.migrated_to is not None:
            raise ControlError(f"the group became the supergroup {chat.migrated_to}")
        return chat

    def message(self, chat: Chat, name: str = "message_id", *, deleted: bool = False) -> Message:
        message = chat.messages.get(self.integer(name))
        if message is None or (message.deleted and not deleted):
            raise ControlError("there is no such message in this chat", 404)
        return message

    def reply_to(self, chat: Chat) -> Message | None:
        return self.message(chat, "reply_to") if self.maybe("reply_to") is not None else None


async def read_ask(request: web.Request, world: World) -> Ask:
    ask = Ask(world, dict(request.query))
    if request.content_type.startswith("multipart/"):
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            data = bytes(await part.read(decode=True))
            if part.filename is None:
                ask.values[part.name] = data.decode()
            else:
                ask.file = Upload(part.filename, part.headers.get("Content-Type", ""), data)
    elif request.body_exists and (body := await request.read()):
        try:
            value = json.loads(body)
        except ValueError as error:
            raise ControlError("the body is not JSON") from error
        if not isinstance(value, dict):
            raise ControlError("the body is not a JSON object")
        ask.values |= value
    return ask
