"""What no conversation asked for: edited messages, unknown commands, buttons of another time. Each gets a sentence."""

from bot.context import Context


async def edited(context: Context) -> None:
    """What was answered stands; an edit is not read, and the person is told how to change an answer."""
    if context.private:
        await context.reply("strange.edited")
    else:
        await context.nothing()


async def unknown_command(context: Context) -> None:
    if context.private:
        await context.reply("strange.command")
    else:
        await context.nothing()


async def old_button(context: Context) -> None:
    await context.nothing()
    await context.answer("strange.button", alert=True)
