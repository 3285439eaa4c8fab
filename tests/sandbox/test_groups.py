"""Rows of telegram.md: groups: privacy mode, leaving, migration, presses by anyone."""

import pytest
from telegram import Bot, ChatMemberRestricted, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import ChatMigrated

from sandbox.app import Server
from sandbox.client import Group, Person, Sandbox, SandboxError
from tests.sandbox.conftest import Refused, make_bot, take, texts


@pytest.fixture
async def group(bot: Bot, sandbox: Sandbox, li: Person, stranger: Person) -> Group:
    """The group 一组 of two people and the bot, after the bot has heard of its making."""
    group = await sandbox.group("一组", [li, stranger, bot.id])
    await take(bot)
    return group


async def test_a_new_group_is_told(bot: Bot, sandbox: Sandbox, stranger: Person) -> None:
    group = await sandbox.group("二组", [stranger, bot.id])
    added, joined = await take(bot)
    assert added.my_chat_member is not None
    assert (added.my_chat_member.chat.id, added.my_chat_member.new_chat_member.status) == (group.id, "member")
    assert joined.message is not None
    assert [user.id for user in joined.message.new_chat_members] == [bot.id]


async def test_privacy_mode(bot: Bot, sandbox: Sandbox, li: Person, group: Group) -> None:
    await sandbox.write(li, "闲谈", chat=group.id)
    await sandbox.write(li, "/status@test_bot 现在", chat=group.id)
    await sandbox.write(li, "/status@other_bot", chat=group.id)
    await sandbox.write(li, "@test_bot 在吗", chat=group.id)
    # The only bot of the group is meant by a command without a name.
    await sandbox.write(li, "/status", chat=group.id)
    assert texts(await take(bot)) == ["/status@test_bot 现在", "/status"]
    asked = await bot.send_message(group.id, "谁去？")
    await sandbox.write(li, "我去", chat=group.id, reply_to=asked.message_id)
    theirs = await sandbox.write(li, "说", chat=group.id)
    await sandbox.write(li, "回", chat=group.id, reply_to=theirs.message_id)
    assert texts(await take(bot)) == ["我去"]


async def test_plain_commands_go_to_the_bot_that_wrote_last(server: Server, bot: Bot, sandbox: Sandbox, li: Person) -> None:
    other_id = await sandbox.bot("7000000002:B", "other_bot")
    group = await sandbox.group("二组", [li, bot.id, other_id])
    async with make_bot(server.url, "7000000002:B") as other:
        await take(bot)
        await take(other)
        await sandbox.write(li, "/a", chat=group.id)
        await other.send_message(group.id, "在")
        await sandbox.write(li, "/b", chat=group.id)
        assert (texts(await take(bot)), texts(await take(other))) == ([], ["/b"])


async def test_without_privacy_mode_and_as_administrator_all_is_read(server: Server, bot: Bot, sandbox: Sandbox, li: Person) -> None:
    nosy_id = await sandbox.bot("7000000002:B", "nosy_bot", privacy=False)
    group = await sandbox.group("二组", [li, bot.id, nosy_id], admins=[bot.id])
    await take(bot)
    await sandbox.write(li, "闲谈", chat=group.id)
    assert texts(await take(bot)) == ["闲谈"]
    async with make_bot(server.url, "7000000002:B") as nosy:
        assert texts(await take(nosy))[-1] == "闲谈"


async def test_anyone_in_a_group_can_press(bot: Bot, sandbox: Sandbox, li: Person, stranger: Person, group: Group) -> None:
    await bot.send_message(group.id, "批？", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("批准", callback_data="ok")]]))
    await sandbox.press(stranger, "批准", chat=group.id)
    query = (await take(bot))[0].callback_query
    assert query is not None
    assert query.from_user.id == stranger.id
    outsider = await sandbox.person("外人")
    with pytest.raises(SandboxError, match="not in this group"):
        await sandbox.press(outsider, "批准", chat=group.id)


async def test_joining_and_leaving(bot: Bot, sandbox: Sandbox, li: Person, group: Group) -> None:
    newcomer = await sandbox.person("新人")
    await sandbox.change_members(group.id, add=[newcomer])
    await sandbox.change_members(group.id, remove=[newcomer])
    joined, left = [update.message for update in await take(bot)]
    assert joined is not None
    assert [user.id for user in joined.new_chat_members] == [newcomer.id]
    assert left is not None
    assert left.left_chat_member is not None
    assert (await bot.get_chat_member(group.id, newcomer.id)).status == "left"
    assert [member.user.id for member in await bot.get_chat_administrators(group.id)] == [li.id]


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_kicked(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused, kind: str) -> None:
    group = await sandbox.group("三组", [li, bot.id], kind=kind)
    await take(bot)
    await sandbox.change_members(group.id, remove=[bot.id])
    changes = [update.my_chat_member for update in await take(bot) if update.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked"]
    await refused(bot.send_message(group.id, "甲"), f"Forbidden: bot was kicked from the {kind} chat")


async def test_left(bot: Bot, group: Group, refused: Refused) -> None:
    assert await bot.leave_chat(group.id)
    await refused(bot.send_message(group.id, "甲"), "Forbidden: bot is not a member of the supergroup chat")


async def test_migration(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    group = await sandbox.group("三组", [li, bot.id], kind="group")
    await take(bot)
    new = await sandbox.migrate(group.id)
    left, joined, came = await take(bot)
    assert joined.my_chat_member is not None
    assert (joined.my_chat_member.chat.id, joined.my_chat_member.new_chat_member.status) == (new, "member")
    old_side, new_side = left.message, came.message
    assert old_side is not None
    assert (old_side.chat.id, old_side.migrate_to_chat_id) == (group.id, new)
    assert new_side is not None
    assert (new_side.chat.id, new_side.migrate_from_chat_id) == (new, group.id)
    error = await refused(bot.send_message(group.id, "甲"), "Bad Request: group chat was upgraded to a supergroup chat")
    assert isinstance(error, ChatMigrated)
    assert error.new_chat_id == new
    await bot.send_message(new, "乙")


async def test_another_title(bot: Bot, sandbox: Sandbox, group: Group) -> None:
    await take(bot)
    await sandbox.rename(group.id, "新群名")
    told = (await take(bot))[0].message
    assert told is not None
    assert (told.new_chat_title, told.chat.title) == ("新群名", "新群名")


async def test_a_bot_that_may_look_on_only(bot: Bot, sandbox: Sandbox, group: Group, refused: Refused) -> None:
    await take(bot)
    await sandbox.mute(group.id)
    told = (await take(bot))[0].my_chat_member
    assert told is not None
    assert isinstance(told.new_chat_member, ChatMemberRestricted)
    assert told.new_chat_member.can_send_messages is False
    await refused(bot.send_message(group.id, "甲"), "Bad Request: not enough rights to send text messages to the chat")


async def test_in_a_group_a_bot_deletes_its_own_only(bot: Bot, sandbox: Sandbox, li: Person, group: Group, refused: Refused) -> None:
    theirs = await sandbox.write(li, "说", chat=group.id)
    await refused(bot.delete_message(group.id, theirs.message_id), "Bad Request: message can't be deleted")
    assert await (await bot.send_message(group.id, "甲")).delete()
