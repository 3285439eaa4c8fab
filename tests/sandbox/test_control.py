"""The control API: people, looking, waiting, the clock; and the local Telegram as a process of its own."""

import asyncio

import pytest
from telegram import Bot

from sandbox.client import Person, Sandbox, SandboxError
from sandbox.launch import running
from tests.sandbox.conftest import TOKEN, USERNAME, make_bot, take, texts


async def test_people_are_known_by_id(sandbox: Sandbox) -> None:
    person = await sandbox.person("王组长", id=77, username="wang")
    assert person.language_code == "zh-hans"
    await sandbox.person("王主任", id=77)
    assert [(each.id, each.name, each.username) for each in await sandbox.people()] == [(77, "王主任", "wang")]
    with pytest.raises(SandboxError, match="no person"):
        await sandbox.write(78, "甲")


async def test_what_a_person_sees(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await bot.send_message(li.id, "<b>甲</b>", parse_mode="HTML")
    mine, theirs = await sandbox.messages(li)
    assert (mine.outgoing, mine.text, mine.from_id) == (True, "/start", li.id)
    assert (theirs.outgoing, theirs.text, theirs.entities) == (False, "甲", [{"type": "bold", "offset": 0, "length": 1}])
    assert [each.text for each in await sandbox.messages(li, after=mine.message_id)] == ["甲"]
    await sandbox.delete(li, theirs.message_id)
    assert len(await sandbox.messages(li)) == 1


async def test_forwarded_and_too_long_texts(bot: Bot, sandbox: Sandbox, li: Person, stranger: Person) -> None:
    await take(bot)
    await sandbox.write(li, "转来的", forward_from=stranger.id)
    message = (await take(bot))[0].message
    assert message is not None
    assert message.forward_origin is not None
    for text in ("", "  ", "长" * 4097):
        with pytest.raises(SandboxError, match="the text is"):
            await sandbox.write(li, text)


async def test_waiting_for_news(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    n, _ = await sandbox.events(0, seconds=0)
    news = asyncio.create_task(sandbox.events(n))
    await bot.send_message(li.id, "甲")
    later, events = await asyncio.wait_for(news, 10)
    assert later == n + 1
    assert events == [{"n": later, "kind": "message", "chat": li.id, "user": li.id}]
    with pytest.raises(AssertionError, match="in vain"):
        await sandbox.wait_message(li, "没有", seconds=0)


async def test_the_clock_moves_forward_and_runs_on(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    before = await sandbox.clock()
    moved = asyncio.create_task(sandbox.clock(known=before.version, seconds=25))
    after = await sandbox.advance(days=3)
    assert (await asyncio.wait_for(moved, 10)).version == after.version == before.version + 1
    assert after.offset == 3 * 86_400_000
    assert (await bot.send_message(li.id, "甲")).date.timestamp() * 1000 >= before.now + after.offset - 1000
    with pytest.raises(SandboxError, match="forward"):
        await sandbox.advance(days=-1)
    assert (await sandbox.set_clock(before.now, force=True)).now < after.now


async def test_wrong_calls(sandbox: Sandbox) -> None:
    for http, name, values in (("GET", "nothing", {}), ("POST", "write", {"text": "甲"}), ("POST", "write", {"user": "x"})):
        with pytest.raises(SandboxError):
            await sandbox.call(http, name, values)


async def test_the_page_is_served(sandbox: Sandbox) -> None:
    assert sandbox._session is not None
    async with sandbox._session.get(f"{sandbox.url}/") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"


async def test_as_a_process_of_its_own() -> None:
    async with running([(TOKEN, USERNAME, "督办")]) as sandbox, make_bot(sandbox.url) as bot:
        person = await sandbox.person("李联络")
        await sandbox.start(person, "hello")
        assert texts(await take(bot)) == ["/start hello"]
        await bot.send_message(person.id, "你好")
        assert (await sandbox.wait_message(person, "你好")).from_id == bot.id
