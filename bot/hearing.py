"""From a stored update to the handler that hears it, through python-telegram-bot's `Application` (types, filters, routing).

The application runs without an updater and is fed by dispatch. It hands exceptions to error handlers only, so they are caught here and
raised to dispatch, which decides about another try.
"""

import importlib
import pkgutil
from collections.abc import Callable, Coroutine
from types import ModuleType
from typing import Any

import structlog
from telegram import Update
from telegram.ext import (
    Application,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from actions import menu
from actions.converse import open_form_of
from bot.callbacks import BadPressError, unpack
from bot.content import Care, Fetcher
from bot.context import Context
from bot.routes import COMMANDS, GROUP_PRESSES, PRESSES, Handler
from bot.services import Services
from domain.forms import Form, Strange
from domain.people import Actor
from storage.inbox import Stored
from storage.tx import Tx

log = structlog.get_logger()
Heard = Callable[[Update, Any], Coroutine[Any, Any, None]]


class NothingDoneError(Exception):
    """A handler ended without an action, so the update is not marked done: a bug."""


async def _unasked(context: Context) -> None:
    """A kind of update nobody asked for (an older `allowed_updates` let it through): it must not stay undone for ever."""
    await context.nothing()


def _in_private(handler: Handler) -> Handler:
    """In a group a command gets one sentence and the way to the private chat: its answer, even its refusal, is not for everyone there."""

    async def heard(context: Context) -> None:
        await (handler(context) if context.private else context.do(menu.in_group, context.chat))

    return heard


def load_package(package: ModuleType) -> None:
    """Import every module of a package: handlers and forms register themselves."""
    for found in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{found.name}")


class Hearing:
    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any], services: Services, fetcher: Fetcher) -> None:
        from bot.handlers import forms, loose, membership, strange

        self._application = application
        self._services = services
        self._fetcher = fetcher
        self._errors: dict[int, Exception] = {}
        self._answered, self._loose, self._edited = forms.answered, loose.received, strange.edited
        self._unknown_command, self._old_button, self._membership = strange.unknown_command, strange.old_button, membership.changed
        self._group_talk = strange.group_talk
        self._register()

    def _register(self) -> None:
        add = self._application.add_handler
        add(ChatMemberHandler(self._hear(self._membership), ChatMemberHandler.MY_CHAT_MEMBER))
        add(MessageHandler(filters.UpdateType.EDITED_MESSAGE, self._hear(self._edited)))
        add(CallbackQueryHandler(self._hear(self._pressed)))
        for name, command in COMMANDS.items():
            add(CommandHandler(name, self._hear(command.handler if command.group else _in_private(command.handler))))
        add(MessageHandler(filters.COMMAND, self._hear(self._unknown_command)))
        add(MessageHandler(filters.ALL, self._hear(self._said)))
        add(TypeHandler(Update, self._hear(_unasked)))

    def _hear(self, handler: Handler) -> Heard:
        async def heard(update: Update, ptb: CallbackContext[Any, Any, Any, Any]) -> None:
            try:
                await self._run(handler, self._context(update, " ".join(ptb.args or ())))
            except Exception as error:  # noqa: BLE001  raised again by `handle`, which PTB would keep it from
                self._errors[update.update_id] = error

        return heard

    async def _run(self, handler: Handler, context: Context) -> None:
        await handler(context)
        if not context.acted:
            raise NothingDoneError(handler.__module__)
        if context.press is not None and not context.toast:
            await context.answer("")

    def _context(self, update: Update, args: str) -> Context:
        user, chat = update.effective_user, update.effective_chat
        account = user.id if user else (chat.id if chat else 0)
        language = (user.language_code if user else None) or "zh"
        return Context(self._services, update, account, chat.id if chat else account, language, args)

    async def handle(self, stored: Stored) -> None:
        """One update; returns after its unit is committed, or raises why not."""
        update = Update.de_json(stored.raw, self._application.bot)
        await self._application.process_update(update)
        error = self._errors.pop(stored.update_id, None)
        if error is not None:
            raise error

    async def _pressed(self, context: Context) -> None:
        query = context.update.callback_query
        assert query is not None
        try:
            context.press = unpack(query.data or "")
        except BadPressError:
            await self._old_button(context)
            return
        # What stands in a private chat is pressed there; in a group only forged data could name it.
        heard = context.private or context.press.verb in GROUP_PRESSES
        await (PRESSES.get(context.press.verb, self._old_button) if heard else self._old_button)(context)

    async def _said(self, context: Context) -> None:
        message = context.update.effective_message
        assert message is not None
        if not context.private:
            await self._group_talk(context)
            return
        form, seated = await context.read(_standing)
        care: Care = "clean" if form is not None and form.wipe else ("keep" if form is not None or seated else "leave")
        context.content = Strange("contact") if message.contact is not None else await self._fetcher.content(message, care)
        await (self._loose if form is None else self._answered)(context)


async def _standing(tx: Tx, actor: Actor) -> tuple[Form | None, bool]:
    """The form of the conversation that is open, and whether this is anybody's seat."""
    return await open_form_of(tx, actor), bool(actor.seats)
