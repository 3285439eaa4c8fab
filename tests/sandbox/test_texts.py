"""Rows of telegram.md: text, caption, entities, edits."""

import json

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.constants import ParseMode

from sandbox.client import Person, Sandbox
from tests.sandbox.conftest import Refused

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


async def test_text_of_4096_code_points_after_parsing(bot: Bot, li: Person, refused: Refused) -> None:
    sent = await bot.send_message(li.id, "<b>" + "办" * 4096 + "</b>", parse_mode=ParseMode.HTML)
    assert sent.text == "办" * 4096
    await bot.send_message(li.id, "😀" * 4096)
    await refused(bot.send_message(li.id, "办" * 4097), "Bad Request: message is too long")
    await refused(sent.edit_text("办" * 4097), "Bad Request: message is too long")


@pytest.mark.parametrize("text", ["", "   \n ", "<b></b>", "<b> </b>"])
async def test_empty_text(bot: Bot, li: Person, refused: Refused, text: str) -> None:
    await refused(bot.send_message(li.id, text, parse_mode=ParseMode.HTML), "Bad Request: message text is empty")


async def test_caption_of_1024(bot: Bot, li: Person, refused: Refused) -> None:
    sent = await bot.send_document(li.id, b"x", filename="表.xlsx", caption="册" * 1024)
    assert sent.caption == "册" * 1024
    await refused(bot.send_document(li.id, b"x", caption="册" * 1025), "Bad Request: message caption is too long")
    await refused(sent.edit_caption("册" * 1025), "Bad Request: message caption is too long")


async def test_html_becomes_entities_in_utf16(bot: Bot, li: Person) -> None:
    html = '😀<b>粗<i>斜</i></b> <a href="https://a.cn/?x=1&amp;y=2">链</a> <code>a&lt;b</code> <tg-spoiler>密</tg-spoiler>'
    html += "<blockquote expandable>引</blockquote>"
    sent = await bot.send_message(li.id, html, parse_mode="HTML")
    assert sent.text == "😀粗斜 链 a<b 密引"
    found = {(entity.type, entity.offset, entity.length) for entity in sent.entities}
    assert found == {
        ("bold", 2, 2), ("italic", 3, 1), ("text_link", 5, 1), ("code", 7, 3), ("spoiler", 11, 1), ("expandable_blockquote", 12, 1),
    }  # fmt: skip
    assert next(entity.url for entity in sent.entities if entity.type == "text_link") == "https://a.cn/?x=1&y=2"


