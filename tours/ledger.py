"""The ledger: a list of enterprises becomes items, one is found, reported on, returned, closed, shown to the public and opened again; the
sheet goes out, and what comes back is compared with what has moved meanwhile.
"""

from dataclasses import dataclass

from domain.ledger import verifying_roles
from tours.cast import Part
from tours.materials import picture, rows_of, sheet, with_macros, zipped
from tours.player import Player, StoryError
from tours.story import Chapter
from tours.story import Story as Base

MOST = 12  # two pages of a list
SOUGHT, MOVED = "样本企业7", "样本企业8"
HEAD = ("企业或厂名", "市（州）", "行业")
NEW_MEASURES = "停用、拆除、复绿，留存照片"


@dataclass
class Story(Base):
    def chapters(self) -> tuple[Chapter, ...]:
        return (
            ("批量立项", self.bulk),
            ("筛选与查找", self.sifted),
            ("佐证", self.evidence),
            ("申请销号、退回、核查通过", self.closing),
            ("公示与重新打开", self.reopened),
            ("台账表导出、改好发回", self.sheet_and_back),
        )

    def beforehand(self) -> tuple[Part, ...]:
        return tuple(self.cast[key] for key in ("office", "inspector", "liaison"))

    # --- a list of enterprises

    async def bulk(self) -> None:
        office, liaison = self.players["office"], self.players["liaison"]
        await office.say("/ledger_import")
        await office.expect("item_import.how")
        await office.document(self._list(wrong="没有这个地方"), "名单.xlsx")
        await office.expect("items.import.cannot", "没有这个地方")
        await self._give_list(office)
        await office.expect("items.import.preview", SOUGHT)
        await liaison.not_told("样本企业")
        liaison.mark()
        await office.press("iy")
        await office.expect("items.import.taken")
        await liaison.expect("items.import.told_new")
        await self._give_list(office)
        await office.expect("items.import.nothing")

    async def _give_list(self, office: Player) -> None:
        """What the list leaves out is asked once for all."""
        await office.document(self._list(), "名单.xlsx")
        await office.expect("form.item_bulk.problem")
        await office.say("旧设备仍在使用，应当停用拆除。")
        await office.say(self.word("class", self.regime.ledger.classes[-1].id))
        await office.say("停用、拆除，留存照片。")
        await office.say("15个工作日")

    def _list(self, wrong: str = "") -> bytes:
        industry = self.word("industry", self.regime.industries[0].id) if self.regime.industries else ""
        rows = [(f"样本企业{n}", self.place("liaison"), industry) for n in range(1, MOST + 1)]
        if wrong:
            rows[-1] = (rows[-1][0], wrong, industry)
        return sheet(HEAD, *rows)

    # --- the one that is wanted

    async def sifted(self) -> None:
        liaison = self.players["liaison"]
        await liaison.say("/items")
        await liaison.expect("items.page", "样本企业1")
        await liaison.press("il")
        await liaison.expect("items.page", f"样本企业{MOST}")
        await liaison.press("iw")
        await liaison.press("iq", "light.green")
        await liaison.press("iq", "state.closed")
        await liaison.press("il")
        await liaison.expect("items.none.filtered")
        await liaison.press("iq", "all")
        await self._find(liaison, SOUGHT)

    async def _find(self, player: Player, words: str) -> None:
        await player.press("iw")
        await player.press("fo", "item_words")
        await player.say(words)
        await player.expect("items.page", words)
        await player.press("io")
        await player.expect("item.card", words)

    # --- evidence

    async def evidence(self) -> None:
        liaison = self.players["liaison"]
        await liaison.press("ip")
        await liaison.say("已停用，正在拆除。")
        await liaison.document(with_macros(), "情况.xlsx")
        await liaison.expect("content.refused.macros")
        await liaison.document(zipped("现场.jpg"), "照片.zip")
        await liaison.expect("content.refused.archive")
        await liaison.photo(picture())
        await liaison.press("f", "done")
        await liaison.press("f", "submit")
        await liaison.expect("item.state.rectifying", SOUGHT)

    # --- closing

    async def closing(self) -> None:
        liaison, verifier = self.players["liaison"], self._verifier()
        await self._request(liaison, "旧设备已拆除。")
        verifier.mark()
        await verifier.press("ik")
        liaison.mark()
        await verifier.press("ir")
        await verifier.say("基础还没有清理。")
        await liaison.told("基础还没有清理。")
        await self._request(liaison, "基础已清理。")
        await verifier.press("iv")
        await verifier.say("现场看过，已经拆净。")
        await verifier.photo(picture())
        await verifier.press("f", "done")
        liaison.mark()
        await verifier.press("f", "submit")
        await liaison.expect("item.told.closed", SOUGHT)
        await liaison.press("ih")
        await liaison.expect("item.history", "基础还没有清理。", "现场看过，已经拆净。")

    async def _request(self, liaison: Player, words: str) -> None:
        await liaison.press("ic")
        await liaison.say(words)
        await liaison.press("f", "skip")
        await liaison.press("f", "submit")
        await self._verifier().look()

    def _verifier(self) -> Player:
        """Who opened it, where the regime lets the office verify; else the inspector."""
        return self.players["office" if self.cast["office"].role in verifying_roles(self.regime) else "inspector"]

    # --- after it is closed

    async def reopened(self) -> None:
        office, liaison = self.players["office"], self.players["liaison"]
        await office.say("/items")
        await self._find(office, SOUGHT)
        await office.press("ia")
        await office.expect("item.published.announced", SOUGHT)
        await office.press("ib")
        await office.expect("item.published.done", SOUGHT)
        await office.press("iz")
        await office.say("复查发现旧设备又在使用。")
        await office.say("15个工作日")
        liaison.mark()
        await office.press("f", "submit")
        await office.expect("item.state.rectifying", SOUGHT)
        await liaison.told(SOUGHT, "复查发现旧设备又在使用。")

    # --- out as a sheet, and in again

    async def sheet_and_back(self) -> None:
        office, liaison = self.players["office"], self.players["liaison"]
        await office.say("/items")
        await office.press("iq", "all")
        old = await self._exported(office)
        await liaison.say("/items")
        await liaison.press("iq", "all")
        await self._find(liaison, MOVED)
        await liaison.press("ip")
        await liaison.say("已停用，电源已切断。")
        await liaison.press("f", "skip")
        await liaison.press("f", "submit")
        await office.document(self._changed(old), "整改台账.xlsx")
        await office.expect("items.import.cannot")
        await office.expect("items.import.part.conflicts", self._number(old))
        liaison.mark()
        await office.document(self._changed(await self._exported(office)), "整改台账.xlsx")
        await office.expect("items.import.preview", NEW_MEASURES)
        await office.press("iy")
        await office.expect("items.import.taken")
        await liaison.expect("items.import.told_changed")
        await office.document(self._changed(await self._exported(office)), "整改台账.xlsx")
        await office.expect("items.import.nothing")

    async def _exported(self, office: Player) -> list[list[str]]:
        await office.press("ix")
        await office.expect("items.sheet.back")
        rows = rows_of(await office.file())
        if len(rows) != MOST + 1:
            raise StoryError(f"the sheet has {len(rows)} rows")
        return rows

    def _changed(self, rows: list[list[str]]) -> bytes:
        """Other measures for one item."""
        enterprise, measures = self._column(rows, "enterprise"), self._column(rows, "measures")
        changed = [[*row[:measures], NEW_MEASURES, *row[measures + 1 :]] if row[enterprise] == MOVED else row for row in rows]
        return sheet(*changed)

    def _number(self, rows: list[list[str]]) -> str:
        enterprise, number = self._column(rows, "enterprise"), self._column(rows, "number")
        return next(row[number] for row in rows if row[enterprise] == MOVED)

    def _column(self, rows: list[list[str]], key: str) -> int:
        return rows[0].index(self.says(f"ledger.column.{key}"))
