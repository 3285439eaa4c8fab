"""Everything that exists in one local Telegram, and the few things that can happen in it. In memory; gone when the process ends."""

import asyncio
import itertools
from typing import Any

from sandbox.clock import Clock
from sandbox.delivery import tell_membership, tell_message, tell_press
from sandbox.errors import ControlError
from sandbox.faults import Faults
from sandbox.files import Files
from sandbox.model import Bot, Chat, Message, Person, Press
from sandbox.rates import Rates
from sandbox.request_log import RequestLog
from sandbox.updates import CALLBACK_LIFE_S, UpdateQueue
from sandbox.waiting import Events
from sandbox.webhook import Webhook

JSON = dict[str, Any]


class World:
    def __init__(self) -> None:
        self.clock = Clock()
        self.files = Files()
        self.events = Events()
        self.faults = Faults()
        self.log = RequestLog()
        self.webhooks: dict[int, Webhook] = {}
        self.rates = Rates(lambda: self.clock.real())  # noqa: PLW0108 - looked up late, so that a test can put its own
        self.bots: dict[int, Bot] = {}
        self.by_token: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.private: dict[tuple[int, int], Chat] = {}
        self.groups: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.answers: dict[int, list[JSON]] = {}
        # Requests under a fault, which go on though their client has hung up.
        self.running: set[asyncio.Task[JSON]] = set()
        # Above 2^32, as most accounts of today, so that nobody keeps ids in 32 bits.
        self._people_ids = itertools.count(6_100_000_001)
        self._group_ids = itertools.count(1)
        self._press_ids = itertools.count(4_380_000_000_000_001)
        self._answer_numbers = itertools.count(1)
        self._album_ids = itertools.count(13_800_000_000_001)
        # Private chats and small groups share one sequence, as in Telegram: the ids of a chat have gaps.
        self._message_ids = itertools.count(1)

    # --- who there is

    def add_bot(self, token: str, username: str, name: str, *, privacy: bool = True) -> Bot:
        known = self.by_token.get(token)
        if known is not None:
            return known
        head = token.partition(":")[0]
        if not head.isdigit() or int(head) in self.bots:
            raise ControlError("a token is NUMBER:SECRET, each bot has its own number")
        bot = Bot(int(head), token, username.removeprefix("@"), name, UpdateQueue(self.clock), privacy)
        self.bots[bot.id] = self.by_token[token] = bot
        return bot

    def revoke(self, token: str, new: str) -> Bot:
        """What BotFather does: the old token is unknown from now on, the bot and its chats stay."""
        bot = self.by_token.get(token)
        if bot is None or new in self.by_token or new.partition(":")[0] != str(bot.id) or not new.partition(":")[2]:
            raise ControlError("the old token is a bot's, the new one has the same number and another secret")
        del self.by_token[token]
        bot.token = new
        self.by_token[new] = bot
        return bot

    def add_person(self, name: str, language_code: str, person_id: int | None, username: str, about: str = "") -> Person:
        if person_id is not None and (known := self.people.get(person_id)) is not None:
            known.name, known.language_code, known.username = name, language_code, username or known.username
            known.about = about or known.about
            return known
        if person_id is None:
            person_id = next(number for number in self._people_ids if number not in self.people)
        if person_id in self.bots:
            raise ControlError("this id belongs to a bot")
        person = self.people[person_id] = Person(person_id, name, language_code, username, about)
        self.events.add("person", 0, person_id)
        return person

    def open_private(self, bot: Bot, person: Person) -> Chat:
        key = (bot.id, person.id)
        if key not in self.private:
            self.private[key] = Chat(person.id, "private", person=person, bot=bot)
        return self.private[key]

    def bots_of(self, chat: Chat) -> list[Bot]:
        if chat.bot is not None:
            return [] if chat.blocked else [chat.bot]
        return [bot for member in chat.members if chat.present(member) and (bot := self.bots.get(member)) is not None]

    def new_group_id(self, kind: str) -> int:
        number = next(self._group_ids)
        return -1_001_000_000_000 - number if kind == "supergroup" else -4_000_000_000 - number

    def new_album_id(self) -> str:
        return str(next(self._album_ids))

    # --- messages

    def post(
        self,
        chat: Chat,
        sender: Person | Bot,
        content: JSON,
        *,
        markup: JSON | None = None,
        reply_to: Message | None = None,
        silent: bool = False,
    ) -> Message:
        """Put a message into a chat and tell the bots that may read it."""
        message_id = len(chat.messages) + 1 if chat.kind == "supergroup" else next(self._message_ids)
        message = Message(message_id, chat, sender, self.clock.now(), content, markup, reply_to, silent=silent)
        chat.messages[message_id] = message
        if isinstance(sender, Bot):
            chat.last_bot = sender.id
        # A bot never hears another bot; service messages that a bot caused are told by their own road.
        if isinstance(sender, Person) or message.service:
            tell_message(self.bots_of(chat), message, self.files)
        self.events.add("message", chat.id, self._whose(chat, sender))
        return message

    def edited(self, message: Message, *, by_person: bool) -> None:
        if by_person:
            tell_message(self.bots_of(message.chat), message, self.files, "edited_message")
        self.events.add("edit", message.chat.id, self._whose(message.chat, message.sender))

    def delete(self, message: Message) -> None:
        # The shell stays: someone may still have it on the screen and press a button of it.
        message.deleted = True
        self.events.add("delete", message.chat.id, self._whose(message.chat, message.sender))

    def _whose(self, chat: Chat, sender: Person | Bot) -> int:
        return chat.person.id if chat.person is not None else sender.id

    # --- presses

    def press(self, person: Person, message: Message, data: str) -> Press:
        if not isinstance(message.sender, Bot):
            raise ControlError("this message is not a bot's")
        press = Press(str(next(self._press_ids)), message.sender, person, message.chat, self.clock.real())
        self.presses[press.id] = press
        tell_press(press, message, data, self.files)
        self.events.add("press", message.chat.id, person.id)
        return press

    def answer(self, press: Press, text: str, *, alert: bool) -> None:
        press.answered = True
        n = next(self._answer_numbers)
        shown = {"n": n, "callback_id": press.id, "text": text, "alert": alert}
        self.answers.setdefault(press.person.id, []).append(shown)
        self.events.add("answer", press.chat.id, press.person.id)

    def open_press(self, press_id: str, bot: Bot) -> Press | None:
        press = self.presses.get(press_id)
        if press is None or press.bot is not bot or press.answered or self.clock.real() - press.at > CALLBACK_LIFE_S:
            return None
        return press

    # --- who may write to whom

    def block(self, chat: Chat, *, blocked: bool) -> None:
        if chat.blocked == blocked or chat.bot is None or chat.person is None:
            return
        chat.blocked = blocked
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        tell_membership(chat.bot, chat, chat.person, old, new, self.clock.now())
        self.events.add("member", chat.id, chat.person.id)

    def knows(self, bot: Bot, person_id: int) -> bool:
        """A bot that shares a group with a person knows the id, though it may not write first."""
        return any(group.present(bot.id) and group.present(person_id) for group in self.groups.values())
