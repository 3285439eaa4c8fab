"""Rows of telegram.md: rates; and failing on request."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from sandbox.app import Server
from sandbox.client import Person, Sandbox, SandboxError
from tests.sandbox.conftest import Refused


class StoppedClock:
    """Real time that passes only when told to: tests of rates do not sleep."""

    def __init__(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 1000.0
        monkeypatch.setattr(server.world.clock, "real", lambda: self.at)
        server.world.rates.enabled = True


@pytest.fixture
def real(server: Server, monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    return StoppedClock(server, monkeypatch)


async def test_one_chat_takes_a_short_burst_then_one_a_second(bot: Bot, li: Person, real: StoppedClock, refused: Refused) -> None:
    for n in range(4):
        sent = await bot.send_message(li.id, str(n))
    error = await refused(bot.send_message(li.id, "多"), "Too Many Requests: retry after 1")
    assert isinstance(error, RetryAfter)
    # Edits do not count.
    for n in range(10):
        await sent.edit_text(f"改 {n}")
    real.at += 1
    await bot.send_message(li.id, "好")
    await refused(bot.send_message(li.id, "多"), "Too Many Requests: retry after 1")


async def test_the_whole_bot_sends_30_a_second(server: Server, bot: Bot, sandbox: Sandbox, real: StoppedClock, refused: Refused) -> None:
    people = [await sandbox.person(f"人{n}") for n in range(31)]
    for person in people:
        await sandbox.start(person)
    for person in people[:30]:
        await bot.send_message(person.id, "通知")
    await refused(bot.send_message(people[30].id, "通知"), "Too Many Requests: retry after 1")
    real.at += 1
    await bot.send_message(people[30].id, "通知")


async def test_a_group_takes_20_a_minute(bot: Bot, sandbox: Sandbox, li: Person, real: StoppedClock, refused: Refused) -> None:
    group = await sandbox.group("一组", [li, bot.id])
    for n in range(20):
        await bot.send_message(group.id, str(n))
        real.at += 1
    await refused(bot.send_message(group.id, "多"), "Too Many Requests: retry after 40")
    real.at += 40
    await bot.send_message(group.id, "好")


async def test_a_refused_request_costs_nothing(bot: Bot, li: Person, real: StoppedClock, refused: Refused) -> None:
    for _ in range(10):
        await refused(bot.send_message(li.id, ""), "Bad Request: message text is empty")
    await bot.send_message(li.id, "好")


async def test_faults_that_only_tell(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    for kind, error, code in (("429", RetryAfter, 429), ("5xx", NetworkError, 502), ("403", Forbidden, 403), ("400", BadRequest, 400)):
        await sandbox.fault(kind, seconds=7)
        with pytest.raises(error):
            await bot.send_message(li.id, "甲")
        assert (await sandbox.log())[-1].code == code
    await bot.send_message(li.id, "乙")
    assert [each.text for each in await sandbox.messages(li)] == ["/start", "乙"]


async def test_which_requests_a_fault_hits(bot: Bot, sandbox: Sandbox, li: Person, stranger: Person) -> None:
    await sandbox.start(stranger)
    await sandbox.fault("403", method="sendMessage", chat=li.id, times=2, description="Forbidden: test")
    await bot.send_message(stranger.id, "甲")
    await bot.send_chat_action(li.id, "typing")
    for _ in range(2):
        with pytest.raises(Forbidden, match="test"):
            await bot.send_message(li.id, "甲")
    await bot.send_message(li.id, "甲")
    await sandbox.fault("5xx", times=0)
    # A fault for any method spares the poll.
    await bot.get_updates()
    for _ in range(3):
        with pytest.raises(NetworkError):
            await bot.send_message(li.id, "甲")
    await sandbox.clear_faults()
    await sandbox.fault("5xx", probability=0)
    await bot.send_message(li.id, "甲")
    with pytest.raises(SandboxError, match="kind is one of"):
        await sandbox.fault("earthquake")


async def test_drop_accepts_and_then_hangs_up(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await sandbox.fault("drop", method="sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(li.id, "收下了")
    assert (await sandbox.messages(li))[-1].text == "收下了"
    entry = (await sandbox.log())[-1]
    assert (entry.dropped, entry.ok, entry.message_id) == (True, True, (await sandbox.messages(li))[-1].message_id)


async def test_timeout_holds_the_answer_and_does_nothing(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await sandbox.fault("timeout", seconds=30)
    with pytest.raises(TimedOut):
        await bot.send_message(li.id, "没到", read_timeout=0.05)
    assert [each.text for each in await sandbox.messages(li)] == ["/start"]


async def test_delay_does_it_late_even_when_the_client_has_hung_up(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await sandbox.fault("delay", seconds=0.2)
    with pytest.raises(TimedOut):
        await bot.send_message(li.id, "迟到", read_timeout=0.05)
    assert (await sandbox.wait_message(li, "迟到")).text == "迟到"


async def test_log_keeps_parameters_and_names_of_files(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await bot.send_document(li.id, b"1234", filename="a.txt", caption="附")
    await bot.send_message(li.id, "甲")
    entries = await sandbox.log(method="sendDocument")
    assert entries[0].params == {"chat_id": str(li.id), "caption": "附", "document": {"file_name": "a.txt", "file_size": 4}}
    assert entries[0].chat_id == li.id
    assert [entry.method for entry in await sandbox.log(after=entries[0].n)] == ["sendMessage"]


async def test_many_requests_at_once(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await asyncio.gather(*(bot.send_chat_action(li.id, "typing") for _ in range(50)))
    assert len(await sandbox.log(method="sendChatAction")) == 50
