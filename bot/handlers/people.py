"""Coming in (/start), the menu, invitations, language, and the answers that only look."""

from actions import converse, invites, joining, menu
from bot.context import Context
from bot.menus import entries
from bot.routes import COMMANDS, command, press
from domain.outcome import Done, Outcome
from domain.people import Actor
from domain.permissions import may_start


@command("start", listed=False, menu=False, group=True)
async def started(context: Context) -> None:
    """Plain, with the name of a command (links on posters), or with an invitation's token."""
    payload = context.args.strip()
    named = COMMANDS.get(payload)
    if not context.private:
        await context.do(menu.in_group, menu.InGroup(context.chat, context.receipt_message))
    elif named is not None and named.menu:
        context.args = ""
        await named.handler(context)
    elif payload and named is None:
        await context.do(joining.look, payload)
    else:
        await context.do(menu.show, entries())


@command("menu", menu=False)
async def shown(context: Context) -> None:
    await context.do(menu.show, entries())


@press("m")
async def chosen(context: Context) -> None:
    """A button of the menu stands for its command."""
    assert context.press is not None
    named = COMMANDS.get(context.press.arg)
    if named is None:
        await context.do(menu.gone, None)
        return
    await named.handler(context)


@press("mm")
async def turned(context: Context) -> None:
    """From the daily part of the menu to the rest, and back."""
    assert context.press is not None
    await context.do(menu.turn, menu.Turn(entries(), context.press.arg == "more", context.message_id))


async def told(context: Context, outcome: Outcome) -> None:
    """The result of a press that came too late is the sentence that says so."""
    if isinstance(outcome, Done) and isinstance(outcome.result, str):
        await context.answer(f"refusal.{outcome.result}", alert=True)


@press("pj")
async def thats_me(context: Context) -> None:
    assert context.press is not None
    await told(context, await context.do(joining.join, joining.Pressed(context.press.arg, context.message_id)))


@press("pn")
async def not_me(context: Context) -> None:
    assert context.press is not None
    await told(context, await context.do(joining.decline, joining.Pressed(context.press.arg, context.message_id)))


@command("language", members=True)
async def language(context: Context) -> None:
    await context.do(joining.ask_language, None)


@press("pl")
async def language_chosen(context: Context) -> None:
    """`version` 1: the newcomer's first choice, after which comes the menu."""
    given = context.press
    assert given is not None
    await context.do(joining.set_language, joining.Language(given.arg, context.message_id, entries() if given.version else ()))


@command("invite", needs="people.invite")
async def invite(context: Context) -> None:
    """The province is asked only of somebody who is the office of several."""
    regimes = await context.read(_office_regimes)
    preset = {"regime": regimes[0]} if len(regimes) == 1 else {}
    await context.do(converse.open_form, converse.Open("invite", preset, words=context.words))


async def _office_regimes(_tx: object, actor: Actor) -> list[str]:
    return list(dict.fromkeys(seat.regime for seat in actor.seats if may_start([seat], "people.invite")))


@command("invites", needs="people.invite")
async def links(context: Context) -> None:
    await context.do(invites.show_list, invites.Turn())


@press("pp")
async def links_page(context: Context) -> None:
    assert context.press is not None
    await context.do(invites.show_list, invites.Turn(context.press.version, context.message_id))


@press("pw")
async def withdrawn(context: Context) -> None:
    await told(context, await context.do(invites.withdraw, _on_link(context)))


@press("pr")
async def renewed(context: Context) -> None:
    await told(context, await context.do(invites.renew, _on_link(context)))


def _on_link(context: Context) -> invites.OnLink:
    """`version` is the list's page plus one; 0 stands under the link itself."""
    given = context.press
    assert given is not None
    return invites.OnLink(given.id, given.version - 1 if given.version else None, context.message_id)


@command("whoami")
async def whoami(context: Context) -> None:
    await context.do(menu.whoami, None)


@command("help")
async def helped(context: Context) -> None:
    await context.do(menu.help_, entries())


@command("privacy")
async def privacy(context: Context) -> None:
    await context.do(menu.privacy, None)
