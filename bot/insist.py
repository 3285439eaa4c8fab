"""What must be written although the database is away for a moment: tried for some seconds, then the process ends; the next one goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from storage.db import StoreClosedError

T = TypeVar("T")
log = structlog.get_logger()
PAUSES = (0.1, 0.3, 1.0, 3.0)


async def insist(write: Callable[[], Awaitable[T]]) -> T:
    """Only for what is idempotent."""
    for pause in PAUSES:
        try:
            return await write()
        except StoreClosedError:
            raise
        except Exception as error:  # noqa: BLE001  the last try raises it
            log.warning("database.again", error=type(error).__name__, again_in=pause)
            await asyncio.sleep(pause)
    return await write()
