"""What surely did not arrive is told apart from what may have, and nothing is ever sent twice behind our back.

Each story is told on asyncio's loop and on uvloop (conftest.py), since `duban run` takes the latter where it is installed.
"""

import asyncio
import gc
import gzip
import ssl
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import certifi
import pycurl
import pytest
import trustme

from bot.api import Api
from bot.token import Token
from bot.transport import BrokenError, NotSentError, Transport, Upload, trusted
from sandbox.app import BotSpec, Server
from sandbox.client import Sandbox
from tests.faults.peer import Peer, Tunnel
from tours.stage import NAME, TOKEN, USERNAME

SOON, TIME = 0.3, 20.0  # seconds: where running out of time is the story, and where it is not
SECRET = "AAsecret"
PATH = f"/bot7:{SECRET}/sendMessage"
SIZES = [2, 300, 70_000, 3_000_000]  # in one piece with the head, and in many

Sending = Callable[[Transport, str, bytes, float], Awaitable[tuple[int, bytes]]]


async def as_json(transport: Transport, url: str, content: bytes, seconds: float) -> tuple[int, bytes]:
    return await transport.post(url + PATH, content, seconds)


async def as_form(transport: Transport, url: str, content: bytes, seconds: float) -> tuple[int, bytes]:
    return await transport.post_form(url + PATH, {"chat_id": "1"}, Upload("document", "表.txt", content, "text/plain"), seconds)


async def as_question(transport: Transport, url: str, _content: bytes, seconds: float) -> tuple[int, bytes]:
    return await transport.get(url + PATH, seconds)


WAYS = [as_json, as_form, as_question]
POSTS = [as_json, as_form]


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    async with Transport() as transport:
        yield transport


async def fails(kind: type[Exception], asked: Awaitable[object]) -> None:
    """Nothing that a log could print of it holds the address, since the address holds the token."""
    with pytest.raises(kind) as failed:
        await asked
    assert SECRET not in repr(failed.value) + "".join(traceback.format_exception(failed.value))


@pytest.mark.parametrize("send", WAYS)
async def test_nothing_listens(transport: Transport, send: Sending) -> None:
    await fails(NotSentError, send(transport, "http://127.0.0.1:9", b"{}", TIME))


async def test_what_was_sent_before_is_not_counted(transport: Transport) -> None:
    """The handle is the same."""
    async with Peer() as peer:
        await as_json(transport, peer.url, b"{}", TIME)
    await fails(NotSentError, as_json(transport, "http://127.0.0.1:9", b"{}", TIME))


@pytest.mark.parametrize("send", WAYS)
async def test_the_line_breaks_after_the_request(transport: Transport, send: Sending) -> None:
    async with Peer(["drop"]) as peer:
        await fails(BrokenError, send(transport, peer.url, b"{}", TIME))
        assert len(peer.got) == 1
        assert await send(transport, peer.url, b"{}", TIME) == (200, b"{}"), "the next one is not harmed"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("send", POSTS)
async def test_a_used_line_breaks_and_curl_does_not_send_again(transport: Transport, send: Sending, size: int) -> None:
    async with Peer(["answer", "drop"]) as peer:
        await send(transport, peer.url, b"\x01" * size, TIME)
        await fails(BrokenError, send(transport, peer.url, b"\x02" * size, TIME))
        assert [body.count(b"\x02" * size) for _, body in peer.got] == [0, 1]
        assert peer.connections == 1
        assert await send(transport, peer.url, b"{}", TIME) == (200, b"{}")
        assert len(peer.got) == 3


async def test_a_line_that_was_ended_while_idle_is_not_used(transport: Transport) -> None:
    """Curl looks at its idle lines once a second: so long another one has its time here."""
    async with Peer(["last"]) as peer, Peer(["silence"]) as silent:
        await as_json(transport, peer.url, b"{}", TIME)
        await peer.left()
        await fails(BrokenError, as_json(transport, silent.url, b"{}", 1.1))
        await as_json(transport, peer.url, b"{}", TIME)
        assert len(peer.got) == peer.connections == 2


@pytest.mark.parametrize("send", WAYS)
async def test_no_answer_in_time(transport: Transport, send: Sending) -> None:
    async with Peer(["answer", "silence", "silence"]) as peer:
        await send(transport, peer.url, b"{}", TIME)
        await fails(BrokenError, send(transport, peer.url, b"{}", SOON))
        await fails(BrokenError, send(transport, peer.url, b"{}", SOON))
        assert len(peer.got) == 3
        assert await send(transport, peer.url, b"{}", TIME) == (200, b"{}")


