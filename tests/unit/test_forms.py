"""The pure step of a conversation: each kind of reply, wrong and right, without I/O."""

from collections.abc import Mapping
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, StringConstraints, field_validator

from domain import forms
from domain.forms import SUMMARY, Ask, Draft, Form, Option, Pressed, Said, Sent, Spot, Strange


def _long(answers: Mapping[str, Any]) -> bool:
    return answers.get("kind") == "long"


class Sample(BaseModel):
    about: int = 0
    title: Annotated[str, Ask(), StringConstraints(min_length=2, max_length=5)]
    kind: Annotated[str, Ask("choice", source="kinds")]
    why: Annotated[str | None, Ask(optional=True, when=_long)] = None
    files: Annotated[list[dict[str, Any]] | None, Ask("files", optional=True, most=2)] = None

    @field_validator("kind")
    @classmethod
    def _not_bad(cls, value: str) -> str:
        if value == "bad":
            raise ValueError("form.sample.bad")
        return value


FORM = Form("sample", Sample, submit=None)


def step(draft: Draft, reply: forms.Reply) -> forms.Turn:
    turn = forms.answer(FORM, draft, reply, lambda _: "form.error.want_day")
    if turn.moved and turn.draft.at == "kind":
        offered = [Option("short", "短"), Option("long", "长"), Option("bad", "坏")]
        return forms.Turn(forms.offer(turn.draft, offered), moved=True)
    return turn


def walk(*replies: forms.Reply) -> forms.Turn:
    turn = forms.Turn(forms.begin(FORM, {"about": 7}))
    for reply in replies:
        turn = step(turn.draft, reply)
    return turn


def test_a_form_is_asked_summed_up_and_submitted() -> None:
    turn = walk(Said("题目"), Pressed("0"), Pressed("skip"))
    assert turn.draft.at == SUMMARY
    done = step(turn.draft, Pressed("submit")).done
    assert done == Sample(about=7, title="题目", kind="short")


PHOTO = Sent("photo", "hash")


def kept(draft: Draft) -> int:
    return len(draft.answers.get("files") or ())


def test_a_file_that_comes_early_waits_for_its_question() -> None:
    early = walk(PHOTO).draft
    assert (early.at, kept(early), early.error, "form.kept" in str(early.note)) == ("title", 1, None, True)
    assert not forms.can_go_back(FORM, early)
    again = forms.Draft.load(early.dump())
    asked = step(step(again, Said("题目")).draft, Pressed("0")).draft
    assert (asked.at, kept(asked), asked.kept) == ("files", 1, ())  # asked all the same: there may be more
    two = step(asked, Spot(36.6, 117.0)).draft
    assert step(two, Pressed("done")).draft.at == SUMMARY
    assert kept(walk(PHOTO, PHOTO, PHOTO).draft) == 2  # no more than the question takes


def test_what_is_written_under_a_file_answers_the_question_that_stands() -> None:
    draft = walk(Sent("photo", "hash", caption="题目")).draft
    assert (draft.at, draft.answers["title"], kept(draft)) == ("kind", "题目", 1)
    short = walk(Sent("photo", "hash", caption="x")).draft
    assert (short.at, kept(short), "too_short" in str(short.error)) == ("title", 1, True)


def test_a_file_at_the_summary_is_added_to_the_answers() -> None:
    draft = walk(Said("题目"), Pressed("0"), Pressed("skip"), PHOTO).draft
    assert (draft.at, kept(draft), draft.kept) == (SUMMARY, 1, ())
    assert forms.answer(FORM, draft, Pressed("submit"), lambda _: "form.error.want_day").done is not None


class Noted(BaseModel):
    body: Annotated[str, Ask(), StringConstraints(max_length=8)]
    files: Annotated[list[dict[str, Any]], Ask("files", caption="body")] = []


def test_what_is_written_under_evidence_is_kept_with_the_words() -> None:
    form = Form("noted", Noted, submit=None)
    draft = forms.answer(form, forms.begin(form, {}), Said("正在拆"), lambda _: "form.error.want_day").draft
    told = forms.answer(form, draft, Sent("photo", "a", caption="一号窑"), lambda _: "form.error.want_day").draft
    assert (told.answers["body"], told.labels["body"]) == ("正在拆\n一号窑",) * 2
    assert "caption_taken" in str(told.note)
    full = forms.answer(form, told, Sent("photo", "b", caption="再多就写不下了"), lambda _: "form.error.want_day").draft
    assert (full.answers["body"], len(full.answers["files"]), "caption_left" in str(full.note)) == ("正在拆\n一号窑", 2, True)


