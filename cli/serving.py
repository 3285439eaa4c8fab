"""Serving Telegram (or the server that DUBAN_BOT_API_URL names) until told to stop."""

import asyncio
import logging
import sys
import traceback
from collections.abc import Callable

import structlog
from structlog.typing import ExcInfo

from config.settings import Settings, SettingsError, load_settings


def run() -> None:
    """What is wrong with the settings, or ends it for good, is said in one sentence."""
    settings = load_settings()
    if not settings.token():
        raise SettingsError("DUBAN_BOT_TOKEN is not set; put the token that BotFather gave you there.")
    if settings.webhook_url and not settings.webhook_secret:
        raise SettingsError(
            "DUBAN_WEBHOOK_SECRET is not set; choose a random word of letters and digits, so that only Telegram can post updates."
        )
    set_up_logs(settings)
    serve_forever(settings)


def set_up_logs(settings: Settings) -> None:
    """Lines of JSON on stderr. Nothing of a chat, no account and no token is ever logged; libraries that would, are silenced."""
    level = logging.getLevelName(settings.log_level)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(bare_traceback),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for name in ("httpx", "telegram", "apscheduler"):
        logging.getLogger(name).setLevel(logging.ERROR)


def bare_traceback(exc_info: ExcInfo) -> str:
    """Where it happened and what kind of exception it was, its causes too. Its words stay out: they may quote what a person typed."""
    error: BaseException | None = exc_info[1]
    lines: list[str] = []
    while error is not None:
        lines += [*traceback.format_tb(error.__traceback__), f"{type(error).__module__}.{type(error).__qualname__}\n"]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "".join(lines)


def serve_forever(settings: Settings) -> None:
    from bot.api import UnauthorizedError
    from bot.app import SecondProcessError, serve
    from bot.intake import SecondPollerError, WrongTokenError

    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve(settings))
    except (WrongTokenError, UnauthorizedError):
        raise SettingsError("DUBAN_BOT_TOKEN: Telegram does not know this token; copy it again from BotFather.") from None
    except (SecondProcessError, SecondPollerError) as error:
        raise SettingsError(f"{error}.") from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in {"sqlite3", "psycopg", "psycopg_pool"}:
            raise
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        sys.exit(f"duban: the database went away ({reason}); what was said is safe, start again when it is back.")


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Uvloop is optional."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