@pytest.mark.parametrize("send", WAYS)
async def test_one_that_is_cancelled_gives_its_place_back(send: Sending) -> None:
    async with Peer(["silence"]) as peer, Transport(connections=1) as transport:
        asked = asyncio.ensure_future(send(transport, peer.url, b"{}", TIME))
        await peer.has(1)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        for _ in range(2):
            assert await send(transport, peer.url, b"{}", TIME) == (200, b"{}")


async def test_one_that_is_cancelled_before_it_began(transport: Transport) -> None:
    async with Peer() as peer:
        asked = asyncio.ensure_future(as_json(transport, peer.url, b"{}", TIME))
        await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert await as_json(transport, peer.url, b'{"n":2}', TIME) == (200, b"{}")
        assert [body for _, body in peer.got] == [b'{"n":2}']


async def test_more_than_there_are_connections() -> None:
    async with Peer() as peer, Transport(connections=3) as transport:
        answers = await asyncio.gather(*(as_json(transport, peer.url, b"%d" % n, TIME) for n in range(40)))
        assert answers == [(200, b"{}")] * 40
        assert sorted(int(body) for _, body in peer.got) == list(range(40))
        assert peer.most <= 3


async def test_one_that_waited_too_long_for_its_turn_was_not_sent() -> None:
    async with Peer(["answer", "answer", "silence"]) as peer, Transport(connections=1) as transport:
        await asyncio.gather(*(as_json(transport, peer.url, b"{}", TIME) for _ in range(2)))  # two handles have a past now
        first = asyncio.ensure_future(as_json(transport, peer.url, b"1", TIME))
        await peer.has(3)
        await fails(NotSentError, as_json(transport, peer.url, b"2", SOON))
        await fails(NotSentError, as_form(transport, peer.url, b"3", SOON))
        waiting = asyncio.ensure_future(as_json(transport, peer.url, b"4", TIME))
        given_up = asyncio.ensure_future(as_json(transport, peer.url, b"5", TIME))
        await asyncio.sleep(0)
        for each in (given_up, first):
            each.cancel()
            with pytest.raises(asyncio.CancelledError):
                await each
        assert await waiting == (200, b"{}")
        assert [body for _, body in peer.got[2:]] == [b"1", b"4"]


@pytest.mark.parametrize("packed", [False, True])
async def test_a_large_answer_arrives_whole(transport: Transport, *, packed: bool) -> None:
    words = "督办".encode() * 1_000_000
    async with Peer(answer=gzip.compress(words, 1) if packed else words) as peer:
        peer.head += "\r\nContent-Encoding: gzip" * packed
        for send in WAYS:
            assert await send(transport, peer.url, b"{}", TIME) == (200, words)


async def test_an_answer_that_breaks_off_is_none(transport: Transport) -> None:
    async with Peer(["last"], head="HTTP/1.1 200 OK\r\nContent-Length: 9") as peer:
        await fails(BrokenError, as_json(transport, peer.url, b"{}", TIME))


async def test_what_was_sent_is_not_kept(transport: Transport) -> None:
    content = b"words of a complaint, " * 100
    before = sys.getrefcount(content)
    async with Peer(["answer", "drop"]) as peer:
        await as_json(transport, peer.url, content, TIME)
        await fails(BrokenError, as_json(transport, peer.url, content, TIME))
    gc.collect()  # the failure's frames
    assert sys.getrefcount(content) == before


async def test_a_form_as_telegram_reads_it(transport: Transport) -> None:
    name, words = '整改 "报告"（德州）100%2E; a=b.txt', '第一行\r\n--第二行 "甲" \ud83d'
    async with Server([BotSpec(TOKEN, USERNAME, NAME)]) as server, Sandbox(server.url) as sandbox:
        person = await sandbox.person("周办")
        api = Api(transport, server.url, Token(lambda: TOKEN, changes=False))
        payload = {"chat_id": person.id, "caption": words, "reply_markup": {"inline_keyboard": [[{"text": "键", "callback_data": "a"}]]}}
        await sandbox.start(person)
        content = bytes(range(256)) * 300
        sent = await api.call("sendDocument", payload, upload=Upload("document", name, content, "text/plain"))
        assert (sent["document"]["file_name"], sent["document"]["mime_type"]) == (name, "text/plain")
        assert sent["caption"] == words.replace("\ud83d", "?").replace("\r", "")
        assert sent["reply_markup"] == payload["reply_markup"]
        file = await api.call("getFile", {"file_id": sent["document"]["file_id"]})
        assert await api.download(file["file_path"]) == content


