"""What is packed comes back, whatever somebody typed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.compact import pack, unpack

WORDS = some.text(some.characters())  # lone surrogates, too
PLAIN = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: some.lists(inner) | some.dictionaries(WORDS, inner),
)


@given(PLAIN)
def test_what_is_packed_comes_back(value: object) -> None:
    assert unpack(pack(value)) == value


@given(PLAIN)
def test_it_reads_what_the_standard_library_wrote(value: object) -> None:
    assert unpack(json.dumps(value).encode()) == value


def test_half_a_character_can_be_sent_as_a_question_mark() -> None:
    assert pack({"text": "半个\ud83d字"}, halves="replace") == '{"text":"半个?字"}'.encode()


@pytest.mark.parametrize("data", [b"", b"<html>", b"[1,]", b"\xff"])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  of whichever reader
        unpack(data)
