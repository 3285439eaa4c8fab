"""The people of the closed loops: each says the next thing as soon as the bot has answered the last."""

import time
from typing import Any

Json = dict[str, Any]


def _user(account: int) -> Json:
    return {"id": account, "is_bot": False, "first_name": f"P{account}", "language_code": "zh"}


def _chat(account: int) -> Json:
    return {"id": account, "type": "private", "first_name": f"P{account}"}


def text(account: int, words: str, number: int) -> Json:
    message: Json = {"message_id": 10**7 + number, "date": int(time.time()), "chat": _chat(account), "from": _user(account), "text": words}
    if words.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(words.split(maxsplit=1)[0])}]
    return {"message": message}


def press(account: int, message: int, data: str, number: int) -> Json:
    shown = {
        "message_id": message,
        "date": int(time.time()),
        "chat": _chat(account),
        "from": {"id": 7, "is_bot": True, "first_name": "bench", "username": "bench_bot"},
        "text": "x",
    }
    query = {"id": f"{account}{number}", "from": _user(account), "chat_instance": "1", "data": data, "message": shown}
    return {"callback_query": query}


def buttons(params: Json) -> list[str]:
    """The callback data of a message's buttons."""
    rows = (params.get("reply_markup") or {}).get("inline_keyboard") or []
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


class Echo:
    """Says hello for ever. Every message is its answer."""

    def __init__(self, account: int) -> None:
        self._account = account
        self._said = 0

    def begin(self) -> Json:
        self._said += 1
        return text(self._account, f"hello {self._said}", self._said)

    def hear(self, method: str, params: Json, message_id: int) -> Json | None:
        del params, message_id
        return self.begin() if method == "sendMessage" else None


class Asker:
    """Asks for the list of the own matters, reads a while, asks again."""

    def __init__(self, account: int, reads: float, words: str = "/mine") -> None:
        self._account = account
        self._reads = reads
        self._words = words
        self._said = 0

    def begin(self) -> Json:
        self._said += 1
        return text(self._account, self._words, self._said)

    def hear(self, method: str, params: Json, message_id: int) -> Json | None:
        del params, message_id
        return {**self.begin(), "after": self._reads} if method == "sendMessage" else None


class Exporter:
    """Asks once for the whole ledger as a sheet."""

    def __init__(self, account: int, data: str = "1.ix.1.0") -> None:
        self._account = account
        self._data = data

    def begin(self) -> Json:
        return press(self._account, 1, self._data, 1)

    def hear(self, method: str, params: Json, message_id: int) -> Json | None:
        del params, message_id
        return {**self.begin(), "after": 3600.0} if method == "sendDocument" else None


class Reporter:
    """Reports for ever: press the button, write what was done, skip the photos, confirm; then the same again.

    `open_` stands in the button that opens the form, `skip` and `submit` in the others. `begins` with a command where no card comes first.
    """

    def __init__(self, account: int, open_: str, skip: str, submit: str, begins: str = "") -> None:
        self._account = account
        self._signs = {"open": open_, "skip": skip, "submit": submit}
        self._begins = begins
        self._at = "open"
        self._said = 0
        self._confirmed = 0
        self._submitted = False
        self._pressed = 0

    def begin(self) -> Json | None:
        self._said += 1
        return text(self._account, self._begins, self._said) if self._begins else None

    def hear(self, method: str, params: Json, message_id: int) -> Json | None:
        """What is looked for tells the answer from all else that comes (a card brought up to date, buttons taken off)."""
        if self._at == "words":
            # The question is a new message, or is put into the one that was pressed. An edit of another is about the last form: of two
            # processes it may come after the press.
            if method != "sendMessage" and (method != "editMessageText" or message_id != self._pressed):
                return None
            self._at, self._said = "skip", self._said + 1
            return text(self._account, f"第 {self._said} 次：已到现场核查，正在整改", self._said)
        sign = self._signs[self._at]
        data = next((each for each in buttons(params) if sign in each), None)
        if data is None:
            return None
        self._confirmed += self._at == "open" and self._submitted
        self._submitted = self._at == "submit"
        self._at = {"open": "words", "skip": "submit", "submit": "open"}[self._at]
        self._said += 1
        self._pressed = message_id
        return press(self._account, message_id, data, self._said)

    def report(self) -> int:
        """How many forms were confirmed to this person."""
        return self._confirmed
