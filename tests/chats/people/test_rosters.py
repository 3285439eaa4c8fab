"""A roster in the chat: looked at, taken, mended, sent again; what is no roster stays a loose file."""

import io
from collections.abc import Callable, Sequence

import openpyxl

from tests.cast import seated
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]
HEAD = ["姓名", "单位", "职务", "范围", "任期至", "企业", "备注"]
ROWS = [
    ["张　三", "德州市发展改革委", "地方联络员", "德州市", "2027-06-30", "", "老同志"],
    ["李四", "省统计局", "检查组市县成员", "全省", "", "", ""],
    ["王五", "", "驻企监督员", "德城区", "2027年12月31日", "示例钢铁有限公司", ""],
    ["赵六", "", "监督员", "德州市", "", "", ""],
    ["孙七", "", "地方联络员", "市中区", "", "", ""],
]


def book(*rows: Sequence[str]) -> bytes:
    made = openpyxl.Workbook()
    for row in (["2026年人员名册"], HEAD, *rows):
        made.active.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


async def test_roster_in_the_chat(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office", "liaison")
    await scene.join("newcomer", "张三")

    await scene.say("office", "/roster")
    await scene.say("office", "在群里发过了")
    await scene.send("office", "document", "企业,问题\n某厂,超产\n".encode(), file_name="台账.csv")
    await scene.send("office", "document", book(*ROWS), file_name="名册.xlsx")
    await scene.press("office", "确认导入")

    links = openpyxl.load_workbook(io.BytesIO(await document(scene, "office")))
    page = links["邀请链接"]
    assert [cell.value for cell in page[1]] == ["原表行号", "姓名", "单位", "职务", "任期至", "邀请链接", "二维码", "链接有效期到"]
    assert len(page._images) == 3
    await scene.start("newcomer", str(page["F2"].value).partition("start=")[2])
    await scene.press("newcomer", "是我")

    mended = [
        ["张三", "德州市发展改革委", "地方联络员", "德州市", "2028-06-30", "", ""],
        *ROWS[1:3],
        ["赵六", "", "驻企监督员", "德城区", "", "示例水泥有限公司", ""],
    ]
    gbk = "\r\n".join(",".join(row) for row in (HEAD, *mended)).encode("gbk")
    await scene.send("office", "document", gbk, file_name="名册（改）.csv")
    await scene.press("office", "不导入")
    await scene.send("office", "document", gbk, file_name="名册（改）.csv")
    await scene.press("office", "确认导入")
    await scene.send("office", "document", gbk, file_name="名册（改）.csv")
    await scene.send("liaison", "document", gbk, file_name="名册.csv")
    golden(scene)


async def test_a_roster_with_a_successor(scene: Scene, golden: Golden) -> None:
    """A new name for a post that is taken would be a second one: it is said before, and what takes it over."""
    await seated(scene, "shandong-2022", "office", "liaison", "inspector")
    row = ["王接任", "", "地方联络员", "济南市", "", "", ""]
    await scene.send("office", "document", book(row, ["钱检", "", "督导员", "济南市", "", "", ""]), file_name="名册.xlsx")
    golden(scene)


async def document(scene: Scene, who: str) -> bytes:
    """The last file this person was sent."""
    last = [message for message in await scene.messages(who) if not message.outgoing and message.document][-1]
    assert last.document is not None
    return await scene.sandbox.file(last.document["file_unique_id"])
