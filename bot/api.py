"""Calls to the Bot API as plain JSON, with errors told apart by what they ask of us. Delivery and intake use it.

python-telegram-bot would parse every answer into objects that delivery throws away; that is a third of the time of a send.
"""

import json
from collections.abc import Mapping
from typing import Any

from bot.token import Token
from bot.transport import BrokenError, NotSentError, Transport, Upload
from domain.compact import pack, unpack

SLOWEST_LINE = 100_000  # bytes a second: an upload gets the time it needs, or it would be sent again and again


class ApiError(Exception):
    """Telegram said no; `description` is its own word for it."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description


class BadRequestError(ApiError):
    """The request can never work as it is."""


class ForbiddenError(ApiError):
    """The person blocked the bot, or the bot is out of the group."""


class UnauthorizedError(ApiError):
    """The token is wrong."""


class ConflictError(ApiError):
    """Somebody else polls with this token, or a webhook is set."""


class SlowDownError(ApiError):
    """429: nothing more to what it concerns for `retry_after` seconds."""

    def __init__(self, description: str, retry_after: float) -> None:
        super().__init__(429, description)
        self.retry_after = retry_after


class MigratedError(ApiError):
    """The group became a supergroup with another id."""

    def __init__(self, description: str, chat: int) -> None:
        super().__init__(400, description)
        self.chat = chat


class UnavailableError(Exception):
    """No usable answer. `ambiguous`: Telegram may have done it (the connection broke after the request was sent)."""

    def __init__(self, reason: str, *, ambiguous: bool) -> None:
        super().__init__(reason)
        self.ambiguous = ambiguous


class Api:
    """One bot's methods on the server `url`. The token is part of each address and must never reach a log."""

    def __init__(self, transport: Transport, url: str, token: Token) -> None:
        self._transport = transport
        self._url = url
        self._token = token

    async def call(self, method: str, payload: Mapping[str, Any], *, seconds: float = 20.0, upload: Upload | None = None) -> Any:
        while True:
            token = self._token.value
            try:
                result = await self._call(token, method, payload, seconds, upload)
            except UnauthorizedError as error:
                if self._token.renew(token):
                    continue  # each time with another than the one that was refused
                if self._token.awaited:
                    raise UnavailableError("Telegram does not know the token any more", ambiguous=False) from error
                raise
            self._token.known = True
            return result

    async def download(self, path: str, seconds: float = 60.0) -> bytes:
        """A file that `getFile` has named."""
        status, content = await self._transport.get(f"{self._url}/file/bot{self._token.value}/{path}", seconds)
        if status != 200:
            raise UnavailableError(f"file answered {status}", ambiguous=False)
        return content

    async def _call(self, token: str, method: str, payload: Mapping[str, Any], seconds: float, upload: Upload | None) -> Any:
        url = f"{self._url}/bot{token}/{method}"
        try:
            if upload is None:
                # A lone surrogate can never be sent: it becomes a question mark, the rest of the words arrives.
                status, body = await self._transport.post(url, pack(payload, halves="replace"), seconds)
            else:
                seconds += len(upload.content) / SLOWEST_LINE
                status, body = await self._transport.post_form(url, _fields(payload), upload, seconds)
        except NotSentError as error:
            raise UnavailableError("no connection", ambiguous=False) from error
        except BrokenError as error:
            raise UnavailableError(str(error), ambiguous=True) from error
        return _result(status, body)


def _fields(payload: Mapping[str, Any]) -> dict[str, str]:
    """Of a form: words as they are, anything else as JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in payload.items()}


def _result(status: int, body: bytes) -> Any:
    try:
        answer = unpack(body)
    except ValueError as error:
        raise UnavailableError(f"status {status} without JSON", ambiguous=False) from error
    if answer.get("ok"):
        return answer["result"]
    raise _error(answer.get("error_code", status), str(answer.get("description", "")), answer.get("parameters") or {})


def _error(code: int, description: str, parameters: Mapping[str, Any]) -> Exception:
    if code == 429:
        return SlowDownError(description, float(parameters.get("retry_after", 1)))
    if "migrate_to_chat_id" in parameters:
        return MigratedError(description, int(parameters["migrate_to_chat_id"]))
    if code >= 500:
        return UnavailableError(f"status {code}", ambiguous=False)
    kinds = {401: UnauthorizedError, 404: UnauthorizedError, 403: ForbiddenError, 409: ConflictError}
    return kinds.get(code, BadRequestError)(code, description)
