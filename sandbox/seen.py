"""What the control API answers, as the client gives it on. Fields that a newer server adds are kept, not refused."""

from typing import Any

from pydantic import BaseModel, ConfigDict

JSON = dict[str, Any]


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class Person(_Seen):
    id: int
    name: str
    language_code: str
    username: str = ""
    about: str = ""


class Group(_Seen):
    id: int
    title: str
    kind: str
    members: list[int]
    migrated_to: int | None = None


class Button(_Seen):
    text: str
    data: str | None = None
    url: str | None = None


class SeenMessage(_Seen):
    """A message as a person sees it. Times are milliseconds of the sandbox's clock."""

    message_id: int
    chat_id: int
    date: int
    from_id: int
    outgoing: bool
    text: str = ""
    entities: list[JSON] = []
    caption: str | None = None
    keyboard: list[list[Button]] = []
    reply_keyboard: list[list[JSON]] | None = None
    photo: JSON | None = None
    document: JSON | None = None
    voice: JSON | None = None
    video: JSON | None = None
    location: JSON | None = None
    contact: JSON | None = None
    media_group_id: str | None = None
    edited: bool = False
    deleted: bool = False
    reply_to: int | None = None
    protected: bool = False
    silent: bool = False
    service: str | None = None

    @property
    def words(self) -> str:
        """Text or caption."""
        return self.text or self.caption or ""

    @property
    def labels(self) -> list[str]:
        return [button.text for row in self.keyboard for button in row]

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.keyboard for button in row]


class ChatView(_Seen):
    messages: list[SeenMessage]
    blocked: bool = False
    menu: JSON | None = None
    commands: list[JSON] = []
    reply_keyboard: list[list[JSON]] | None = None


class CallbackAnswer(_Seen):
    n: int
    callback_id: str
    text: str
    alert: bool


class LogEntry(_Seen):
    """One request of a bot; `at_ms` is real time."""

    n: int
    at_ms: int
    method: str
    params: JSON
    ok: bool
    code: int
    description: str = ""
    message_id: int | None = None
    chat_id: int | None = None
    bot: int | None = None
    dropped: bool = False


class ClockState(_Seen):
    now: int
    version: int
    offset: int
