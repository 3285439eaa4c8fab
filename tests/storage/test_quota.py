"""How much one account may bring a day; the count is under a key that goes with the day."""

from pathlib import Path

import pytest
from telegram import Message

from bot.content import Fetcher
from domain.deadlines import DAY_MS
from domain.forms import Sent, Strange
from storage import tally
from storage.db import Store
from storage.files import Files
from tests.chats.scene import a_photo
from tests.conftest import Clock

ONE, OTHER = 7, 8


class Bringing:
    def __init__(self, store: Store, folder: Path, a_day: int) -> None:
        self.fetched = 0
        self._fetcher = Fetcher(store, Files(folder, store.vault), self._download, a_day)

    async def _download(self, _file_id: str) -> bytes:
        self.fetched += 1
        return a_photo()

    async def photo(self, account: int) -> object:
        size = {"file_id": "f", "file_unique_id": "u", "width": 64, "height": 48, "file_size": len(a_photo())}
        chat = {"id": account, "type": "private"}
        sender = {"id": account, "is_bot": False, "first_name": "李"}
        message = Message.de_json({"message_id": 1, "date": 0, "chat": chat, "from": sender, "photo": [size]}, None)
        return await self._fetcher.content(message)


@pytest.fixture
def bringing(store: Store, tmp_path: Path) -> Bringing:
    return Bringing(store, tmp_path, len(a_photo()) * 2)


async def test_what_is_above_the_quota_is_refused_and_not_even_fetched(bringing: Bringing, store: Store, clock: Clock) -> None:
    assert isinstance(await bringing.photo(ONE), Sent)
    assert isinstance(await bringing.photo(ONE), Sent)
    assert await bringing.photo(ONE) == Strange("refused", "content.refused.quota")
    assert bringing.fetched == 2
    assert isinstance(await bringing.photo(OTHER), Sent), "somebody else is not concerned"
    clock.now += DAY_MS
    assert isinstance(await bringing.photo(ONE), Sent), "the next day begins anew"


async def test_what_was_counted_is_forgotten_with_the_day(bringing: Bringing, store: Store, clock: Clock) -> None:
    await bringing.photo(ONE)
    assert await store.read(lambda tx: tally.spent(tx, "evidence", ONE)) == len(a_photo())
    clock.now += DAY_MS
    await store.unit(tally.forget)
    assert await store.read(lambda tx: tx.value("SELECT count(*) FROM tally")) == 0
