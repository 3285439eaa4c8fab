"""What a bot may ask about a chat, and do to it as a whole."""

from typing import Any

from sandbox.delivery import member_json
from sandbox.errors import bad
from sandbox.groups import remove_member
from sandbox.methods.call import Call, chat_of, known_chat, message_of, method
from sandbox.views import message_for_bot

JSON = dict[str, Any]


@method("getChat")
def get_chat(call: Call) -> JSON:
    chat = known_chat(call)
    info: JSON = {
        **chat.api(),
        "accent_color_id": 3,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        ),
    }
    if chat.pinned:
        info["pinned_message"] = message_for_bot(chat.messages[chat.pinned[-1]], call.bot, call.world.files, nested=False)
    if chat.person is None:
        info["permissions"] = {"can_send_messages": True}
    return info


def _user(call: Call, number: int) -> JSON | None:
    user = call.world.people.get(number) or call.world.bots.get(number)
    return user.api() if user is not None else None


@method("getChatMember")
def get_chat_member(call: Call) -> JSON:
    chat = known_chat(call)
    number = call.params.integer("user_id")
    user = _user(call, number)
    if number <= 0 or user is None:
        raise bad("invalid user_id specified" if number <= 0 else "PARTICIPANT_ID_INVALID")
    if chat.person is not None:
        return member_json(user, "member" if chat.present(number) else "left")
    return member_json(user, chat.members.get(number, "left"))


@method("getChatMemberCount")
def get_chat_member_count(call: Call) -> int:
    chat = known_chat(call)
    return 2 if chat.person is not None else sum(chat.present(member) for member in chat.members)


@method("getChatAdministrators")
def get_chat_administrators(call: Call) -> list[JSON]:
    chat = known_chat(call)
    if chat.person is not None:
        raise bad("there are no administrators in the private chat")
    admins = [(member, status) for member, status in chat.members.items() if status in {"creator", "administrator"}]
    return [member_json(user, status) for member, status in admins if (user := _user(call, member)) is not None]


@method("leaveChat")
def leave_chat(call: Call) -> bool:
    chat = chat_of(call)
    if chat.person is not None:
        raise bad("chat member status can't be changed in private chats")
    remove_member(call.world, chat, call.bot, call.bot, "left")
    return True


def _may_pin(call: Call, chat_members: dict[int, str]) -> None:
    if chat_members and chat_members.get(call.bot.id) != "administrator":
        raise bad("not enough rights to manage pinned messages in the chat")


@method("pinChatMessage")
def pin_chat_message(call: Call) -> bool:
    chat = chat_of(call)
    message = message_of(call, chat, "message to pin not found")
    _may_pin(call, chat.members)
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        call.world.post(chat, call.bot, {"pinned_message": message})
    return True


@method("unpinChatMessage")
def unpin_chat_message(call: Call) -> bool:
    chat = chat_of(call)
    _may_pin(call, chat.members)
    number = call.params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(number)
    return True


@method("unpinAllChatMessages")
def unpin_all_chat_messages(call: Call) -> bool:
    chat = chat_of(call)
    _may_pin(call, chat.members)
    chat.pinned.clear()
    return True
