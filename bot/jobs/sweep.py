"""Sweeps files that nothing refers to, some folders at a time; the files themselves go outside of units."""

import structlog

from domain.deadlines import DAY_MS
from storage import orphans
from storage.db import Store
from storage.files import Files

log = structlog.get_logger()
FOLDERS = 16  # a run; there are at most 4096, so all are looked at several times a day
MOST = 200  # files of a folder in one question to the database
OLD_SECONDS = 86_400  # by the disk's clock: business time may be moved


class Sweep:
    """Called by the clock. Remembers which folders it has seen."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._last = ""

    async def __call__(self, store: Store) -> int:
        """Returns how many files went."""
        gone = 0
        for folder in await self._files.folders(after=self._last, limit=FOLDERS):
            names = await self._files.old(folder, OLD_SECONDS)
            for start in range(0, len(names), MOST):
                gone += await self._sweep(store, names[start : start + MOST])
            self._last = folder
        if gone:
            log.info("files.swept", files=gone)
        return gone

    async def _sweep(self, store: Store, names: list[str]) -> int:
        before = store.now() - DAY_MS
        idle = await store.read(lambda tx: orphans.idle(tx, names, before))
        if idle:
            await store.unit(lambda tx: orphans.drop(tx, idle, before))
        held = await store.read(lambda tx: orphans.on_record(tx, names))
        return await self._files.remove([name for name in names if name not in held], OLD_SECONDS)
