"""The bot was blocked or let in again: known at once, since a duty must not wait for somebody who cannot be reached."""

from actions import reach
from bot.context import Context


async def changed(context: Context) -> None:
    from telegram import ChatMember

    member = context.incoming.types.my_chat_member
    assert member is not None
    if not context.private:
        await context.nothing()
        return
    await context.do(reach.changed, reach.Reach(reachable=member.new_chat_member.status not in {ChatMember.LEFT, ChatMember.BANNED}))
