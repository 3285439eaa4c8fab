"""Tasks and what happens to them: one order to many, proof, handing on, more time, another date or owner, withdrawn."""

from dataclasses import dataclass
from datetime import date

from domain.deadlines import Limit, due_date, shift
from tours.cast import Part
from tours.materials import events_of, picture
from tours.player import Player, StoryError
from tours.story import Chapter
from tours.story import Story as Base

MANY, PROVEN, LONGER, CHANGED = "报送上半年自查情况", "核对停产企业名单", "报送重点企业用电量", "安排一次联合检查"

PAGE = 8  # tasks on a page of a list


@dataclass
class Story(Base):
    def chapters(self) -> tuple[Chapter, ...]:
        return (
            ("一次交给多人", self.many),
            ("附件证明与转办", self.handed_on),
            ("改期限、换人、撤回", self.changed),
            ("申请延期", self.extended),
            ("任务清单", self.lists),
            ("手机日历", self.calendar_file),
        )

    def beforehand(self) -> tuple[Part, ...]:
        """Beside the cast a second liaison of the city, and one of a county in it."""
        like = self.cast["liaison"]
        county = self.regime.counties(like.scope, self.today)[0].id
        return (
            *(self.cast[key] for key in ("office", "liaison", "supervisor")),
            Part("colleague", "马同行", like.role, like.scope_kind, like.scope),
            Part("county", "孙县联", like.role, like.scope_kind, county),
        )

    async def _assign(self, what: str, days: int) -> date:
        """Up to the summary, which is not sent yet."""
        office = self.players["office"]
        await office.say("/assign")
        await office.say(what)
        await office.say(self.players["liaison"].name)
        await office.say(f"{days}个工作日")
        return due_date(self.today, Limit(days, "wd"), self.calendar).date

    # --- one order to many

    async def many(self) -> None:
        office, liaison, county = (self.players[key] for key in ("office", "liaison", "county"))
        await office.say("/assign")
        await office.say(MANY)
        await office.pick(self.says("task.to.liaisons"))
        await office.say(f"{self.place('liaison')}、{self.word('region', self.beforehand()[-1].scope)}")
        await office.say("10个工作日")
        await office.press("f", "submit")
        await office.expect("task.batch.draft", liaison.name, county.name)
        await liaison.not_told(MANY)
        await office.press("tb")
        await office.expect("task.batch.overview", MANY)
        for player in (liaison, county, self.players["colleague"]):
            await player.told(MANY)
        office.mark()
        await county.press("td")
        await office.expect("task.batch.overview", MANY)
        confirms = self.regime.tasks.accept == "creditor"
        await office.pick(self.says(f"task.batch.count.{'handed_in' if confirms else 'done'}", n=1))
        await office.expect("task.batch.list", county.name)
        await office.press("to")
        if confirms:
            await office.press("ta")
        await county.expect("task.state.done", MANY)

    # --- proof, and the line of responsibility

    async def handed_on(self) -> None:
        office, liaison, county = (self.players[key] for key in ("office", "liaison", "county"))
        await self._assign(PROVEN, 5)
        await office.pick(self.says("form.assign.proof.name"))
        await office.press("f", "0")
        await office.press("f", "submit")
        await liaison.told(PROVEN, self.says("task.proof.row"))
        await liaison.press("tm")
        await liaison.say(county.name)
        await liaison.say("3个工作日")
        await liaison.press("f", "submit")
        await county.told(PROVEN, liaison.name)
        await county.press("oa")
        await liaison.expect("task.receipt.got", PROVEN)
        await liaison.press("td")
        await liaison.expect("refusal.task_children_open")
        await self._prove(county)
        await self._accept(liaison)
        await self._prove(liaison)
        await self._accept(office)
        await liaison.expect("task.state.done", PROVEN)

    async def _prove(self, owner: Player) -> None:
        """Without a file it is refused and asked for; with one it is handed in."""
        await owner.press("td")
        await owner.expect("refusal.task_needs_proof")
        await owner.photo(picture())
        await owner.press("f", "done")
        await owner.press("f", "submit")

    async def _accept(self, asker: Player) -> None:
        await asker.look()
        if self.regime.tasks.accept == "creditor":
            await asker.press("ta")

    # --- what changes while it is done

    async def changed(self) -> None:
        office, liaison, colleague = (self.players[key] for key in ("office", "liaison", "colleague"))
        await self._assign(CHANGED, 5)
        await office.press("f", "submit")
        liaison.mark()
        await office.press("tc")
        await office.say("10个工作日")
        await office.say("检查推迟一周。")
        await office.press("f", "submit")
        await liaison.expect("task.told.due", CHANGED, "检查推迟一周。")
        for player in (liaison, colleague):
            player.mark()
        await office.press("tg")
        await office.say(colleague.name)
        await office.say("换人配合。")
        await office.press("f", "submit")
        await liaison.expect("task.told.taken", CHANGED, colleague.name)
        await colleague.told(CHANGED)
        colleague.mark()
        await office.press("tw")
        await office.say("检查取消了。")
        await colleague.expect("task.told.withdrawn", CHANGED, "检查取消了。")

    # --- more time

    async def extended(self) -> None:
        office, liaison, decider = self.players["office"], self.players["liaison"], self._decider()
        was = await self._assign(LONGER, 5)
        await office.press("f", "submit")
        wanted = shift(was, Limit(5, "wd"), self.calendar)
        await self._ask(liaison, wanted)
        await decider.press("on")
        await decider.say("先报已有的，缺的写明原因。")
        await liaison.expect("extension.told.refused", LONGER, "先报已有的，缺的写明原因。")
        await self._ask(liaison, wanted)
        liaison.mark()
        await decider.press("og")
        await liaison.expect("extension.told.granted", LONGER)
        pings = self.regime.duty("task").pings
        await self.move_to(max(shift(was, ping, self.calendar) for ping in pings), "12:00")
        await liaison.spared("obligation.ping", LONGER)
        await self.move_to(max(shift(wanted, ping, self.calendar) for ping in pings), "12:00")
        await liaison.told(LONGER)

    async def _ask(self, liaison: Player, wanted: date) -> None:
        decider = self._decider()
        decider.mark()
        await liaison.press("oe")
        await liaison.say(wanted.isoformat())
        await liaison.say("两家企业还没有报数。")
        await liaison.press("f", "submit")
        await liaison.expect("extension.told.asked", LONGER)
        await decider.expect("extension.card", LONGER)

    def _decider(self) -> Player:
        """The first of those whom the regime entitles that is in the cast."""
        for by in self.regime.extensions.by:
            roles = {role.id for role in self.regime.chain_roles(by)}
            for key in ("supervisor", "office"):
                if self.cast[key].role in roles:
                    return self.players[key]
        raise StoryError("the regime entitles nobody of the cast to grant more time")

    # --- found again

    async def lists(self) -> None:
        """More than a page is waited for: narrowed by light and by person; what one owes oneself is a short list."""
        office, liaison, county = (self.players[key] for key in ("office", "liaison", "county"))
        for n in range(1, PAGE + 1):
            await self._assign(f"第{n}项核查", 20)
            await office.press("f", "submit")
        await office.say("/waiting")
        await office.expect("task.list.waiting", LONGER, liaison.name)
        await office.press("tl")
        await office.expect("task.list.waiting", f"第{PAGE}项核查")
        await office.pick(self.says("button.task_filter.red"))
        await office.expect("task.filter.none")
        await office.pick(self.says("button.task_filter.people"))
        await office.pick(self.players["colleague"].name)
        await office.expect("task.list.waiting", MANY)
        await office.spared("task.list.waiting", LONGER)
        await liaison.say("/tasks")
        await liaison.expect("task.list.tasks", LONGER, MANY)
        await county.say("/tasks")
        await county.expect("task.list.tasks.none")

    async def calendar_file(self) -> None:
        liaison, county = self.players["liaison"], self.players["county"]
        await liaison.say("/calendar")
        await liaison.expect("ics.sent")
        planned = " ".join(events_of(await liaison.file()))
        for what in (LONGER, MANY):
            if what not in planned:
                raise StoryError(f"the calendar file lacks «{what}»")
        await county.say("/calendar")
        await county.expect("ics.over")
