"""The program as an operator starts it: a process with settings in its environment."""

import asyncio
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Program:
    """`settings` without their prefix; what is not given is sound."""

    folder: Path
    api: str = "http://127.0.0.1:9"  # nobody answers there
    settings: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    def environment(self) -> dict[str, str]:
        key = self.folder / "master.key"
        if not key.exists():
            key.touch(mode=0o600)
            key.write_text("ab" * 32)
        sound = {
            "BOT_TOKEN": "7000000001:AAlocal",
            "BOT_API_URL": self.api,
            "DATABASE_URL": f"sqlite:///{self.folder / 'duban.db'}",
            "DATA_DIR": str(self.folder / "data"),
            "MASTER_KEY_FILE": str(key),
            "LOG_LEVEL": "ERROR",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
        return inherited | {f"DUBAN_{name}": value for name, value in (sound | self.settings).items()}

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli", "run", env=self.environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )

    async def end(self) -> tuple[int, str]:
        """Exit code and what it said on stderr; killed where it does not leave by itself."""
        assert self.process is not None
        try:
            _, said = await asyncio.wait_for(self.process.communicate(), 60)
        except TimeoutError:
            self.process.kill()
            raise
        assert self.process.returncode is not None
        return self.process.returncode, said.decode()

    async def run(self) -> tuple[int, str]:
        await self.start()
        return await self.end()
