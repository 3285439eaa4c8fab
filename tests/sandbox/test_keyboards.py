"""Rows of telegram.md: callback data, keyboards, presses and their answers."""

import pytest
from telegram import (
    Bot,
    CallbackQuery,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from sandbox.app import Server
from sandbox.client import Person, Sandbox, SandboxError
from tests.sandbox.conftest import Refused, make_bot, take

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def keyboard(*rows: int, data: str = "a", text: str = "键") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data=data)] * count for count in rows])


async def pressed(bot: Bot) -> CallbackQuery:
    query = (await take(bot))[-1].callback_query
    assert query is not None
    return query


async def test_callback_data_of_1_to_64_bytes(bot: Bot, li: Person, refused: Refused) -> None:
    await bot.send_message(li.id, "甲", reply_markup=keyboard(1, data="d" * 64))
    await bot.send_message(li.id, "甲", reply_markup=keyboard(1, data="办" * 21))
    for data in ("", "d" * 65, "办" * 22):
        await refused(bot.send_message(li.id, "甲", reply_markup=keyboard(1, data=data)), "Bad Request: BUTTON_DATA_INVALID")


@pytest.mark.parametrize("rows", [[9], [8] * 12 + [5]])
async def test_keyboard_too_big(bot: Bot, li: Person, refused: Refused, rows: list[int]) -> None:
    await bot.send_message(li.id, "甲", reply_markup=keyboard(*[8] * 12, 4))
    await refused(bot.send_message(li.id, "甲", reply_markup=keyboard(*rows)), "Bad Request: reply markup is too long")


async def test_keyboard_of_more_than_10_kilobytes(bot: Bot, li: Person, refused: Refused) -> None:
    await refused(bot.send_message(li.id, "甲", reply_markup=keyboard(*[8] * 10, text="长" * 50)), "Bad Request: reply markup is too long")
    reply = ReplyKeyboardMarkup([["长" * 100]] * 50)
    await refused(bot.send_message(li.id, "甲", reply_markup=reply), "Bad Request: reply markup is too long")


async def test_buttons_that_telegram_refuses(bot: Bot, li: Person, refused: Refused) -> None:
    nothing = InlineKeyboardMarkup([[InlineKeyboardButton("键")]])
    words = "Bad Request: can't parse InlineKeyboardButton: Text buttons are unallowed in the inline keyboard"
    await refused(bot.send_message(li.id, "甲", reply_markup=nothing), words)
    local = InlineKeyboardMarkup([[InlineKeyboardButton("开", url="http://localhost:8080/x")]])
    words = "Bad Request: inline keyboard button URL 'http://localhost:8080/x' is invalid: Wrong HTTP URL"
    await refused(bot.send_message(li.id, "甲", reply_markup=local), words)
    await bot.send_message(li.id, "甲", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("开", url="https://example.org/x")]]))


async def test_reply_keyboards_are_shown_and_taken_away(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await bot.send_message(li.id, "选", reply_markup=ReplyKeyboardMarkup([["是", "否"]], resize_keyboard=True))
    view = await sandbox.chat(li)
    assert view.reply_keyboard == [[{"text": "是"}, {"text": "否"}]]
    await bot.send_message(li.id, "写", reply_markup=ForceReply())
    assert (await sandbox.chat(li)).reply_keyboard is not None
    await bot.send_message(li.id, "好", reply_markup=ReplyKeyboardRemove())
    assert (await sandbox.chat(li)).reply_keyboard is None


async def test_press_and_answer(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    sent = await bot.send_message(li.id, "甲", reply_markup=keyboard(1, data="1.ack", text="收到"))
    callback_id = await sandbox.press(li, "收")
    query = await pressed(bot)
    assert (query.id, query.data, query.from_user.id) == (callback_id, "1.ack", li.id)
    assert query.message is not None
    assert query.message.message_id == sent.message_id
    await refused(query.answer("长" * 201), "Bad Request: MESSAGE_TOO_LONG")
    await query.answer("好" * 200, show_alert=True)
    answer = await sandbox.wait_answer(li, callback_id)
    assert (answer.text, answer.alert) == ("好" * 200, True)
    await refused(query.answer(), TOO_OLD)


async def test_late_unknown_and_foreign_presses(server: Server, bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    await bot.send_message(li.id, "甲", reply_markup=keyboard(1))
    await refused(bot.answer_callback_query("123"), TOO_OLD)
    await sandbox.press(li, data="a")
    query = await pressed(bot)
    await sandbox.bot("7000000002:B", "other_bot")
    async with make_bot(server.url, "7000000002:B") as other:
        await refused(other.answer_callback_query(query.id), TOO_OLD)
    server.world.presses[query.id].at -= 151
    await refused(query.answer(), TOO_OLD)


async def test_press_on_a_deleted_message_arrives_without_its_content(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    sent = await bot.send_message(li.id, "甲", reply_markup=keyboard(1, text="还在"))
    await sent.delete()
    with pytest.raises(SandboxError, match="no such button"):
        await sandbox.press(li, "还在")
    await sandbox.press(li, "还在", message_id=sent.message_id)
    query = await pressed(bot)
    # The Bot API's InaccessibleMessage; python-telegram-bot makes a Message of it that says so.
    assert query.message is not None
    assert not query.message.is_accessible
    assert query.data == "a"


async def test_which_button_is_pressed(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    rows = [[InlineKeyboardButton("是", callback_data="y"), InlineKeyboardButton("否", callback_data="n")]]
    old = await bot.send_message(li.id, "旧", reply_markup=InlineKeyboardMarkup(rows))
    new = await bot.send_message(li.id, "新", reply_markup=InlineKeyboardMarkup(rows[:1]))
    await sandbox.press(li, "否")
    query = await pressed(bot)
    assert query.message is not None
    assert (query.message.message_id, query.data) == (new.message_id, "n")
    await sandbox.press(li, row=0, col=0, message_id=old.message_id)
    assert (await pressed(bot)).data == "y"
    for wrong in ({"label": "没有"}, {"data": "x"}, {"row": 3, "col": 0}):
        with pytest.raises(SandboxError, match="no such button"):
            await sandbox.press(li, **wrong)
    await sandbox.press(li, data="forged", message_id=new.message_id, force=True)
    assert (await pressed(bot)).data == "forged"


async def test_the_newest_message_with_such_a_label_is_pressed(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await bot.send_message(li.id, "旧", reply_markup=keyboard(1, data="old", text="完成"))
    await bot.send_message(li.id, "新", reply_markup=keyboard(1, data="new", text="✅ 完成"))
    await sandbox.press(li, "完成")
    assert (await pressed(bot)).data == "new"
