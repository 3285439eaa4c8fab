"""The office fills in the invitation in conversation: buttons, typed search, a corrected answer, the summary."""

from typing import Any

import bot.forms.people  # noqa: F401  declares the form
from actions import converse, prompts
from actions.people import seat_directly
from actions.perform import Caller, perform
from bot.render import Renderer
from domain.forms import SUMMARY, Draft, Pressed, Said, Strange
from domain.outcome import Done, Refusal
from storage import drafts, people
from storage.db import Store
from storage.tx import Tx

OFFICE = 10


async def office(store: Store, *regimes: str) -> None:
    for regime in regimes:
        await store.unit(lambda tx, regime=regime: seat_directly(tx, account=OFFICE, name="王处长", regime=regime, role="office"))  # type: ignore[misc]  # mypy cannot infer a lambda with a default


async def answer(store: Store, reply: Any) -> Draft:
    outcome = await perform(store, Caller(OFFICE, OFFICE), converse.step, converse.Answer(reply))
    assert isinstance(outcome, Done), outcome
    return await draft(store)


async def draft(store: Store) -> Draft:
    held = await store.read(lambda tx: drafts.get(tx, tx.vault.lane(OFFICE)))
    assert held is not None
    return held.draft


async def begin(store: Store, preset: dict[str, str]) -> Draft:
    await perform(store, Caller(OFFICE, OFFICE), converse.open_form, converse.Open("invite", preset))
    return await draft(store)


async def press(store: Store, words: str) -> Draft:
    """Press the button whose code ends so."""
    offered = (await draft(store)).offered
    return await answer(store, Pressed(str(next(n for n, (code, _) in enumerate(offered) if code.endswith(words)))))


async def test_a_county_liaison_is_invited_by_buttons_and_words(store: Store) -> None:
    await office(store, "shandong-2022")
    assert (await begin(store, {"regime": "shandong-2022"})).at == "name"
    assert (await answer(store, Said("张三"))).at == "role"
    assert (await answer(store, Said("地方联络员"))).at == "region"
    assert (await draft(store)).offered[0][0] == "city:3701"
    assert (await answer(store, Said("德州"))).at == "county"
    assert (await press(store, "/371402")).at == "until"
    assert (await answer(store, Said("2027年6月30日"))).at == SUMMARY
    await perform(store, Caller(OFFICE, OFFICE), converse.step, converse.Answer(Pressed("submit")))

    (seat,) = [seat for seat in await store.read(lambda tx: people.seats_in(tx, "shandong-2022")) if seat.person is None]
    assert (seat.role, seat.scope, seat.holder) == ("local_liaison", "371402", "张三")


async def test_a_county_typed_at_once_needs_no_second_question(store: Store) -> None:
    await office(store, "shandong-2022")
    await begin(store, {"regime": "shandong-2022"})
    await answer(store, Said("张三"))
    await press(store, ":county_lead")
    assert (await answer(store, Said("德城区"))).at == "until"


async def test_a_county_that_two_cities_have_is_offered_with_both_and_found_with_its_city(store: Store) -> None:
    await office(store, "shandong-2022")
    await begin(store, {"regime": "shandong-2022"})
    await answer(store, Said("张三"))
    await press(store, ":county_lead")
    assert [code for code, _ in (await answer(store, Said("市中区"))).offered] == ["place:370103", "place:370402"]
    found = await answer(store, Said("枣庄 市中区"))
    assert (found.at, found.answers["region"]) == ("until", "place:370402")


async def test_questions_follow_the_role(store: Store) -> None:
    await office(store, "shandong-2022")
    await begin(store, {"regime": "shandong-2022"})
    await answer(store, Said("张三"))
    assert (await press(store, ":audit")).at == "until"
    await answer(store, Pressed("back"))
    assert (await press(store, ":unit_liaison")).at == "unit"
    assert (await press(store, "gxt")).at == "until"
    assert (await answer(store, Pressed("skip"))).at == SUMMARY


async def test_a_changed_city_asks_for_its_county_again(store: Store) -> None:
    await office(store, "shandong-2022")
    await begin(store, {"regime": "shandong-2022"})
    await answer(store, Said("张三"))
    await press(store, ":county_lead")
    await press(store, ":3714")
    await press(store, "/371402")
    await answer(store, Pressed("skip"))
    await answer(store, Pressed("edit:2"))
    await press(store, ":3701")
    stopped = await answer(store, Pressed("submit"))
    assert stopped.at == "county"
    assert stopped.error is not None
    assert stopped.offered[0][0] == "3701/3701"


async def test_whoever_is_the_office_of_two_provinces_is_asked_which(store: Store) -> None:
    await office(store, "shandong-2022", "jilin-2019")
    began = await begin(store, {})
    assert (began.at, [code for code, _ in began.offered]) == ("province", ["shandong-2022", "jilin-2019"])
    await press(store, "jilin-2019")
    await answer(store, Said("张三"))
    assert (await press(store, ":receiver")).at == "region"
    assert (await answer(store, Said("梅河口"))).at == "until"


async def test_wrong_answers_change_nothing(store: Store) -> None:
    await office(store, "shandong-2022")
    await begin(store, {"regime": "shandong-2022"})
    for reply in (Strange("sticker"), Said("张"), Pressed("3"), Pressed("submit")):
        assert (await answer(store, reply)).at == "name"
    await answer(store, Said("张三"))
    for words in (Said("国王"), Strange("sticker")):
        assert (await answer(store, words)).at == "role"


async def test_a_stranger_cannot_begin(store: Store) -> None:
    outcome = await perform(store, Caller(99, 99), converse.open_form, converse.Open("invite"))
    assert outcome == Refusal("stranger")


async def test_every_question_has_its_texts(store: Store) -> None:
    await office(store, "shandong-2022")
    renderer = Renderer(store.world, "duban_bot")

    async def shown(tx: Tx) -> str:
        held = await drafts.get(tx, tx.vault.lane(OFFICE))
        assert held is not None
        message = await prompts.draft_card(tx, held.id, None)
        assert message is not None
        for language in ("zh", "en"):
            renderer.keyboard([[button.dump() for button in row] for row in message.buttons], language)
            renderer.text(message.key, message.params, language)
        return renderer.text(message.key, message.params, "zh")

    await begin(store, {"regime": "shandong-2022"})
    for reply in ("张三", "驻企监督员", "德州", "德城区", "示例钢铁有限公司", "2027-06-30"):
        await store.read(shown)
        await answer(store, Said(reply))
    summary = await store.read(shown)
    for word in ("张三", "驻企监督员", "德州市", "德城区", "示例钢铁有限公司"):
        assert word in summary
