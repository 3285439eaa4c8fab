"""Words and photos without a conversation are asked which matter they belong to."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pytest

import bot.forms.loose  # noqa: F401  declares the form
from actions import converse, loose, subjects
from actions.people import seat_directly
from actions.perform import Caller, action, perform
from domain.forms import Draft, Pressed, Said, Sent
from domain.outcome import Done, Outcome, Refusal
from domain.people import Actor
from domain.speech import Button
from storage import drafts
from storage.db import Store
from storage.tx import Tx
from tests.storage.test_people import do, keys, said

WORKER, STRANGER = 20, 30
PHOTO = {"kind": "photo", "blob": "hash-1", "name": ""}
OBLIGATION = """
INSERT INTO obligation (regime, duty, subject_kind, subject, owner, region, start_at, span, due_at, provisional, state, version, created_at)
VALUES ('shandong-2022', 'task', 'thing', :subject, :owner, '3714', 0, '1wd', :due_at, 0, :state, 1, 0)
"""


@dataclass
class Got:
    subject: int
    words: str
    files: list[dict[str, Any]]


@dataclass
class Noun:
    """A noun that remembers what was handed to it."""

    got: list[Got] = field(default_factory=list)


@pytest.fixture
def noun(monkeypatch: pytest.MonkeyPatch) -> Noun:
    seen = Noun()

    @action("reply")
    async def progress(_tx: Tx, _actor: Actor, given: Got) -> Outcome:
        if not given.words and not given.files:
            return Refusal("gone")
        seen.got.append(given)
        return Done()

    async def describe(_tx: Tx, ids: Collection[int]) -> dict[int, subjects.Subject]:
        return {each: subjects.Subject(f"T{each}", f"事项{each}", Button("x", "to", each)) for each in ids}

    made = subjects.Noun(
        describe, subjects.no_buttons, subjects.everyone, private=False, attach=lambda n, words, files: (progress, Got(n, words, files))
    )
    monkeypatch.setitem(subjects.NOUNS, "thing", made)
    return seen


async def worker(store: Store, *owed: tuple[int, str]) -> None:
    async def unit(tx: Tx) -> None:
        seat = await seat_directly(tx, account=WORKER, name="张三", regime="shandong-2022", role="local_liaison", scope="3714")
        for subject, state in owed:
            await tx.run(OBLIGATION, subject=subject, owner=seat.id, due_at=1000 - subject, state=state)

    await store.unit(unit)


async def draft(store: Store) -> Draft | None:
    held = await store.read(lambda tx: drafts.get(tx, tx.vault.lane(WORKER)))
    return None if held is None else held.draft


async def step(store: Store, reply: Any) -> Outcome:
    return await perform(store, Caller(WORKER, WORKER), converse.step, converse.Answer(reply))


async def test_a_photo_is_asked_for_its_matter_and_becomes_its_progress(store: Store, noun: Noun) -> None:
    await worker(store, (1, "open"), (2, "handed_in"), (3, "done"))
    await do(store, WORKER, loose.ask, loose.Found("现场照片", (PHOTO,)))

    asked = await draft(store)
    assert asked is not None
    assert [code for code, _ in asked.offered] == ["thing:2", "thing:1", "complaint", "none"]
    assert noun.got == []

    assert isinstance(await step(store, Pressed("1")), Done)
    assert noun.got == [Got(1, "现场照片", [PHOTO])]
    assert await draft(store) is None


async def test_the_rest_of_an_album_joins_the_first_photo(store: Store, noun: Noun) -> None:
    await worker(store, (1, "open"))
    await do(store, WORKER, loose.ask, loose.Found("", (PHOTO,)))
    await step(store, Sent("photo", "hash-2"))
    await step(store, Sent("photo", "hash-3"))
    await step(store, Said("T1"))

    assert [file["blob"] for file in noun.got[0].files] == ["hash-1", "hash-2", "hash-3"]


@pytest.mark.parametrize(("choice", "key"), [("1", "loose.complaint"), ("2", "loose.dropped")])
async def test_what_belongs_to_no_matter_is_not_kept(store: Store, noun: Noun, choice: str, key: str) -> None:
    await worker(store, (1, "open"))
    await do(store, WORKER, loose.ask, loose.Found("您好"))
    await step(store, Pressed(choice))

    assert noun.got == []
    assert await draft(store) is None
    assert key in keys(await said(store, WORKER))


async def test_what_the_matter_refuses_leaves_the_question_open(store: Store, noun: Noun) -> None:
    await worker(store, (1, "open"))
    await do(store, WORKER, loose.ask, loose.Found(""))

    assert await step(store, Pressed("0")) == Refusal("gone")
    assert await draft(store) is not None


async def test_who_owes_nothing_hears_what_to_do_instead(store: Store, noun: Noun) -> None:
    await worker(store)
    await do(store, WORKER, loose.ask, loose.Found("您好"))
    await do(store, STRANGER, loose.ask, loose.Found("您好"))

    assert keys(await said(store, WORKER)) == ["loose.nothing_owed"]
    assert keys(await said(store, STRANGER)) == ["loose.stranger"]


async def test_nobody_elses_matters_are_offered(store: Store, noun: Noun) -> None:
    await worker(store, (1, "open"))
    other = await store.unit(lambda tx: seat_directly(tx, account=21, name="李四", regime="shandong-2022", role="audit"))
    assert other.account == 21
    await do(store, 21, loose.ask, loose.Found("您好"))
    assert keys(await said(store, 21)) == ["loose.nothing_owed"]
