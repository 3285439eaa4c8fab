"""The ways in which a request may come, as Telegram takes them: the product brings its own transport."""

import json
from typing import Any

import aiohttp
import pytest

from sandbox.client import Person, Sandbox
from tests.sandbox.conftest import TOKEN


async def ask(sandbox: Sandbox, http: str, method: str, **how: Any) -> Any:
    assert sandbox._session is not None
    async with sandbox._session.request(http, f"{sandbox.url}/bot{TOKEN}/{method}", **how) as answer:
        body = await answer.json()
        # The HTTP status equals error_code.
        assert answer.status == body.get("error_code", 200)
        return body


async def test_query_urlencoded_and_json(sandbox: Sandbox, li: Person) -> None:
    values = {"chat_id": li.id, "text": "甲", "reply_markup": {"inline_keyboard": [[{"text": "键", "callback_data": "a"}]]}}
    flat = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    for http, how in (("GET", {"params": flat}), ("POST", {"data": flat}), ("POST", {"json": values})):
        body = await ask(sandbox, http, "SENDmessage", **how)
        assert body["result"]["text"] == "甲"
        assert body["result"]["reply_markup"] == values["reply_markup"]
        assert body["result"]["from"]["is_bot"] is True


async def test_attached_files_keep_chinese_names(sandbox: Sandbox, li: Person) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("chat_id", str(li.id))
    form.add_field("document", "attach://part")
    form.add_field("part", b"x", filename="整改报告（德州）.docx")
    body = await ask(sandbox, "POST", "sendDocument", data=form)
    assert body["result"]["document"]["file_name"] == "整改报告（德州）.docx"


@pytest.mark.parametrize(
    ("method", "values", "description"),
    [
        ("sendMessage", {"text": "甲"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": "@nobody", "text": "甲"}, "chat not found"),
        ("sendMessage", {"chat_id": 1, "text": "甲"}, "chat not found"),
        ("sendMessage", {"text": "甲", "reply_markup": [1]}, "object expected as reply markup"),
        ("sendMessage", {"text": "甲", "reply_parameters": [1]}, "can't parse reply parameters JSON object"),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "https://example.org/a.png"}, "failed to get HTTP URL content"),
        ("sendMediaGroup", {"media": []}, "there are no messages to send"),
        ("deleteMessage", {}, "message identifier is not specified"),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat", "chat_id": "x"}}, "chat not found"),
    ],
)
async def test_what_is_wrong_is_said_in_telegrams_words(
    sandbox: Sandbox, li: Person, method: str, values: dict[str, Any], description: str
) -> None:
    whole = values if "chat_id" in values or description == "chat_id is empty" else {"chat_id": li.id, **values}
    body = await ask(sandbox, "POST", method, json=whole)
    assert body == {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"}


async def test_body_that_is_no_json(sandbox: Sandbox) -> None:
    body = await ask(sandbox, "POST", "getMe", data="{", headers={"Content-Type": "application/json"})
    assert body["description"] == "Bad Request: can't parse JSON object"


async def test_download_needs_the_token_and_the_path(sandbox: Sandbox) -> None:
    assert sandbox._session is not None
    for path, status in ((f"bot{TOKEN}/documents/file_9.pdf", 404), ("bot1:x/documents/file_1.pdf", 401)):
        async with sandbox._session.get(f"{sandbox.url}/file/{path}") as answer:
            assert answer.status == status
