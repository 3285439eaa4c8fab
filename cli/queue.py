"""`duban queue list`, `retry` and `drop`: what was set aside, putting it back, or deleting it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click

from bot.clock import real_now
from config.settings import load_settings
from domain.deadlines import DAY_MS, HOUR_MS
from storage import queue
from storage.db import Store
from storage.queue import Entry
from storage.tx import Tx

T = TypeVar("T")
MOST = 500


@click.group("queue")
def queue_() -> None:
    """What waits to go out or was set aside. Contents and recipients are never shown."""


@queue_.command("list")
@click.option("--waiting", is_flag=True, help="Also what is still to go out.")
def list_(waiting: bool) -> None:
    """One line each: id, state, what, age, tries, error."""

    async def work(store: Store) -> list[Entry]:
        return await store.read(lambda tx: queue.entries(tx, waiting=waiting, limit=MOST))

    found = _with_store(work)
    now = real_now()
    for entry in found:
        error = f"  {entry.error}" if entry.error else ""
        click.echo(f"{entry.id:<8} {entry.state:<8} {entry.what:<28} {_age(now - entry.since):>6}  tries {entry.tries}{error}")
    click.echo(
        f"{len(found)} in all{' (the first of more)' if len(found) >= MOST else ''}." if found else "Nothing was set aside.", err=True
    )


@queue_.command("retry")
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that was set aside.")
def retry(ids: tuple[str, ...], everything: bool) -> None:
    """Put back what was set aside: IDS as `duban queue list` shows them. Messages go at once, updates when `duban run` starts next."""
    messages, updates = _change(queue.retry, ids, everything=everything)
    click.echo(f"{messages} messages and {updates} updates put back.")
    if updates:
        click.echo("The updates are handled when `duban run` starts next.", err=True)


@queue_.command("drop")
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that was set aside.")
def drop(ids: tuple[str, ...], everything: bool) -> None:
    """Delete what was set aside and need not be tried again: a message to somebody who blocked the bot, say."""
    messages, updates = _change(queue.drop, ids, everything=everything)
    click.echo(f"{messages} messages and {updates} updates deleted.")


def _change(
    change: Callable[[Tx, Sequence[str]], Awaitable[tuple[int, int]]], ids: tuple[str, ...], *, everything: bool
) -> tuple[int, int]:
    if not ids and not everything:
        raise click.UsageError("name the ids that `duban queue list` shows, or write --all.")
    wrong = next((each for each in ids if not re.fullmatch(r"[oi]\d+", each)), None)
    if wrong is not None:
        raise click.UsageError(f"{wrong!r} is no id of the queue: write it as o12 or i345.")

    async def unit(tx: Tx) -> tuple[int, int]:
        return await change(tx, await queue.all_aside(tx) if everything else ids)

    async def work(store: Store) -> tuple[int, int]:
        return await store.unit(unit)

    return _with_store(work)


def _with_store(work: Callable[[Store], Awaitable[T]]) -> T:
    async def run() -> T:
        from bot.app import store_of

        store = await store_of(load_settings(), real_now, migrate=False)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


def _age(ms: int) -> str:
    if ms >= DAY_MS:
        return f"{ms // DAY_MS} d"
    return f"{ms // HOUR_MS} h" if ms >= HOUR_MS else f"{max(ms, 0) // 60_000} min"
