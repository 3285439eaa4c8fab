"""The main job, played from the first invitation to the last answer: people register, a task is pushed, counted down and climbs, an item is
reported on and verified, a complaint is answered to a receipt. One story for every regime: names, deadlines and chains are read from it.
"""

from dataclasses import dataclass
from datetime import date

from domain.deadlines import Limit, due_date, shift
from tours.cast import Part
from tours.materials import picture
from tours.player import Player, StoryError
from tours.samples import Place
from tours.story import Chapter
from tours.story import Story as Base


@dataclass
class Story(Base):
    places: tuple[Place, ...] = ()

    def chapters(self) -> tuple[Chapter, ...]:
        return (
            ("登记", self.register),
            ("任务与倒计时", self.task),
            ("台账", self.ledger),
            ("举报", self.complaint),
            ("督查总览", self.overview),
            ("答错、按错、退出", self.slips),
        )

    # --- people

    async def register(self) -> None:
        office = self.cast["office"]
        unit = ["--unit", self.regime.role(office.role).unit or self.regime.units[0].id] if office.scope_kind == "unit" else []
        printed = await self.stage.tool("invite", "--role", office.role, "--name", office.name, "--regime", self.regime.id, *unit)
        player = await self.arrive("office", office.name, self.word("role", office.role))
        token = printed.split("start=", 1)[1].split()[0]
        await player.start(token)
        await player.expect("people.join.ask", office.name)
        await self.confirm(player)
        for key, part in self.cast.items():
            if key != "office":
                await self._invite(player, part)
        await self._link_works_once(token)

    async def _invite(self, office: Player, part: Part) -> None:
        await office.say("/invite")
        await office.expect("form.invite.name")
        await office.say(part.name)
        await office.say(self.word("role", part.role))
        if part.scope_kind in {"region", "group", "enterprise"}:
            await office.say(self.word("region", part.scope or self.cast["liaison"].scope))
            if await office.sees("form.invite.county"):
                await office.say(self.word("region", part.scope or self.cast["liaison"].scope))
        if part.scope_kind == "unit":
            await office.say(self.word("unit", part.scope))
        if part.scope_kind == "enterprise":
            await office.say("样本钢铁有限公司")
        await office.press("f", "skip")
        await office.press("f", "submit")
        letter = await office.expect("people.invite.letter", part.name)
        player = await self.arrive(part.key, part.name, self.word("role", part.role))
        await player.start(letter.split("start=", 1)[1].split()[0])
        await player.expect("people.join.ask", part.name)
        await self.confirm(player)

    async def _link_works_once(self, token: str) -> None:
        stranger = await self.arrive("stranger", "过路人", "陌生人")
        await stranger.start(token)
        await stranger.expect("refusal.link_used")
        await stranger.say("/assign")
        await stranger.expect("refusal.stranger")

    # --- a task

    async def task(self) -> None:
        office, liaison = self.players["office"], self.players["liaison"]
        await office.say("/assign")
        await office.say("报送本季度重点企业清单")
        await office.say(liaison.name)
        await office.say("5个工作日")
        liaison.mark()
        await office.press("f", "submit")
        await liaison.told("报送本季度重点企业清单")
        due = due_date(self.today, Limit(5, "wd"), self.calendar).date
        duty = self.regime.duty("task")
        for ping in duty.pings:
            await self.move_to(shift(due, ping, self.calendar))
            await liaison.told("报送本季度重点企业清单")
        await self._report_progress(liaison)
        await self._climb(due)
        await self._hand_in(office, liaison)

    async def _report_progress(self, liaison: Player) -> None:
        await liaison.press("tp")
        await liaison.say("已收齐 8 家，还差 2 家。")
        await liaison.photo(picture())
        await liaison.press("f", "done")
        await liaison.press("f", "submit")

    async def _climb(self, due: date) -> None:
        """Overdue: step by step up the regime's chain, until somebody of the cast above the owner hears of it."""
        supervisor = self.players["supervisor"]
        for step in self.regime.duty("task").chain:
            await self.move_to(shift(due, step.after, self.calendar))
            roles = {role.id for role in self.regime.chain_roles(step.to)}
            if self.cast["supervisor"].role in roles:
                await supervisor.told("报送本季度重点企业清单")
                return
        raise StoryError("the regime's chain reaches no supervisor")

    async def _hand_in(self, office: Player, liaison: Player) -> None:
        office.mark()
        await liaison.press("td")
        if self.regime.tasks.accept == "creditor":
            await office.look()
            await office.press("tr")
            liaison.mark()
            await office.say("缺一家企业的用电量，请补。")
            await liaison.told("缺一家企业的用电量")
            await liaison.press("td")
            await office.look()
            liaison.mark()
            await office.press("ta")
            await liaison.told("报送本季度重点企业清单")
        quiet = self.players["supervisor"].mark()
        await self.move_to(shift(self.today, Limit(8, "wd"), self.calendar))
        await self.players["supervisor"].not_told("报送本季度重点企业清单", since=quiet)

    # --- the ledger

    async def ledger(self) -> None:
        leader, liaison, inspector = self.players["leader"], self.players["liaison"], self.players["inspector"]
        for place in self.places or (self._own_place(),):
            liaison.mark()
            await self._open_item(leader, place)
            await liaison.told(place.enterprise)
        await liaison.press("ip")
        await liaison.say("已停用旧炉，正在拆除。")
        await liaison.photo(picture())
        await liaison.press("f", "done")
        await liaison.press("f", "submit")
        inspector.mark()
        await liaison.press("ic")
        await liaison.say("旧炉已拆除，现场已清理。")
        await liaison.press("f", "skip")
        await liaison.press("f", "submit")
        await inspector.look()
        await inspector.press("ik")
        await inspector.press("iv")
        await inspector.say("现场核查，旧炉已拆。")
        await inspector.photo(picture())
        await inspector.press("f", "done")
        liaison.mark()
        await inspector.press("f", "submit")
        await liaison.expect("item.told.closed")
        await liaison.press("ih")
        await liaison.told("旧炉已拆除", "现场核查，旧炉已拆")

    def _own_place(self) -> Place:
        industry = self.regime.industries[0].id if self.regime.industries else ""
        return Place("样本机械厂", self.cast["liaison"].scope, industry)

    async def _open_item(self, leader: Player, place: Place) -> None:
        await leader.say("/item")
        await leader.say(self.word("region", place.region))
        await leader.say(place.enterprise)
        await (leader.say(self.word("industry", place.industry)) if place.industry else leader.press("f", "skip"))
        await leader.say("演示条目：一台旧炉需要停用拆除。")
        await leader.say(self.word("class", self.regime.ledger.classes[-1].id))
        await leader.say("停用、拆除，留存照片。")
        await leader.press("f", "skip")
        await leader.say(self.players["liaison"].name)
        await leader.say("15个工作日")
        await leader.press("f", "submit")

    # --- a complaint

    async def complaint(self) -> None:
        office = self.players["office"]
        citizen = await self.arrive("citizen", "一位市民", "群众")
        office.mark()
        await citizen.start()
        await citizen.say("/complain")
        await citizen.press("f", "0")
        await citizen.press("f", "0")
        await citizen.say(self.word("region", self.cast["liaison"].scope))
        await citizen.say("样本建材厂")
        await citizen.press("f", "0")
        await citizen.say("夜里偷偷开炉，烟很大，已经半个月。")
        await citizen.press("f", "skip")
        await citizen.press("f", "0")
        await citizen.press("f", "submit")
        receipt = receipt_in(await citizen.expect("complaint.receipt"))
        await office.look()
        for key in ("liaison", "supervisor", "leader", "inspector"):
            await self.players[key].not_told("样本建材厂")
        await office.press("co")
        await office.told("夜里偷偷开炉")
        await office.press("ca")
        await office.press("cn")
        await office.press("f", "0")
        await office.say("已责令停炉并立案。")
        await office.say("经查属实，已责令停炉，后续由专人盯办。")
        await office.press("f", "submit")
        friend = await self.arrive("friend", "市民的家人", "换一个账号")
        await friend.start()
        await friend.say("/check")
        await friend.say(receipt)
        await friend.told("经查属实")

    # --- looking over it

    async def overview(self) -> None:
        supervisor = self.players["supervisor"]
        await self._open_item(self.players["leader"], Place("样本铸造厂", self.cast["liaison"].scope, ""))
        due = due_date(self.today, Limit(15, "wd"), self.calendar).date
        await self.move_to(shift(due, Limit(3, "wd"), self.calendar))
        await supervisor.told("样本铸造厂")
        await supervisor.say("/overview")
        await supervisor.expect("overview.all", self.word("region", self.cast["liaison"].scope))

    # --- what people do wrong

    async def slips(self) -> None:
        office, stranger = self.players["office"], self.players["stranger"]
        await office.say("/assign")
        await office.sticker()
        await office.expect("form.error.want_text")
        await office.say("核对台账")
        old = await office.old_button()
        await office.say("查无此人")
        # Where a province has few to choose from, all are in sight already.
        await office.expect("form.error.none_like", "查无此人", otherwise="form.error.not_offered")
        await office.say("/assign")
        await office.expect("form.busy")
        await office.say("/cancel")
        await office.expect("form.cancelled")
        await office.say("/cancel")
        await office.expect("refusal.nothing_open")
        await office.press_again(old)
        await office.expect("refusal.form_over")
        liaison = self.players["liaison"]
        await liaison.say("随手发的一句话")
        await liaison.expect("form.loose.matter")
        await liaison.say("/cancel")
        await stranger.say("/menu")
        await stranger.expect("people.menu.stranger")
        for command, key in (("/help", "people.help"), ("/whoami", "people.whoami"), ("/privacy", "people.privacy")):
            await office.say(command)
            await office.expect(key)


def receipt_in(text: str) -> str:
    import re

    found = re.search(r"(?:\d{4} ){6}\d{4}", text)
    if found is None:
        raise StoryError("the receipt is not in the message")
    return found[0]
