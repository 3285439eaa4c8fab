"""`duban tour NAME`: a story against the local Telegram and the real program, with a moving clock; exit 1 where a step fails."""

import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import click

TOURS = ("main", "people", "tasks", "ledger")


@click.command()
@click.argument("name", type=click.Choice(TOURS))
@click.option("--regime", default="shandong-2022", show_default=True, help="a shipped regime's name, or a file")
@click.option(
    "--enterprises",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="csv of plants: items are opened for their industries and places, under made-up names",
)
@click.option("--most", default=3, show_default=True, help="how many of them")
@click.option("--database", default="", help="postgresql://… (an empty database); without it a new SQLite file")
@click.option("--json", "as_json", is_flag=True, help="one JSON object instead of a text")
def tour(name: str, regime: str, enterprises: Path | None, most: int, database: str, as_json: bool) -> None:
    """Play a tour and print each person's conversation."""
    if enterprises is not None and name != "main":
        raise click.UsageError("--enterprises goes with the tour main")
    with tempfile.TemporaryDirectory(prefix="duban-tour-") as folder:
        found = asyncio.run(_play(Path(folder), name, regime, enterprises, most, database))
    report = {"tour": name, "regime": regime, **found}
    click.echo(json.dumps(report, ensure_ascii=False, indent=1) if as_json else _text(report))
    sys.exit(1 if found["failed"] else 0)


async def _play(folder: Path, name: str, regime_name: str, enterprises: Path | None, most: int, database: str) -> dict[str, Any]:
    from config.load import load_regime
    from tours.main import Story
    from tours.player import StoryError
    from tours.samples import read_places
    from tours.stage import StageError, staged

    regime = load_regime(regime_name)
    async with staged(folder, regimes=(regime_name,), database_url=database, rates=False) as stage:
        story = import_module(f"tours.{name}").Story(stage, regime)
        if enterprises is not None and isinstance(story, Story):
            story.places = read_places(enterprises, regime, story.cast["liaison"].scope, most).places
        failed, told = "", []
        try:
            told = await story.play()
        except (StoryError, StageError, AssertionError) as error:
            failed = str(error)
        return {
            "failed": failed,
            "chapters": [asdict(each) for each in told],
            "conversations": {f"{player.name}": [asdict(line) for line in player.lines] for player in story.players.values()},
        }


def _text(report: dict[str, Any]) -> str:
    parts = []
    for name, lines in report["conversations"].items():
        parts.append(f"\n══ {name} ══")
        for line in lines:
            mark = "→" if line["outgoing"] else ("✎" if line["edited"] else "←")
            body = line["text"].replace("\n", "\n    ")
            buttons = "".join(f"\n    [{button}]" for button in line["buttons"])
            parts.append(f"{_clock(line['at_ms'])} {mark} {body}{buttons}")
    parts += ["", *(f"✓ {each['title']}（{each['steps']}）" for each in report["chapters"])]
    parts.append(f"✗ {report['failed']}" if report["failed"] else "✓ 全部走通")
    return "\n".join(parts)


def _clock(at_ms: int) -> str:
    from domain.deadlines import local_time

    return f"{local_time(at_ms):%m-%d %H:%M}"
