"""The ledger goes out as a sheet, is changed in a spreadsheet and comes back: preview, a newer change in between, all or nothing."""

import io
from collections.abc import Callable

import openpyxl

from tests.cast import seated
from tests.chats.people.test_rosters import document
from tests.chats.scene import Scene

Golden = Callable[[Scene], None]
LIST = "企业,市,问题,处置类别,整改措施,时限\n" + "".join(f"样本{n}厂,济南市,缺能评手续,完善手续,补办,1个月\n" for n in "一二三")
NOBODY = "企业,市,问题,处置类别,整改措施,时限\n" + "".join(
    f"样本{n}厂,{'青岛市' if n != '四' else '泉城'},缺手续,完善手续,补办,1个月\n" for n in "一二三四"
)


def changed(sheet: bytes, *cells: tuple[int, str, str], without: int = 0) -> bytes:
    """With these cells (row, column, words) set, and one row taken out."""
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    head = [cell.value for cell in book.active[1]]
    for row, column, words in cells:
        book.active.cell(row, head.index(column) + 1).value = words
    if without:
        book.active.delete_rows(without)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_a_sheet_comes_back(scene: Scene, golden: Golden) -> None:
    await seated(scene, "shandong-2022", "office", "leader", "liaison")
    await scene.send("office", "document", LIST.encode(), file_name="名单.csv")
    await scene.press("office", "全部导入")
    await scene.press("office", "看台账")
    await scene.press("office", "导出 Excel")
    sheet = await document(scene, "office")
    await scene.forget()

    cells = ((2, "整改措施", "补办，停建"), (3, "时限", "2026-04-30"), (4, "责任人", "郑组长"))
    await scene.send("office", "document", changed(sheet, *cells), file_name="台账.xlsx")
    await scene.press("liaison", "看台账")
    await scene.press("liaison", "3701-2026-0001")
    await scene.press("liaison", "报进展")
    await scene.say("liaison", "材料已经送审")
    await scene.press("liaison", "跳过")
    await scene.press("liaison", "提交")
    await scene.press("office", "全部导入")
    await scene.send("office", "document", changed(sheet, *cells, without=2), file_name="台账.xlsx")
    await scene.press("office", "全部导入")
    golden(scene)


async def test_a_list_for_a_place_without_a_liaison(scene: Scene, golden: Golden) -> None:
    """One slip in many rows is one line, and says what to do."""
    await seated(scene, "shandong-2022", "office", "liaison", english=("office",))
    await scene.send("office", "document", NOBODY.encode(), file_name="list.csv")
    golden(scene)
