"""The parameters of one request, however they came: query, urlencoded, multipart or JSON."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from sandbox.errors import ApiError, bad
from sandbox.files import MAX_UPLOAD

JSON = dict[str, Any]


def whole(value: Any) -> int:
    """Telegram reads what is not a number as 0."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


@dataclass(slots=True)
class Upload:
    name: str
    mime_type: str
    data: bytes


@dataclass(slots=True)
class Params:
    values: JSON = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.values or name in self.uploads

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        return whole(self.values.get(name, default))

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def json(self, name: str) -> Any:
        """A JSON value: parsed already in a JSON body, a string in the other forms. None where absent or empty."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad(f"can't parse {name} JSON object") from error

    def upload(self, name: str) -> Upload | None:
        """A file sent under its own name, or under another one that `attach://` points to."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.uploads.get(value.removeprefix("attach://"))
        return self.uploads.get(name)

    def logged(self) -> JSON:
        """For the log: values that hold JSON are parsed, files are given by name and size."""
        shown: JSON = {name: _unfold(value) for name, value in self.values.items()}
        for name, upload in self.uploads.items():
            shown[name] = {"file_name": upload.name, "file_size": len(upload.data)}
        return shown


def _unfold(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


async def read_params(request: web.Request) -> Params:
    params = Params(values=dict(request.query))
    if request.method != "POST":
        return params
    if request.content_type == "application/json":
        params.values |= await _json_body(request)
    elif request.content_type.startswith("multipart/"):
        await _multipart(request, params)
    else:
        try:
            params.values |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        except UnicodeDecodeError as error:
            raise bad("strings must be encoded in UTF-8") from error
    return params


async def _json_body(request: web.Request) -> JSON:
    body = await request.read()
    if not body:
        return {}
    try:
        value = json.loads(body)
    except ValueError as error:
        raise bad("can't parse JSON object") from error
    if not isinstance(value, dict):
        raise bad("object expected")
    return {name: item for name, item in value.items() if item is not None}


async def _multipart(request: web.Request, params: Params) -> None:
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        data = bytes(await part.read(decode=True))
        if part.filename is None:
            params.values[part.name] = data.decode()
            continue
        if len(data) > MAX_UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
        mime_type = part.headers.get("Content-Type", "")
        # Telegram's server undoes percents in a quoted name.
        params.uploads[part.name] = Upload(unquote(part.filename), mime_type, data)
