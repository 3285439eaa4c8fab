"""Rows of telegram.md: whom a bot may write to, deleting, commands, tokens and methods, deep links."""

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeChat, MenuButtonCommands
from telegram.error import BadRequest, Forbidden, InvalidToken

from sandbox.app import Server
from sandbox.client import Person, Sandbox, SandboxError
from tests.sandbox.conftest import Refused, make_bot, take, texts


async def test_who_never_wrote_is_not_found(bot: Bot, sandbox: Sandbox, stranger: Person, refused: Refused) -> None:
    await refused(bot.send_message(stranger.id, "甲"), "Bad Request: chat not found")
    assert (await sandbox.chat(stranger)).messages == []
    error = await refused(bot.send_message(stranger.id, "甲"), "Bad Request: chat not found")
    assert isinstance(error, BadRequest)
    await refused(bot.send_message(-1, "甲"), "Bad Request: chat not found")


async def test_who_is_known_from_a_group_may_not_be_written_to_first(
    bot: Bot, sandbox: Sandbox, stranger: Person, refused: Refused
) -> None:
    await sandbox.group("一组", [stranger, bot.id])
    error = await refused(bot.send_message(stranger.id, "甲"), "Forbidden: bot can't initiate conversation with a user")
    assert isinstance(error, Forbidden)


