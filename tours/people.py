"""People come, are away, hand over, lose a telephone and leave: from a roster in Excel to the last word of somebody who is forgotten."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.deadlines import Limit, due_date, shift
from tours.cast import Part
from tours.materials import rows_of, sheet
from tours.player import Player, StoryError
from tours.story import START, Chapter
from tours.story import Story as Base

DEPUTY, SUCCESSOR = "王代理", "郭接任"
SOON, LATER = "报送本季度重点企业清单", "核对在建项目台账"


@dataclass
class Story(Base):
    soon: date = START
    later: date = START

    def chapters(self) -> tuple[Chapter, ...]:
        return (
            ("名册导入", self.roster),
            ("申请任职", self.applications),
            ("请假代理", self.absence),
            ("职务交接", self.handover),
            ("换手机", self.relink),
            ("停用机器人", self.blocked),
            ("个人设置", self.settings),
            ("离任", self.leaving),
        )

    def beforehand(self) -> tuple[Part, ...]:
        return tuple(self.cast[key] for key in ("office", "liaison", "supervisor"))

    # --- a roster

    async def roster(self) -> None:
        office = self.players["office"]
        await office.say("/roster")
        await office.expect("form.roster.sheet")
        await office.document(self._list(), "名册.xlsx")
        await office.expect("roster.row.refused", "赵六")
        await office.expect("roster.count.new")
        await office.press("pi")
        await office.expect("roster.taken")
        for key, name in (("deputy", DEPUTY), ("successor", SUCCESSOR)):
            await self._joins(key, name, await self._token(office, name))
            await office.look()
            await office.expect("people.joined.issuer", name)
        await office.document(self._list(), "名册.xlsx")
        await office.expect("roster.nothing")

    def _list(self) -> bytes:
        """Two who can be taken, and one with a role that the regime does not have."""
        role, place = self.role("liaison"), self.place("liaison")
        people = [(DEPUTY, role, place, "2027-06-30"), (SUCCESSOR, role, place, ""), ("赵六", "不存在的职务", place, "")]
        return sheet(("人员名册",), ("姓名", "职务", "范围", "任期至"), *people)

    async def _token(self, office: Player, name: str) -> str:
        for row in rows_of(await office.file()):
            link = next((cell for cell in row if "start=" in cell), "")
            if name in row and link:
                return link.split("start=", 1)[1]
        raise StoryError(f"the sheet of links has none for {name}")

    async def _joins(self, key: str, name: str, token: str) -> None:
        player = await self.arrive(key, name, self.role("liaison"))
        await player.start(token)
        await player.expect("people.join.ask", name)
        await self.confirm(player)

    # --- asking for an appointment

    async def applications(self) -> None:
        office = self.players["office"]
        applicant = await self._applies("applicant", "何申请")
        await office.told("何申请")
        await office.press("py")
        await office.expect("application.end.approved", "何申请")
        await applicant.expect("application.approved", self.role("liaison"))
        stranger = await self._applies("stranger", "罗路过")
        await office.told("罗路过")
        await office.press("pf")
        await office.expect("form.refuse_application.reason")
        await office.say("请由单位来函说明。")
        await stranger.expect("application.refused", "请由单位来函说明。")
        await stranger.say("/tasks")
        await stranger.expect("refusal.stranger")

    async def _applies(self, key: str, name: str) -> Player:
        office, player = self.players["office"], await self.arrive(key, name, "没有邀请链接")
        office.mark()
        await player.start()
        await player.say("/apply")
        await player.expect("form.apply.name")
        await player.say(name)
        await player.say(self.role("liaison"))
        await player.say(self.place("liaison"))
        if await player.sees("form.apply.county"):
            await player.say(self.place("liaison"))
        await player.press("f", "skip")
        await player.say("接替前任，局里安排。")
        await player.press("f", "submit")
        await player.expect("application.sent")
        return player

    # --- away for some days

    async def absence(self) -> None:
        liaison, deputy = self.players["liaison"], self.players["deputy"]
        self.soon = await self._assign(SOON, Limit(5, "wd"))
        self.later = await self._assign(LATER, Limit(15, "wd"))
        first, last = self.today + timedelta(days=1), self.soon
        deputy.mark()
        await liaison.say("/absence")
        await liaison.say(first.isoformat())
        await liaison.say(last.isoformat())
        await liaison.say(DEPUTY)
        await liaison.press("f", "submit")
        await liaison.expect("absence.set", DEPUTY)
        await deputy.expect("absence.asked", liaison.name)
        await self.move_to(first)
        await deputy.expect("absence.begins", SOON)
        await liaison.say("/menu")
        await liaison.expect("people.menu.away")
        await self._reminded(SOON, self.soon, deputy, liaison)
        await self._settle(deputy)
        await self.move_to(last + timedelta(days=1))
        await liaison.expect("absence.back", LATER)
        await deputy.expect("absence.ended_deputy", liaison.name)
        await self._reminded(LATER, self.later, liaison, deputy)

    async def _assign(self, what: str, limit: Limit) -> date:
        office = self.players["office"]
        await office.say("/assign")
        await office.say(what)
        await office.say(self.players["liaison"].name)
        await office.say(f"{limit.amount}个工作日")
        await office.press("f", "submit")
        await self.players["liaison"].told(what)
        return due_date(self.today, limit, self.calendar).date

    async def _reminded(self, what: str, due: date, who: Player, other: Player) -> None:
        """The last reminder before or at the due date reaches the one who has the rights now, and nobody else."""
        day = max(shift(due, ping, self.calendar) for ping in self.regime.duty("task").pings)
        await self.move_to(day, "12:00")
        await who.told(what)
        await other.spared("obligation.ping", what)

    async def _settle(self, deputy: Player) -> None:
        """The deputy does it in the name of the one who is away; the record says who it was."""
        office = self.players["office"]
        await deputy.press("td")
        await office.look()
        if self.regime.tasks.accept == "creditor":
            await office.press("ta")
        await office.press("th")
        await office.expect("people.acted_for", DEPUTY, self.players["liaison"].name)

    # --- a successor

    async def handover(self) -> None:
        office, liaison, successor = (self.players[key] for key in ("office", "liaison", "successor"))
        for player in (liaison, successor):
            player.mark()
        await office.say("/handover")
        await office.say(liaison.name)
        await office.say(SUCCESSOR)
        await office.press("f", "submit")
        await office.expect("handover.done", SUCCESSOR)
        await liaison.expect("handover.given", SUCCESSOR)
        await successor.expect("handover.received", LATER)
        await liaison.say("/tasks")
        await liaison.expect("refusal.no_seat")

    # --- a lost telephone

    async def relink(self) -> None:
        office, old = self.players["office"], self.players["successor"]
        old.mark()
        await office.say("/relink")
        await office.say(SUCCESSOR)
        await office.press("f", "submit")
        letter = await office.expect("people.relink.letter", SUCCESSOR)
        new = await self.arrive("newphone", f"{SUCCESSOR}（新手机）", self.role("liaison"))
        await new.start(letter.split("start=", 1)[1].split()[0])
        await new.expect("people.relink.ask", SUCCESSOR)
        await new.press("pk")
        await new.expect("people.relink.done", LATER)
        await old.expect("people.relink.old")
        await old.say("/tasks")
        await old.expect("refusal.stranger")
        await office.expect("people.relink.issuer", SUCCESSOR)

    # --- nobody there

    async def blocked(self) -> None:
        supervisor, away = self.players["supervisor"], self.players["newphone"]
        supervisor.mark()
        await away.block()
        await supervisor.expect("people.reach.lost", SUCCESSOR)
        await away.unblock()
        await away.expect("people.reach.back", LATER)

    # --- as one likes it

    async def settings(self) -> None:
        deputy = self.players["deputy"]
        await deputy.say("/settings")
        await deputy.expect("settings.card")
        await deputy.press("ps", "digest.12:00")
        await deputy.expect("settings.card", "12:00")
        await deputy.press("ps", "language.en")
        deputy.language = "en"
        await deputy.expect("settings.card", "12:00")
        await deputy.say("/whoami")
        await deputy.expect("people.whoami", DEPUTY)

    # --- the last word

    async def leaving(self) -> None:
        leaver, deputy = self.players["newphone"], self.players["deputy"]
        await leaver.say("/leave")
        await leaver.expect("refusal.leave_open")
        deputy.mark()
        await leaver.say("/handover")
        await leaver.say(DEPUTY)
        await leaver.press("f", "submit")
        await leaver.expect("handover.given", DEPUTY)
        await deputy.expect("handover.received", LATER)
        await leaver.say("/leave")
        await leaver.expect("leave.ask")
        await leaver.press("pxl")
        await leaver.expect("leave.done")
        await leaver.say("/whoami")
        await leaver.expect("people.whoami.stranger")