class Bare(BaseModel):
    title: Annotated[str, Ask()]


def test_a_form_that_takes_no_files_says_so() -> None:
    form = Form("bare", Bare, submit=None)
    draft = forms.answer(form, forms.begin(form, {}), PHOTO, lambda _: "form.error.want_day").draft
    assert (draft.answers, "no_files" in str(draft.error)) == ({}, True)


@pytest.mark.parametrize(
    ("replies", "at", "key"),
    [
        ([Said("x")], "title", "form.error.too_short"),
        ([Said("太长的题目了")], "title", "form.error.too_long"),
        ([Strange("sticker")], "title", "form.error.want_text"),
        ([Said("题目"), Said("随便")], "kind", "form.error.want_choice"),
        ([Said("题目"), Pressed("9")], "kind", "form.error.stale"),
        ([Said("题目"), Pressed("2")], "kind", "form.sample.bad"),
        ([Said("题目"), Pressed("0"), Said("没有照片")], "files", "form.error.want_files"),
        ([Said("题目"), Pressed("0"), Pressed("skip"), Said("提交")], SUMMARY, "form.error.press_submit"),
    ],
)
def test_a_wrong_answer_says_why_and_changes_nothing(replies: list[forms.Reply], at: str, key: str) -> None:
    before = walk(*replies[:-1]).draft
    after = step(before, replies[-1]).draft
    assert (after.at, after.answers) == (at, before.answers)
    assert isinstance(after.error, dict)
    assert after.error["key"] == key


def test_a_condition_asks_what_it_newly_needs_after_an_edit() -> None:
    summary = walk(Said("题目"), Pressed("0"), Pressed("skip")).draft
    turn = step(summary, Pressed("edit:1"))
    assert turn.draft.at == "kind"
    turn = step(forms.offer(turn.draft, [Option("long", "长")]), Pressed("0"))
    assert turn.draft.at == "why"
    turn = step(turn.draft, Said("因为"))
    assert turn.draft.at == SUMMARY
    assert step(turn.draft, Pressed("submit")).done == Sample(about=7, title="题目", kind="long", why="因为")


def test_an_answer_whose_question_fell_away_is_not_sent() -> None:
    long = walk(Said("题目"), Pressed("1"), Said("因为"), Pressed("skip")).draft
    edited = step(long, Pressed("edit:1")).draft
    short = step(forms.offer(edited, [Option("short", "短")]), Pressed("0")).draft
    done = step(short, Pressed("submit")).done
    assert isinstance(done, Sample)
    assert done.why is None


def test_files_gather_until_they_are_enough() -> None:
    turn = walk(Said("题目"), Pressed("0"), Sent("photo", "a"), Spot(36.6, 117.0), Sent("photo", "b"))
    assert isinstance(turn.draft.error, dict)
    assert turn.draft.error["key"] == "form.error.enough_files"
    turn = step(turn.draft, Pressed("done"))
    assert turn.draft.at == SUMMARY
    assert [file["kind"] for file in turn.draft.answers["files"]] == ["photo", "location"]


def test_back_asks_the_question_before_again() -> None:
    turn = walk(Said("题目"), Pressed("back"))
    assert (turn.draft.at, turn.draft.answers) == ("title", {"about": 7})


def test_a_draft_holds_a_few_pages_of_options() -> None:
    many = [Option(str(n), str(n)) for n in range(1000)]
    draft = forms.offer(forms.begin(FORM, {}), many)
    assert len(draft.offered) == forms.MOST_OFFERED
    assert draft.more == 1000 - forms.MOST_OFFERED


REPLIES = st.one_of(
    st.builds(Said, st.text(max_size=8)),
    st.builds(Pressed, st.sampled_from(["0", "1", "2", "7", "skip", "done", "back", "submit", "edit:0", "edit:1", "edit:9", "page:3"])),
    st.builds(Sent, st.sampled_from(["photo", "document"]), st.just("hash")),
    st.just(Spot(1.0, 2.0)),
    st.just(Strange("sticker")),
)


@given(st.lists(REPLIES, max_size=25))
def test_whatever_comes_the_draft_stays_whole_and_only_valid_forms_are_sent(replies: list[forms.Reply]) -> None:
    draft = forms.begin(FORM, {"about": 7})
    for reply in replies:
        turn = step(draft, reply)
        draft = Draft.load(turn.draft.dump())
        assert draft == turn.draft
        assert draft.at == SUMMARY or draft.at in forms.active(FORM, draft.answers)
        if turn.done is not None:
            assert Sample.model_validate(turn.done.model_dump()) == turn.done
