"""Keyboards: what Telegram takes, and what it refuses."""

import json
from typing import Any

from sandbox.entities import valid_url
from sandbox.errors import bad

JSON = dict[str, Any]

MAX_BUTTONS = 100
MAX_IN_A_ROW = 8
MAX_BYTES = 10_000
KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
TOO_LONG = "reply markup is too long"


def read_markup(value: Any) -> JSON | None:
    """A keyboard that may be shown, or None where there is none."""
    if value is None or value == {}:
        return None
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    if not any(kind in value for kind in KINDS):
        return None
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_BYTES:
        raise bad(TOO_LONG)
    if "inline_keyboard" in value:
        return _inline(value["inline_keyboard"])
    if "keyboard" in value:
        return {**value, "keyboard": _reply_rows(value["keyboard"])}
    return dict(value)


def _rows(value: Any, kind: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad(f"can't parse {kind} keyboard markup JSON object")
    if sum(len(row) for row in value) > MAX_BUTTONS or any(len(row) > MAX_IN_A_ROW for row in value):
        raise bad(TOO_LONG)
    return [row for row in value if row]


def _inline(value: Any) -> JSON | None:
    rows = [[_inline_button(button) for button in row] for row in _rows(value, "inline")]
    return {"inline_keyboard": rows} if rows else None


def _inline_button(button: Any) -> JSON:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad('can\'t parse InlineKeyboardButton: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad("can't parse InlineKeyboardButton: button text must be non-empty")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
    elif "url" in button:
        if not isinstance(button["url"], str) or not valid_url(button["url"]):
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    elif len(button) == 1:
        raise bad("can't parse InlineKeyboardButton: Text buttons are unallowed in the inline keyboard")
    return dict(button)


def _reply_rows(value: Any) -> list[list[JSON]]:
    rows: list[list[JSON]] = []
    for row in _rows(value, "reply"):
        buttons = [{"text": button} if isinstance(button, str) else button for button in row]
        if not all(isinstance(button, dict) and str(button.get("text", "")).strip() for button in buttons):
            raise bad("can't parse KeyboardButton: button text must be non-empty")
        rows.append(buttons)
    if not rows:
        raise bad("reply keyboard must be non-empty")
    return rows
