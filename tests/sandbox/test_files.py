"""Rows of telegram.md: files and albums."""

import io

import pytest
from PIL import Image
from telegram import Bot, InputMediaDocument, InputMediaPhoto, InputMediaVideo, Message

from sandbox.app import Server
from sandbox.client import Person, Sandbox, SandboxError
from tests.sandbox.conftest import Refused, make_bot, take

MEBIBYTE = 1 << 20


def picture(width: int = 400, height: int = 300, *, size: int = 0) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, "PNG")
    return out.getvalue().ljust(size, b"\0")


async def arrived(bot: Bot) -> Message:
    message = (await take(bot))[-1].message
    assert message is not None
    return message


async def test_document_goes_both_ways(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    sent = await bot.send_document(li.id, b"rows", filename="企业名单.xlsx", caption="<b>名单</b>", parse_mode="HTML")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("企业名单.xlsx", 4)
    seen = (await sandbox.messages(li))[-1]
    assert seen.document is not None
    assert await sandbox.file(seen.document["file_unique_id"]) == b"rows"
    await sandbox.send(li, "document", b"answer", file_name="报告.docx", caption="交")
    message = await arrived(bot)
    assert message.document is not None
    file = await message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"answer"
    assert (message.document.file_name, message.caption) == ("报告.docx", "交")
    assert message.document.mime_type == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert (await sandbox.log())[-1].method == "getFile"


async def test_photo_has_sizes_and_can_be_sent_again(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    await sandbox.send(li, "photo", picture(), caption="现场")
    message = await arrived(bot)
    assert [(size.width, size.height) for size in message.photo] == [(90, 68), (400, 300)]
    again = await bot.send_photo(li.id, message.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == message.photo[-1].file_unique_id
    words = "Bad Request: can't use file of type Photo as Document"
    await refused(bot.send_document(li.id, message.photo[-1].file_id), words)


async def test_upload_and_download_limits(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    await sandbox.send(li, "document", bytes(20 * MEBIBYTE), file_name="a.bin")
    message = await arrived(bot)
    assert message.document is not None
    await message.document.get_file()
    await sandbox.send(li, "document", bytes(20 * MEBIBYTE + 1), file_name="b.bin")
    message = await arrived(bot)
    assert message.document is not None
    await refused(message.document.get_file(), "Bad Request: file is too big")
    await bot.send_photo(li.id, picture(size=10 * MEBIBYTE))
    words = "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes"
    await refused(bot.send_photo(li.id, picture(size=10 * MEBIBYTE + 1)), words)
    await refused(bot.send_document(li.id, bytes(50 * MEBIBYTE + 1)), "Request Entity Too Large")


async def test_what_is_no_photo(bot: Bot, li: Person, refused: Refused) -> None:
    await refused(bot.send_photo(li.id, b"text"), "Bad Request: IMAGE_PROCESS_FAILED")
    await refused(bot.send_photo(li.id, picture(30, 1000)), "Bad Request: PHOTO_INVALID_DIMENSIONS")
    await refused(bot.send_document(li.id, b""), "Bad Request: file must be non-empty")


async def test_a_file_id_is_good_for_one_bot_only(server: Server, bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    sent = await bot.send_document(li.id, b"x")
    assert sent.document is not None
    wrong = "Bad Request: wrong file_id or the file is temporarily unavailable"
    await refused(bot.get_file("BAADnonsense"), wrong)
    other_id = await sandbox.bot("7000000002:B", "other_bot")
    await sandbox.start(li, bot=other_id)
    async with make_bot(server.url, "7000000002:B") as other:
        await refused(other.send_document(li.id, sent.document.file_id), wrong)


async def test_album_of_2_to_10(bot: Bot, sandbox: Sandbox, li: Person, refused: Refused) -> None:
    items = [InputMediaPhoto(picture()) for _ in range(9)]
    sent = await bot.send_media_group(li.id, [*items, InputMediaVideo(b"film")], caption="一组")
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["一组", *[None] * 9]
    assert (await sandbox.messages(li))[-1].media_group_id == sent[0].media_group_id
    photo = InputMediaPhoto(picture())
    await refused(bot.send_media_group(li.id, [photo] * 11), "Bad Request: too many messages to send as an album")
    await refused(bot.send_media_group(li.id, [photo]), "Bad Request: media group must include 2-10 items")
    mixed: list[InputMediaPhoto | InputMediaDocument] = [photo, InputMediaDocument(b"x", filename="a.txt")]
    await refused(bot.send_media_group(li.id, mixed), "Bad Request: document can't be mixed with other media types")
    assert len(await sandbox.messages(li)) == 11


async def test_album_of_a_person_is_messages_with_one_group_id(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    await take(bot)
    for _ in range(3):
        await sandbox.send(li, "photo", picture(), media_group_id="77")
    updates = await take(bot)
    assert [update.message.media_group_id for update in updates if update.message] == ["77"] * 3


async def test_voice_video_sticker(bot: Bot, sandbox: Sandbox, li: Person) -> None:
    assert (await bot.send_voice(li.id, b"ogg")).voice is not None
    assert (await bot.send_video(li.id, b"mp4")).video is not None
    assert (await bot.send_sticker(li.id, b"webp")).sticker is not None
    await take(bot)
    for kind in ("voice", "video", "sticker"):
        await sandbox.send(li, kind, b"x", file_name=f"f.{kind}")
    voice, video, sticker = [update.message for update in await take(bot)]
    assert voice is not None and voice.voice is not None  # noqa: PT018 - one fact
    assert video is not None and video.video is not None  # noqa: PT018 - one fact
    assert sticker is not None and sticker.sticker is not None  # noqa: PT018 - one fact


async def test_media_is_replaced(bot: Bot, li: Person) -> None:
    sent = await bot.send_photo(li.id, picture(), caption="旧")
    edited = await sent.edit_media(InputMediaDocument(b"x", filename="新.txt", caption="新"))
    assert isinstance(edited, Message)
    assert edited.document is not None
    assert (edited.caption, edited.photo) == ("新", ())


async def test_file_that_is_not_there(sandbox: Sandbox, li: Person) -> None:
    with pytest.raises(SandboxError, match="no such file"):
        await sandbox.file("nothing")
    with pytest.raises(SandboxError, match="kind is"):
        await sandbox.send(li, "hologram", b"x")
