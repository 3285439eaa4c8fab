"""What exists in the local Telegram: people, bots, chats, messages, presses."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.updates import UpdateQueue

JSON = dict[str, Any]


@dataclass(slots=True)
class Person:
    id: int
    name: str
    language_code: str
    username: str = ""
    # A few words on who this is, for the chat page; bots never see them.
    about: str = ""
    deactivated: bool = False

    def api(self) -> JSON:
        user: JSON = {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language_code}
        if self.username:
            user["username"] = self.username
        return user

    def control(self) -> JSON:
        return {"id": self.id, "name": self.name, "language_code": self.language_code, "username": self.username, "about": self.about}


@dataclass(slots=True)
class Bot:
    """`privacy` is BotFather's switch; it stands on unless turned off when the bot is made."""

    id: int
    token: str
    username: str
    name: str
    updates: UpdateQueue
    privacy: bool = True
    # (scope, language) -> commands; a scope is a tuple such as ("chat", 5) so that it can be a key.
    commands: dict[tuple[tuple[Any, ...], str], list[JSON]] = field(default_factory=dict)
    # chat id, or 0 for the default -> MenuButton
    menus: dict[int, JSON] = field(default_factory=dict)

    def api(self) -> JSON:
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass(slots=True, eq=False)
class Message:
    """`content` holds the fields of the Bot API's Message that tell what it says; files stand in it by `file_unique_id` only."""

    id: int
    chat: "Chat"
    sender: Person | Bot
    date_ms: int
    content: JSON
    markup: JSON | None = None
    reply_to: "Message | None" = None
    edit_ms: int | None = None
    deleted: bool = False
    silent: bool = False  # it arrived without a sound; bots are not told

    @property
    def service(self) -> bool:
        return not CONTENT_KINDS.isdisjoint(self.content)

    @property
    def keyboard(self) -> list[list[JSON]]:
        rows: list[list[JSON]] = (self.markup or {}).get("inline_keyboard", [])
        return rows


# Fields that mark a service message: nobody wrote it.
CONTENT_KINDS = frozenset({
    "new_chat_members", "left_chat_member", "new_chat_title", "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message",
    "group_chat_created",
})  # fmt: skip


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat is one person with one bot; a group has `members`: id -> creator, administrator, member, left, kicked."""

    id: int
    kind: str
    title: str = ""
    person: Person | None = None
    bot: Bot | None = None
    members: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    blocked: bool = False
    migrated_to: int | None = None
    last_bot: int | None = None
    pinned: list[int] = field(default_factory=list)

    def api(self) -> JSON:
        if self.person is not None:
            chat: JSON = {"id": self.id, "type": "private", "first_name": self.person.name}
            if self.person.username:
                chat["username"] = self.person.username
            return chat
        return {"id": self.id, "type": self.kind, "title": self.title}

    def present(self, member: int) -> bool:
        if self.person is not None and self.bot is not None:
            return member in {self.person.id, self.bot.id}
        return self.members.get(member) in {"creator", "administrator", "member", "restricted"}

    def control(self) -> JSON:
        members = [member for member in self.members if self.present(member)]
        return {"id": self.id, "title": self.title, "kind": self.kind, "members": members, "migrated_to": self.migrated_to}


@dataclass(slots=True)
class Press:
    """A callback query: answered at most once, and only while it is young (real time)."""

    id: str
    bot: Bot
    person: Person
    chat: Chat
    at: float
    answered: bool = False