async def test_block_and_unblock(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    await take(bot)
    await sandbox.block(li)
    change = (await take(bot))[0].my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    await refused(bot.send_message(li.id, "甲"), "Forbidden: bot was blocked by the user")
    with pytest.raises(SandboxError):
        await sandbox.write(li, "乙")
    await sandbox.start(li)
    back, hello = await take(bot)
    assert back.my_chat_member is not None
    assert back.my_chat_member.new_chat_member.status == "member"
    assert texts([hello]) == ["/start"]
    await bot.send_message(li.id, "甲")


async def test_deactivated(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    await sandbox.deactivate(li)
    await refused(bot.send_message(li.id, "甲"), "Forbidden: user is deactivated")


async def test_deep_link(bot: Bot, sandbox: Sandbox, stranger: Person) -> None:
    await sandbox.start(stranger, "A-z_09" + "x" * 58)
    assert texts(await take(bot)) == ["/start A-z_09" + "x" * 58]
    for payload in ("x" * 65, "有", "a b", "a=b"):
        with pytest.raises(SandboxError, match="payload"):
            await sandbox.start(stranger, payload)


async def test_delete_within_48_hours(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    mine, theirs = await bot.send_message(li.id, "我"), await sandbox.write(li, "她")
    assert await bot.delete_message(li.id, theirs.message_id)
    await refused(bot.delete_message(li.id, theirs.message_id), "Bad Request: message to delete not found")
    await sandbox.advance(hours=48, minutes=1)
    await refused(mine.delete(), "Bad Request: message can't be deleted")
    assert [each.text for each in await sandbox.messages(li)] == ["/start", "我"]


async def test_delete_many(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    sent = [(await bot.send_message(li.id, str(n))).message_id for n in range(3)]
    assert await bot.delete_messages(li.id, [*sent, 10**6])
    assert [each.text for each in await sandbox.messages(li)] == ["/start"]
    await refused(bot.delete_messages(li.id, list(range(1, 102))), "Bad Request: too many message identifiers specified")


async def test_commands(bot: Bot, li: Person, refused: Refused) -> None:
    hundred = [BotCommand(f"c{n}", "说") for n in range(100)]
    assert await bot.set_my_commands(hundred)
    assert len(await bot.get_my_commands()) == 100
    await refused(bot.set_my_commands([*hundred, BotCommand("more", "说")]), "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for name in ("", "Upper", "a-b", "x" * 33, "命令"):
        await refused(bot.set_my_commands([BotCommand(name, "说")]), "Bad Request: BOT_COMMAND_INVALID")
    for words in ("", "长" * 257):
        await refused(bot.set_my_commands([BotCommand("a", words)]), "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    await bot.set_my_commands([BotCommand("x" * 32, "长" * 256)])


async def test_commands_by_scope_and_language(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    english = await sandbox.person("Ann", language_code="en")
    await sandbox.start(english)
    await bot.set_my_commands([BotCommand("a", "默认")])
    await bot.set_my_commands([BotCommand("b", "English")], language_code="en")
    await bot.set_my_commands([BotCommand("c", "群")], scope=BotCommandScopeAllGroupChats())
    group = await sandbox.group("一组", [li, bot.id])

    async def offered(who: Person, chat: int | None = None) -> list[str]:
        return [each["command"] for each in (await sandbox.chat(who, chat=chat)).commands]

    assert (await offered(li), await offered(english), await offered(li, group.id)) == (["a"], ["b"], ["c"])
    await bot.set_my_commands([BotCommand("d", "一人")], scope=BotCommandScopeChat(li.id))
    assert await offered(li) == ["d"]
    await bot.delete_my_commands(scope=BotCommandScopeChat(li.id))
    assert await offered(li) == ["a"]
    await bot.set_chat_menu_button(li.id, MenuButtonCommands())
    assert (await sandbox.chat(li)).menu == {"type": "commands"}


async def test_wrong_token_and_unknown_method(server: Server, bot: Bot, sandbox: Sandbox) -> None:
    wrong = make_bot(server.url, "7000000009:no")
    with pytest.raises(InvalidToken):
        await wrong.get_me()
    await wrong.request.shutdown()
    entry = (await sandbox.log())[-1]
    assert (entry.code, entry.description) == (401, "Unauthorized")
    with pytest.raises(InvalidToken):
        await bot.get_my_star_balance()
    entry = (await sandbox.log())[-1]
    assert (entry.code, entry.description, entry.method) == (404, "Not Found: method not found", "getMyStarBalance")


async def test_a_token_that_was_revoked(server: Server, bot: Bot, sandbox: Sandbox) -> None:
    old = bot.token
    new = f"{old.partition(':')[0]}:AAnew"
    with pytest.raises(SandboxError, match="same number"):
        await sandbox.call("POST", "bots/revoke", {"token": old, "new": "7000000099:AAnew"})
    await sandbox.call("POST", "bots/revoke", {"token": old, "new": new})
    with pytest.raises(InvalidToken):
        await bot.get_me()
    renewed = make_bot(server.url, new)
    assert (await renewed.get_me()).id == int(old.partition(":")[0])
    await renewed.request.shutdown()


async def test_what_a_bot_may_ask(bot: Bot, li: Person, refused: Refused) -> None:
    me = await bot.get_me()
    assert me.is_bot
    assert not me.can_read_all_group_messages
    chat = await bot.get_chat(li.id)
    assert chat.first_name == "李联络"
    assert await bot.send_chat_action(li.id, "typing")
    await refused(bot.send_chat_action(li.id, "dancing"), "Bad Request: wrong parameter action in request")
    sent = await bot.send_message(li.id, "看")
    assert await sent.pin()
    assert (await bot.get_chat(li.id)).pinned_message is not None
    assert await sent.unpin()
    assert (await bot.get_chat_member(li.id, li.id)).status == "member"


async def test_location_and_contact(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    place = (await bot.send_location(li.id, 43.9, 125.3)).location
    assert place is not None
    await refused(bot.send_location(li.id, 95, 0), "Bad Request: invalid location specified")
    assert (await bot.send_contact(li.id, "12345", "值班")).contact is not None
    await take(bot)
    await sandbox.send(li, "location", latitude=36.7, longitude=117.0)
    await sandbox.send(li, "contact", phone_number="+8613800000000")
    here, number = [update.message for update in await take(bot)]
    assert here is not None
    assert here.location is not None
    assert here.location.latitude == 36.7
    assert number is not None
    assert number.contact is not None
    assert number.contact.user_id == li.id
