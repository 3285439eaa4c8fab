"""Words at the wrong question: kept for the right one if they tell something, never lost."""

import json
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from domain import forms, told
from domain.forms import SUMMARY, Ask, Draft, Form, Pressed, Said, Sent, Turn

STORY = "夜里偷偷开第三座焦炉，白天停火应付检查。"
MORE = "厂区南门夜里能看到火光，谁去都看得见的。"


class Report(BaseModel):
    yes: Annotated[str, Ask("choice", source="yes", notice=True)]
    plant: Annotated[str | None, Ask(optional=True), StringConstraints(max_length=10)] = None
    what: Annotated[str, Ask(gathers=True), StringConstraints(min_length=10, max_length=60)]
    files: Annotated[list[dict[str, Any]] | None, Ask("files", optional=True, caption="what")] = None


FORM = Form("report", Report, submit=None)


def step(draft: Draft, reply: forms.Reply) -> Turn:
    loaded = Draft.load(json.loads(json.dumps(draft.dump())))  # as it comes back from its row
    return told.kept(FORM, forms.answer(FORM, loaded, reply, lambda _: "form.error.want_day"), reply)


def begun(*replies: forms.Reply) -> Turn:
    draft = forms.offer(forms.begin(FORM, {}), [forms.Option("yes", "好")])
    turn = Turn(draft)
    for reply in replies:
        turn = step(turn.draft, reply)
    return turn


def test_a_story_is_kept_and_the_question_stands() -> None:
    turn = begun(Said(STORY))
    assert (turn.left, turn.draft.at, turn.draft.error) == (False, "yes", None)
    assert turn.draft.answers == {"what": STORY}
    assert turn.draft.note is not None


def test_it_is_asked_for_all_the_same_and_added_to() -> None:
    turn = begun(Said(STORY), Pressed("0"), Said(STORY), Said("某某厂"))
    assert turn.draft.at == "what"
    assert step(turn.draft, Pressed("done")).draft.at == "files"
    added = step(turn.draft, Said("完"))
    assert (added.draft.at, added.draft.answers["what"]) == ("files", f"{STORY}\n{STORY}\n完")


def test_what_comes_later_is_added() -> None:
    turn = begun(Pressed("0"), Pressed("skip"), Said(STORY), Said(MORE))
    assert (turn.draft.at, turn.draft.answers["what"]) == ("files", f"{STORY}\n{MORE}")
    turn = step(step(turn.draft, Pressed("skip")).draft, Said("还有一件事，" + "火" * 5 + "，夜里一点以后"))
    assert turn.left, "sixty characters are the most"
    assert (turn.draft.at, turn.draft.answers["what"]) == (SUMMARY, f"{STORY}\n{MORE}")


def test_going_back_loses_nothing_and_changing_it_does() -> None:
    turn = begun(Pressed("0"), Pressed("skip"), Said(STORY), Pressed("back"))
    assert (turn.draft.at, turn.draft.answers["what"]) == ("what", STORY)
    turn = step(step(turn.draft, Pressed("done")).draft, Pressed("skip"))
    changed = step(step(turn.draft, Pressed("edit:2")).draft, Said(MORE))
    assert (changed.draft.at, changed.draft.answers["what"]) == (SUMMARY, MORE)


def test_what_was_not_taken_is_told_from_what_was() -> None:
    assert begun(Said("什么？")).left, "short, and no choice"
    assert begun(Sent("photo", "hash")).left, "no file before the notice is agreed to"
    assert not begun(Pressed("0"), Sent("photo", "hash")).left
    assert begun(Pressed("0"), Pressed("skip"), Said("短")).left
    assert begun(Pressed("0"), Pressed("skip"), Said("长" * 61)).left
    assert begun(Pressed("0"), Pressed("skip"), Said(STORY), Sent("photo", "hash", caption="长" * 50)).left, "the caption does not fit"


def test_it_stays_in_the_chat_until_the_form_ends() -> None:
    short = told.stays(begun(Said("什么？")), Said("什么？"), (7,))
    assert short.left == (7,)
    again = told.stays(Turn(short, left=True), Said("长" * 61), (8,))
    assert again.left == (7, 8)
    assert again.error != short.error, "the longer one is worth a hint"


def test_a_draft_of_before_is_read() -> None:
    raw = forms.begin(FORM, {}).dump()
    del raw["left"]
    assert Draft.load(raw).left == ()
