"""What reaches the log: where something broke, never what somebody wrote or who it was."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from pydantic import BaseModel

from cli.serving import set_up_logs
from config.settings import Settings

WORDS = "某某焦化厂夜里偷排"


class Typed(BaseModel):
    number: int


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    before = structlog.get_config()
    set_up_logs(Settings())
    yield written
    structlog.configure(**before)


def broken() -> None:
    try:
        Typed.model_validate({"number": WORDS})
    except ValueError as error:
        raise KeyError(WORDS) from error


def test_a_traceback_says_where_and_what_but_quotes_nobody(logs: io.StringIO) -> None:
    try:
        broken()
    except KeyError:
        structlog.get_logger().exception("digest.failed", person=1)
    [line] = logs.getvalue().splitlines()
    told = json.loads(line)
    assert WORDS not in line
    assert told["event"] == "digest.failed"
    assert "in broken" in told["exception"]
    assert "builtins.KeyError" in told["exception"]
    assert "ValidationError" in told["exception"]
