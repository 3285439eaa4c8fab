"""`duban`: serve the bot, and the tools around it.

`duban run` by itself starts without click: a process that lives for months need not keep what reads arguments (1.2 MB).
"""

import sys
from typing import Any

SERVE = ["run"]


def main() -> None:
    """A wrong setting ends with one sentence on stderr and exit 2, never with a traceback."""
    from config.load import RegimeError
    from config.settings import SettingsError
    from storage.db import SettingError
    from storage.schema import SchemaTooNewError
    from storage.vault import WrongMasterKeyError

    try:
        _start()
    except (SettingsError, SettingError, RegimeError, SchemaTooNewError) as error:
        fail(error)
    except WrongMasterKeyError as error:
        fail(f"DUBAN_MASTER_KEY_FILE: {error}.")


def _start() -> None:
    if sys.argv[1:] == SERVE:
        from cli.serving import run

        run()
    else:
        from cli.commands import group

        group()


def fail(reason: Any) -> None:
    print(f"duban: {reason}", file=sys.stderr)
    sys.exit(2)
