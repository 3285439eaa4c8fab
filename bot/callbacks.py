"""Callback data: `1.verb.id36.version36[.arg]`, at most 64 bytes. Typed on both sides; unsigned, since every press is authorised again."""

import re
from dataclasses import dataclass

from domain.speech import Button

FORMAT = "1"
MOST = 64  # bytes; Telegram refuses more
LARGEST = 2**63 - 1  # what a database holds
_NUMBER = re.compile(r"[0-9a-z]{1,13}")
_ARG = re.compile(r"[!-~]*")  # codes only: nobody's words stand in a button
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class BadPressError(ValueError):
    """Callback data that this release did not make, or that someone made up."""


@dataclass(frozen=True)
class Press:
    verb: str
    id: int = 0
    version: int = 0
    arg: str = ""


def base36(number: int) -> str:
    if number < 0:
        raise ValueError("a press carries no number below zero")  # the division below would never end
    if number == 0:
        return "0"
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits


def pack(button: Button) -> str:
    if not button.verb.isascii() or not 1 <= len(button.verb) <= 3 or button.id < 0 or button.version < 0:
        raise BadPressError(f"a press needs a verb of 1 to 3 letters and non-negative numbers: {button.verb!r}")
    data = ".".join((FORMAT, button.verb, base36(button.id), base36(button.version), *([button.arg] if button.arg else [])))
    if len(data.encode()) > MOST:
        raise BadPressError(f"callback data of {len(data.encode())} bytes, {MOST} at most: {button.verb}")
    return data


def unpack(data: str) -> Press:
    parts = data.split(".", 4)
    if len(parts) < 4 or parts[0] != FORMAT or not all(_NUMBER.fullmatch(part) for part in parts[2:4]):
        raise BadPressError(data[:MOST])
    press = Press(parts[1], int(parts[2], 36), int(parts[3], 36), parts[4] if len(parts) == 5 else "")
    if max(press.id, press.version) > LARGEST or not _ARG.fullmatch(press.arg):
        raise BadPressError(data[:MOST])
    return press


def page_of(arg: str, most: int = 999) -> int:
    """A page that a button names; a made-up one is the first or the last."""
    return min(int(arg), most) if arg.isascii() and arg.isdigit() else 0
