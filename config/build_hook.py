"""Hatch's hook: a wheel carries the compiled catalogues beside their sources."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  the interface's signature
        sys.path.insert(0, str(Path(__file__).parent))
        from catalogues import compile_all  # type: ignore[import-not-found]  # found beside this file while a wheel is built

        compile_all()
