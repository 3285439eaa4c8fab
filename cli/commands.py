"""The commands of `duban`. Each one's module is imported only when it is called."""

import importlib
from pathlib import Path

import click

COMMANDS = {
    "run": ("cli.run", "run"),
    "keygen": ("cli.keygen", "keygen"),
    "invite": ("cli.invite", "invite"),
    "relink": ("cli.relink", "relink"),
    "import-roster": ("cli.roster", "import_roster"),
    "due": ("cli.regime", "due"),
    "check-regime": ("cli.regime", "check_regime"),
    "pause": ("cli.sending", "pause"),
    "resume": ("cli.sending", "resume"),
    "forecast": ("cli.forecast", "forecast"),
    "diff-regime": ("cli.diff_regime", "diff_regime"),
    "queue": ("cli.queue", "queue_"),
    "import-holidays": ("cli.holidays", "import_holidays"),
    "export-ledger": ("cli.ledger", "export_ledger"),
    "backup-evidence": ("cli.evidence", "backup_evidence"),
    "backup": ("cli.backup", "backup"),
    "restore": ("cli.backup", "restore"),
    "rotate-master-key": ("cli.rotate", "rotate_master_key"),
    "doctor": ("cli.doctor", "doctor"),
    "verify-journal": ("cli.journal", "verify_journal"),
    "demo": ("cli.demo", "demo"),
    "tour": ("cli.tour", "tour"),
}


class Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        found: click.Command = getattr(importlib.import_module(module), name)
        return found


@click.command(cls=Lazy, help="Duban (督办): coordinates joint inspections in chat.", context_settings={"max_content_width": 120})
@click.version_option(package_name="duban")
@click.option("--settings", type=click.Path(path_type=Path), help="Read DUBAN_… from this file of NAME=value lines; the environment wins.")
def group(settings: Path | None) -> None:
    if settings is not None:
        from config.settings import read_file

        read_file(settings)
