"""Sweeps files that nothing refers to, some folders at a time; the files themselves go outside of units."""

from collections.abc import Callable

import structlog

from domain.deadlines import DAY_MS
from storage import orphans
from storage.db import Store
from storage.files import Files

log = structlog.get_logger()
FOLDERS = 16  # a run; there are at most 4096, so all are looked at several times a day
MOST = 200  # files of a folder in one question to the database


class Sweep:
    """Called by the clock. Remembers which folders it has seen. `disk_now` is real time, as files are dated: business time may be moved."""

    def __init__(self, files: Files, disk_now: Callable[[], int]) -> None:
        self._files = files
        self._disk_now = disk_now
        self._last = ""

    async def __call__(self, store: Store) -> int:
        """Returns how many files went."""
        gone, before = 0, self._disk_now() - DAY_MS
        for folder in await self._files.folders(after=self._last, limit=FOLDERS):
            names = await self._files.old(folder, before)
            for start in range(0, len(names), MOST):
                gone += await self._sweep(store, names[start : start + MOST], before)
            self._last = folder
        if gone:
            log.info("files.swept", files=gone)
        return gone

    async def _sweep(self, store: Store, names: list[str], before: int) -> int:
        recorded = store.now() - DAY_MS
        idle = await store.read(lambda tx: orphans.idle(tx, names, recorded))
        if idle:
            await store.unit(lambda tx: orphans.drop(tx, idle, recorded))
        held = await store.read(lambda tx: orphans.on_record(tx, names))
        return await self._files.remove([name for name in names if name not in held], before)
