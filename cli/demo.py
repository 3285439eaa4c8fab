"""`duban demo`: the bot on SQLite and the local Telegram, with a sample institution for each regime; prints the chat page's address.

Everything is made up and lies in `.demo/`, made anew each time: the local Telegram keeps nothing either.
"""

import asyncio
import contextlib
import shutil
import signal
from pathlib import Path

import click

FOLDER = Path(".demo")
PORT = 8081


@click.command()
@click.option("--port", default=PORT, show_default=True, help="of the chat page; 0 picks a free one")
@click.option("--regime", "regimes", multiple=True, default=("jilin-2019", "shandong-2022"), help="one or more; shipped names or files")
def demo(port: int, regimes: tuple[str, ...]) -> None:
    """Start everything and stay until Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_demo(port, regimes))


async def _demo(port: int, regimes: tuple[str, ...]) -> None:
    from tours.sample_institution import fill
    from tours.stage import StageError, staged

    shutil.rmtree(FOLDER, ignore_errors=True)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    try:
        async with staged(FOLDER, regimes=regimes, port=port) as stage:
            panes = await fill(stage)
            click.echo(f"\n督办 Duban\n\n  {stage.url}/#p={','.join(str(each) for each in panes)}\n")
            click.echo("  打开上面的网址：左边选一个人，像在手机上一样聊天；上面可以拨快时钟，看倒计时和逐级上报。Ctrl-C 结束。")
            click.echo(
                "  Open the address: choose a person on the left and chat; move the clock on top to watch countdowns and escalations.\n"
            )
            await stop.wait()
    except StageError as error:
        raise click.ClickException(str(error)) from error