async def test_the_environments_proxies_are_not_followed(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with Peer() as peer:
        for send in WAYS:
            assert await send(transport, peer.url, b"{}", TIME) == (200, b"{}")


async def test_the_proxy_of_the_settings_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    async with Peer() as proxy, Transport(proxy=proxy.url) as transport:
        await as_json(transport, "http://bot.example.org", b"{}", TIME)
        assert proxy.got == [(f"POST http://bot.example.org{PATH} HTTP/1.1", b"{}")]


async def test_a_proxy_that_reaches_nobody() -> None:
    async with Peer(["answer", "drop", "silence"], head="HTTP/1.1 502 Bad Gateway") as proxy, Transport(proxy=proxy.url) as transport:
        for seconds in (TIME, TIME, SOON):
            await fails(NotSentError, as_json(transport, "https://bot.example.org", b"{}", seconds))
        assert {line for line, _ in proxy.got} == {"CONNECT bot.example.org:443 HTTP/1.1"}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Known to this machine's programs, beside whatever else is."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "known.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "known.pem"))
    return authority


def certified(by: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    by.issue_cert(*names).configure_cert(context)
    return context


async def test_a_known_authority_is_trusted_and_an_unknown_is_not(authority: trustme.CA) -> None:
    async with Transport() as transport:
        async with Peer(secured=certified(authority, "127.0.0.1")) as peer:
            assert await as_json(transport, peer.url, b"{}", TIME) == (200, b"{}")
        for context in (certified(trustme.CA(), "127.0.0.1"), certified(authority, "another.example.org")):
            async with Peer(secured=context) as peer:
                await fails(NotSentError, as_json(transport, peer.url, b"{}", TIME))
                assert not peer.got


async def test_through_a_proxy_the_line_is_telegrams_own(authority: trustme.CA) -> None:
    context = certified(authority, "bot.example.org")
    async with Peer(["answer", "answer", "drop"], secured=context, head="HTTP/1.1 200 OK\r\nX-Of: Telegram") as peer, Tunnel() as proxy:
        proxy.to = peer.port
        async with Transport(proxy=proxy.url) as transport:
            heard: list[bytes] = []
            assert await transport.get("https://bot.example.org/x", TIME, heard.append) == (200, b"{}")
            assert [line for line in heard if line.startswith(b"X-")] == [b"X-Proxy: tunnel\r\n", b"X-Of: Telegram\r\n"]
            assert await as_json(transport, "https://bot.example.org", b"{}", TIME) == (200, b"{}")
            await fails(BrokenError, as_json(transport, "https://bot.example.org", b"once", TIME))
        assert [body for _, body in peer.got] == [b"", b"{}", b"once"]
        assert {line for line, _ in proxy.got} == {"CONNECT bot.example.org:443 HTTP/1.1"}


def test_where_the_authorities_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, full, empty = tmp_path / "ca.pem", tmp_path / "full", tmp_path / "empty"
    file.touch()
    for folder in (full, empty):
        folder.mkdir()
    (full / "002c0b4f.0").touch()

    def places(file: Path, folder: Path) -> tuple[str | None, str | None]:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        monkeypatch.setenv("SSL_CERT_DIR", str(folder))
        found = trusted()
        direct, proxys = [
            (found.get(one), found.get(other))
            for one, other in ((pycurl.CAINFO, pycurl.CAPATH), (pycurl.PROXY_CAINFO, pycurl.PROXY_CAPATH))
        ]
        assert direct == proxys
        return direct

    nowhere = tmp_path / "nowhere"
    assert places(file, full) == (str(file), str(full))
    assert places(nowhere, full) == (None, str(full))
    assert places(file, empty) == (str(file), None)
    assert places(nowhere, empty) == (certifi.where(), None)
    assert places(nowhere, nowhere) == (certifi.where(), None)


async def test_a_shutdown_ends_what_is_under_way() -> None:
    async with Peer(["silence", "silence"]) as peer, Transport(connections=2) as transport:
        asked = [asyncio.ensure_future(send(transport, peer.url, b"{}", TIME)) for send in WAYS]  # one of them waits
        await peer.has(2)
        await transport.shutdown()
        await asyncio.wait(asked)
        assert all(each.cancelled() for each in asked)
        await peer.left()
        await transport.initialize()
        assert await as_json(transport, peer.url, b"{}", TIME) == (200, b"{}")
