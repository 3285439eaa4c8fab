"""What an update says is read from its JSON: who, where, which command; anything else than text and presses has python-telegram-bot's types."""

from typing import Any

import pytest

from bot.incoming import Incoming

ME = {"id": 5, "is_bot": False, "first_name": "周", "language_code": "en"}
CHAT = {"id": 5, "type": "private", "first_name": "周"}


def written(words: str, command: int = 0, **more: Any) -> Incoming:
    entities = [{"type": "bot_command", "offset": 0, "length": command}] if command else []
    message = {"message_id": 9, "date": 1, "from": ME, "chat": CHAT, "text": words, "entities": entities, **more}
    return Incoming({"update_id": 1, "message": message})


@pytest.mark.parametrize(
    ("words", "length", "read"),
    [
        ("/tasks", 6, ("tasks", "")),
        ("/Find@Duban_bot  蓝天  水泥", 15, ("find", "蓝天 水泥")),
        ("/start@other_bot abc", 16, ("", "")),
        ("看 /tasks", 0, None),
        ("第一天", 0, None),
    ],
)
def test_commands(words: str, length: int, read: tuple[str, str] | None) -> None:
    assert written(words, length).command("duban_bot") == read


def test_a_command_that_does_not_begin_the_message_is_words() -> None:
    said = written("看 /tasks", entities=[{"type": "bot_command", "offset": 2, "length": 6}])
    assert said.command("duban_bot") is None


def test_a_press_belongs_to_who_pressed_and_to_the_message_it_stands_in() -> None:
    group = {"message_id": 3, "date": 1, "chat": {"id": -7, "type": "group", "title": "专班"}}
    pressed = Incoming({"update_id": 2, "callback_query": {"id": "1", "from": ME, "data": "1.m.0.0", "message": group}})
    assert (pressed.kind, pressed.account, pressed.chat, pressed.message_id, pressed.language) == ("callback_query", 5, -7, 3, "en")


def test_a_press_on_a_message_that_is_gone_is_private() -> None:
    pressed = Incoming({"update_id": 2, "callback_query": {"id": "1", "from": ME, "data": "1.m.0.0"}})
    assert (pressed.account, pressed.chat, pressed.message_id) == (5, 5, None)


def test_membership_has_types() -> None:
    status = {"chat": CHAT, "from": ME, "date": 1}
    bot = {"id": 7, "is_bot": True, "first_name": "督办"}
    raw = {**status, "old_chat_member": {"status": "member", "user": bot}, "new_chat_member": {"status": "left", "user": bot}}
    left = Incoming({"update_id": 3, "my_chat_member": raw})
    assert left.account == 5
    assert left.types.my_chat_member is not None
    assert left.types.my_chat_member.new_chat_member.status == "left"


def test_an_update_of_a_kind_nobody_asked_for_is_read_as_far_as_it_goes() -> None:
    assert Incoming({"update_id": 4, "message_reaction": {"chat": CHAT, "user": ME}}).account == 5
    assert (Incoming({"update_id": 5}).kind, Incoming({"update_id": 5}).account) == ("", 0)
