"""The typed client of the control API, for tests and tours: be a person, look at chats, move the clock, order faults."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp

from sandbox.seen import Button, CallbackAnswer, ChatView, ClockState, Group, LogEntry, Person, SeenMessage

JSON = dict[str, Any]
T = TypeVar("T")

__all__ = ["Button", "CallbackAnswer", "ChatView", "ClockState", "Group", "LogEntry", "Person", "Sandbox", "SandboxError", "SeenMessage"]


class SandboxError(Exception):
    """The control API refused; the text says why."""


def _id(who: "int | Person") -> int:
    return who if isinstance(who, int) else who.id


async def _result(answer: aiohttp.ClientResponse) -> Any:
    result = await answer.json()
    if answer.status >= 400:
        raise SandboxError(str(result.get("error", answer.status)))
    return result


def _given(**values: Any) -> JSON:
    return {name: value for name, value in values.items() if value is not None}


class Sandbox:
    """`async with Sandbox(url) as sandbox`. Every method raises `SandboxError` where the control API says no."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, http: str, name: str, values: JSON | None = None) -> Any:
        """Any control call; the methods below are its typed forms."""
        query = {key: str(value) for key, value in (values or {}).items()} if http == "GET" else None
        body = None if http == "GET" else (values or {})
        async with self._open().request(http, f"{self.url}/control/{name}", params=query, json=body) as answer:
            return await _result(answer)

    def _open(self) -> aiohttp.ClientSession:
        assert self._session is not None, "use it as `async with Sandbox(url)`"
        return self._session

    async def _post(self, name: str, /, **values: Any) -> Any:
        return await self.call("POST", name, _given(**values))

    async def _get(self, name: str, /, **values: Any) -> Any:
        return await self.call("GET", name, _given(**values))

    # --- who there is

    async def bot(self, token: str, username: str, name: str = "", *, privacy: bool = True) -> int:
        """Make a bot (again, if it is there already) and return its id."""
        made = await self._post("bots", token=token, username=username, name=name or username, privacy=privacy)
        return int(made["id"])

    async def person(
        self,
        name: str,
        *,
        language_code: str = "zh-hans",
        id: int | None = None,  # noqa: A002 - the API's own word
        username: str | None = None,
        about: str | None = None,
    ) -> Person:
        values = {"name": name, "language_code": language_code, "id": id, "username": username, "about": about}
        return Person.model_validate(await self._post("people", **values))

    async def people(self) -> list[Person]:
        return [Person.model_validate(each) for each in await self._get("people")]

    async def group(
        self, title: str, members: Sequence["int | Person"], *, kind: str = "supergroup", admins: Sequence["int | Person"] = ()
    ) -> Group:
        """Members are people and ids of bots; the first person made the group."""
        ids, chiefs = [_id(each) for each in members], [_id(each) for each in admins]
        return Group.model_validate(await self._post("groups", title=title, members=ids, kind=kind, admins=chiefs))

    async def groups(self) -> list[Group]:
        return [Group.model_validate(each) for each in await self._get("groups")]

    async def change_members(self, chat: int, *, add: Sequence["int | Person"] = (), remove: Sequence["int | Person"] = ()) -> Group:
        added, removed = [_id(each) for each in add], [_id(each) for each in remove]
        return Group.model_validate(await self._post("groups/members", chat=chat, add=added, remove=removed))

    async def migrate(self, chat: int) -> int:
        """Make a small group a supergroup and return its new id."""
        return int((await self._post("groups/migrate", chat=chat))["id"])

    async def rename(self, chat: int, title: str) -> Group:
        return Group.model_validate(await self._post("groups/rename", chat=chat, title=title))

    async def mute(self, chat: int) -> Group:
        """Take the right to write there from the bots of a supergroup."""
        return Group.model_validate(await self._post("groups/mute", chat=chat))

    # --- being a person

    async def start(self, user: "int | Person", payload: str | None = None, *, bot: int | str | None = None) -> SeenMessage:
        return SeenMessage.model_validate(await self._post("start", user=_id(user), payload=payload, bot=bot))

    async def write(
        self, user: "int | Person", text: str, *, chat: int | None = None, reply_to: int | None = None, forward_from: int | None = None
    ) -> SeenMessage:
        answer = await self._post("write", user=_id(user), text=text, chat=chat, reply_to=reply_to, forward_from=forward_from)
        return SeenMessage.model_validate(answer)

    async def press(
        self,
        user: "int | Person",
        label: str | None = None,
        *,
        data: str | None = None,
        chat: int | None = None,
        message_id: int | None = None,
        row: int | None = None,
        col: int | None = None,
        force: bool | None = None,
    ) -> str:
        """Press a button and return the id of the callback query. `force` presses `data` that no button has."""
        place = {"chat": chat, "message_id": message_id, "row": row, "col": col}
        return str((await self._post("press", user=_id(user), label=label, data=data, force=force, **place))["callback_id"])

    async def send(
        self,
        user: "int | Person",
        kind: str,
        content: bytes | None = None,
        *,
        chat: int | None = None,
        caption: str | None = None,
        file_name: str | None = None,
        mime_type: str | None = None,
        latitude: float | None = None,
        longitude: float | None = None,
        phone_number: str | None = None,
        reply_to: int | None = None,
        media_group_id: str | None = None,
    ) -> SeenMessage:
        """Send a photo, document, voice, video or sticker (`content`), a location or a contact."""
        file = {"file_name": file_name, "mime_type": mime_type, "caption": caption, "media_group_id": media_group_id}
        place = {"latitude": latitude, "longitude": longitude, "phone_number": phone_number, "chat": chat, "reply_to": reply_to}
        values = _given(user=_id(user), kind=kind, **file, **place)
        if content is None:
            return SeenMessage.model_validate(await self._post("send", **values))
        # Names of fields and files stay as they are: quoting would spoil a Chinese file name.
        form = aiohttp.FormData(quote_fields=False)
        for name, value in values.items():
            form.add_field(name, str(value))
        form.add_field("file", io.BytesIO(content), filename=file_name or "file")
        async with self._open().post(f"{self.url}/control/send", data=form) as answer:
            return SeenMessage.model_validate(await _result(answer))

    async def edit(self, user: "int | Person", message_id: int, text: str, *, chat: int | None = None) -> SeenMessage:
        return SeenMessage.model_validate(await self._post("edit", user=_id(user), message_id=message_id, text=text, chat=chat))

    async def delete(self, user: "int | Person", message_id: int, *, chat: int | None = None) -> None:
        await self._post("delete", user=_id(user), message_id=message_id, chat=chat)

    async def block(self, user: "int | Person", *, bot: int | str | None = None) -> None:
        await self._post("block", user=_id(user), bot=bot)

    async def unblock(self, user: "int | Person", *, bot: int | str | None = None) -> None:
        await self._post("unblock", user=_id(user), bot=bot)

    async def deactivate(self, user: "int | Person") -> None:
        await self._post("deactivate", user=_id(user))

    # --- looking

    async def chat(self, user: "int | Person", *, chat: int | None = None, after: int = 0) -> ChatView:
        return ChatView.model_validate(await self._get("chat", user=_id(user), chat=chat, after=after))

    async def messages(self, user: "int | Person", *, chat: int | None = None, after: int = 0) -> list[SeenMessage]:
        return (await self.chat(user, chat=chat, after=after)).messages

    async def answers(self, user: "int | Person", *, after: int = 0) -> list[CallbackAnswer]:
        return [CallbackAnswer.model_validate(each) for each in await self._get("answers", user=_id(user), after=after)]

    async def log(self, *, after: int = 0, method: str | None = None) -> list[LogEntry]:
        return [LogEntry.model_validate(each) for each in await self._get("log", after=after, method=method)]

    async def updates(self) -> list[JSON]:
        """Per bot: `waiting` and `confirmed`."""
        result: list[JSON] = await self._get("updates")
        return result

    async def file(self, file_unique_id: str) -> bytes:
        async with self._open().get(f"{self.url}/control/file/{file_unique_id}") as answer:
            if answer.status >= 400:
                raise SandboxError("there is no such file")
            return await answer.read()

    # --- waiting

    async def events(self, after: int, *, seconds: float = 25) -> tuple[int, list[JSON]]:
        """What changed since event `after`, as soon as there is something: the newest number, and the events."""
        answer = await self._get("wait", after=after, timeout=seconds)
        return answer["n"], answer["events"]

    async def until(self, look: Callable[[], Awaitable[T | None]], *, seconds: float = 10, what: str = "it") -> T:
        """Ask `look` after each change in the sandbox until it gives something; AssertionError when the time is up."""
        end = asyncio.get_running_loop().time() + seconds
        seen = (await self.events(0, seconds=0))[0]
        while not (found := await look()):
            rest = end - asyncio.get_running_loop().time()
            if rest <= 0:
                raise AssertionError(f"waited {seconds} s for {what} in vain")
            # At most a second: what is waited for may be a line of the log, which is no event.
            seen = (await self.events(seen, seconds=min(rest, 1.0)))[0]
        return found

    async def wait_message(
        self, user: "int | Person", text: str = "", *, chat: int | None = None, after: int = 0, seconds: float = 10
    ) -> SeenMessage:
        """The newest message from someone else whose text or caption contains `text`, with an id above `after`."""

        async def look() -> SeenMessage | None:
            seen = await self.messages(user, chat=chat, after=after)
            return next((each for each in reversed(seen) if not each.outgoing and text in each.words), None)

        return await self.until(look, seconds=seconds, what=f"a message with {text!r}")

    async def wait_answer(self, user: "int | Person", callback_id: str, *, seconds: float = 10) -> CallbackAnswer:
        """The answer to one press."""

        async def look() -> CallbackAnswer | None:
            return next((each for each in await self.answers(user) if each.callback_id == callback_id), None)

        return await self.until(look, seconds=seconds, what="the answer to a press")

    # --- the world's own doing

    async def clock(self, *, known: int | None = None, seconds: float | None = None) -> ClockState:
        return ClockState.model_validate(await self._get("clock", known=known, timeout=seconds))

    async def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> ClockState:
        step = round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
        return ClockState.model_validate(await self._post("clock", advance_ms=step))

    async def set_clock(self, now_ms: int, *, force: bool = False) -> ClockState:
        return ClockState.model_validate(await self._post("clock", now=now_ms, force=force))

    async def fault(
        self,
        kind: str,
        *,
        method: str | None = None,
        chat: int | None = None,
        times: int = 1,
        seconds: float | None = None,
        probability: float | None = None,
        description: str | None = None,
    ) -> int:
        """Order a fault (see README); one without a method spares getUpdates."""
        when = {"method": method, "chat": chat, "times": times}
        how = {"seconds": seconds, "probability": probability, "description": description}
        return int((await self._post("faults", kind=kind, **when, **how))["id"])

    async def clear_faults(self) -> None:
        await self.call("DELETE", "faults")

    async def rates(self, *, enabled: bool) -> None:
        """Switch the limits on sending on or off; either way forget what was counted."""
        await self._post("rates", enabled=enabled)
