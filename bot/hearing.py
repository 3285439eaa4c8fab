"""From a stored update to the handler that hears it. Routing reads the update as it came (`bot/incoming.py`)."""

import importlib
import pkgutil
from types import ModuleType

from actions import menu
from actions.converse import form_open_to
from bot.callbacks import BadPressError, unpack
from bot.content import Care, Fetcher
from bot.context import Context
from bot.incoming import Incoming
from bot.routes import COMMANDS, GROUP_PRESSES, PRESSES, Handler
from bot.services import Services
from domain.forms import Form, Said, Strange
from domain.people import Actor
from domain.words import clean_text
from storage.inbox import Stored
from storage.tx import Tx


class NothingDoneError(Exception):
    """A handler ended without an action, so the update is not marked done: a bug."""


async def _unasked(context: Context) -> None:
    """A kind of update nobody asked for (an older `allowed_updates` let it through): it must not stay undone for ever."""
    await context.nothing()


def _in_private(handler: Handler) -> Handler:
    """In a group a command gets one sentence and the way to the private chat: its answer, even its refusal, is not for everyone there."""

    async def heard(context: Context) -> None:
        await (handler(context) if context.private else context.do(menu.in_group, menu.InGroup(context.chat, context.receipt_message)))

    return heard


def load_package(package: ModuleType) -> None:
    """Import every module of a package: handlers and forms register themselves."""
    for found in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{found.name}")


class Hearing:
    def __init__(self, services: Services, fetcher: Fetcher) -> None:
        from bot.handlers import forms, groups, loose, membership, strange

        self._services = services
        self._fetcher = fetcher
        self._answered, self._loose, self._edited = forms.answered, loose.received, strange.edited
        self._unknown_command, self._old_button, self._membership = strange.unknown_command, strange.old_button, membership.changed
        self._group_talk = groups.talk

    async def handle(self, stored: Stored) -> None:
        """One update; returns after its unit is committed, or raises why not."""
        incoming = Incoming(stored.raw)
        context = Context(self._services, incoming, incoming.account, incoming.chat, incoming.language)
        await self._run(self._handler(context), context)

    def _handler(self, context: Context) -> Handler:
        match context.incoming.kind:
            case "callback_query":
                return self._pressed
            case "message":
                named = context.incoming.command(self._services.username)
                return self._said if named is None else self._command(context, *named)
            case "edited_message":
                return self._edited
            case "my_chat_member":
                return self._membership
        return _unasked

    def _command(self, context: Context, name: str, args: str) -> Handler:
        command = COMMANDS.get(name)
        if command is None:
            return self._unknown_command
        context.args = args
        return command.handler if command.group else _in_private(command.handler)

    async def _run(self, handler: Handler, context: Context) -> None:
        await handler(context)
        if not context.acted:
            raise NothingDoneError(handler.__module__)
        if context.press is not None and not context.toast:
            await context.answer("")

    async def _pressed(self, context: Context) -> None:
        given = context.incoming.press
        assert given is not None
        try:
            context.press = unpack(given.get("data") or "")
        except BadPressError:
            await self._old_button(context)
            return
        # What stands in a private chat is pressed there; in a group only forged data could name it.
        heard = context.private or context.press.verb in GROUP_PRESSES
        await (PRESSES.get(context.press.verb, self._old_button) if heard else self._old_button)(context)

    async def _said(self, context: Context) -> None:
        if not context.private:
            await self._group_talk(context)
            return
        message = context.incoming.message
        if "text" in message:
            context.content = Said(clean_text(message["text"]))
            form = await self._services.store.read(lambda tx: form_open_to(tx, context.account))
        else:
            form, seated = await context.read(_standing)
            care: Care = "clean" if form is not None and form.wipe else ("keep" if form is not None or seated else "leave")
            typed = context.incoming.types.effective_message
            assert typed is not None
            context.content = Strange("contact") if "contact" in message else await self._fetcher.content(typed, care)
        await (self._loose if form is None else self._answered)(context)


async def _standing(tx: Tx, actor: Actor) -> tuple[Form | None, bool]:
    """The form of the conversation that is open, and whether this is anybody's seat."""
    return await form_open_to(tx, actor.account), bool(actor.seats)