@pytest.mark.parametrize(
    ("html", "error"),
    [
        ("甲<x>乙</x>", 'Unsupported start tag "x" at byte offset 3'),
        ("<b>甲", 'Can\'t find end tag corresponding to start tag "b"'),
        ("甲</b>", "Unexpected end tag at byte offset 3"),
        ("<b>甲</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("甲<b", "Unclosed start tag at byte offset 3"),
        ('<span class="x">甲</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_html_that_telegram_cannot_parse(bot: Bot, li: Person, refused: Refused, html: str, error: str) -> None:
    await refused(bot.send_message(li.id, html, parse_mode="HTML"), f"Bad Request: can't parse entities: {error}")


async def test_plain_text_is_left_alone_but_links_and_commands_are_found(bot: Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "  <b>见 https://example.org/a，/help 或 @some_user\n")
    assert sent.text == "<b>见 https://example.org/a，/help 或 @some_user"
    assert [entity.type for entity in sent.entities] == ["url", "bot_command", "mention"]


async def test_markdown_v2(bot: Bot, li: Person, refused: Refused) -> None:
    sent = await bot.send_message(li.id, r"*粗 _斜_* `码` 1\.", parse_mode="MarkdownV2")
    assert sent.text == "粗 斜 码 1."
    assert [entity.type for entity in sent.entities] == ["bold", "italic", "code"]
    reserved = "Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'"
    await refused(bot.send_message(li.id, "1.", parse_mode="MarkdownV2"), reserved)
    await refused(bot.send_message(li.id, "1", parse_mode="BBCode"), "Bad Request: unsupported parse_mode")


async def test_lone_surrogate_can_never_be_sent(sandbox: Sandbox, bot: Bot, li: Person) -> None:
    assert sandbox._session is not None
    body = json.dumps({"chat_id": li.id, "text": "a\ud800"})
    headers = {"Content-Type": "application/json"}
    async with sandbox._session.post(f"{sandbox.url}/bot{bot.token}/sendMessage", data=body, headers=headers) as answer:
        assert (await answer.json())["description"] == "Bad Request: strings must be encoded in UTF-8"


async def test_edit_that_changes_nothing(bot: Bot, li: Person, refused: Refused) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("收到", callback_data="a")]])
    sent = await bot.send_message(li.id, "甲", reply_markup=keyboard)
    await refused(sent.edit_text("甲", reply_markup=keyboard), NOT_MODIFIED)
    await refused(sent.edit_reply_markup(keyboard), NOT_MODIFIED)
    without = await sent.edit_text("甲")
    assert not isinstance(without, bool)
    assert without.reply_markup is None
    assert (await bot.edit_message_text("乙", li.id, sent.message_id)).edit_date is not None  # type: ignore[union-attr] # not inline


async def test_what_cannot_be_edited(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    theirs = await sandbox.write(li, "我写的")
    await refused(bot.edit_message_text("改", li.id, theirs.message_id), "Bad Request: message can't be edited")
    keyed = await bot.send_message(li.id, "选", reply_markup=ReplyKeyboardMarkup([["是", "否"]]))
    await refused(keyed.edit_text("改"), "Bad Request: message can't be edited")
    await refused(bot.edit_message_text("改", li.id, 10**6), "Bad Request: message to edit not found")
    file = await bot.send_document(li.id, b"x")
    await refused(file.edit_text("改"), "Bad Request: there is no text in the message to edit")
    await refused((await bot.send_message(li.id, "字")).edit_caption("改"), "Bad Request: there is no caption in the message to edit")


async def test_replies(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    theirs = await sandbox.write(li, "问")
    answer = await bot.send_message(li.id, "答", reply_parameters=ReplyParameters(theirs.message_id))
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.text == "问"
    gone = ReplyParameters(10**6)
    await refused(bot.send_message(li.id, "答", reply_parameters=gone), "Bad Request: message to be replied not found")
    await bot.send_message(li.id, "答", reply_parameters=ReplyParameters(10**6, allow_sending_without_reply=True))


async def test_options_of_a_message_are_kept(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    preview = LinkPreviewOptions(is_disabled=True)
    sent = await bot.send_message(li.id, "密", protect_content=True, link_preview_options=preview)
    assert sent.has_protected_content
    assert sent.link_preview_options == preview
    assert (await sandbox.messages(li))[-1].protected
    await refused(sent.forward(li.id), "Bad Request: message can't be forwarded")
    open_one = await bot.send_message(li.id, "可转")
    assert (await open_one.forward(li.id)).forward_origin is not None
    assert (await open_one.copy(li.id)).message_id > open_one.message_id


async def test_without_a_sound(bot: Bot, li: Person, sandbox: Sandbox) -> None:
    """The person sees that it came silently; the bot is told nothing of it, and an edit changes nothing."""
    sent = await bot.send_message(li.id, "夜里", disable_notification=True)
    await bot.send_message(li.id, "白天")
    assert [message.silent for message in await sandbox.messages(li)][-2:] == [True, False]
    assert "silent" not in sent.to_dict()
    assert (await sandbox.log(method="sendMessage"))[-2].params["disable_notification"] in {True, "true"}
    await sent.edit_text("夜里，改过")
    assert [message.silent for message in await sandbox.messages(li)][-2:] == [True, False]
    album = [InputMediaDocument(b"1", filename="a.txt"), InputMediaDocument(b"2", filename="b.txt")]
    await bot.send_media_group(li.id, album, disable_notification=True)
    assert [message.silent for message in await sandbox.messages(li)][-2:] == [True, True]
