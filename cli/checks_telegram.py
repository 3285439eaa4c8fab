"""What `duban doctor` asks Telegram: whether it is reached, knows the token, has the webhook we think, and shares our time.

It looks through the bot's own eyes: its proxy, the authorities that it trusts.
"""

import json
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

from bot.transport import BrokenError, NotSentError, Transport
from config.settings import Settings, SettingsError

MOST_SKEW_MS = 30_000  # its own Date header has whole seconds, and the answer takes a moment
SECONDS = 15.0
AWAY = "DUBAN_BOT_API_URL: {host} does not answer; check the network, or name a proxy in DUBAN_PROXY_URL."
UNKNOWN = "DUBAN_BOT_TOKEN: Telegram does not know this token; copy it again from BotFather."
UNSET = "DUBAN_BOT_TOKEN is not set; put the token that BotFather gave you there."


async def telegram(settings: Settings, now: Callable[[], int]) -> list[str]:
    try:
        token = settings.token()
    except SettingsError as error:
        return [str(error)]
    if not token:
        return [UNSET]
    try:
        async with Transport(connections=1, proxy=settings.proxy_url) as transport:
            me, date = await _ask(transport, settings, token, "getMe")
            skew = None if date is None else now() - int(parsedate_to_datetime(date).timestamp() * 1000)
            if not me.get("ok"):
                return [UNKNOWN]
            hook, _ = await _ask(transport, settings, token, "getWebhookInfo")
    except (NotSentError, BrokenError, ValueError):
        return [AWAY.format(host=settings.bot_api_url)]
    return [*_skew(skew), *_hook(settings, hook.get("result") or {})]


async def _ask(transport: Transport, settings: Settings, token: str, method: str) -> tuple[dict[str, Any], str | None]:
    """The answer and its date."""
    head: list[bytes] = []
    _, body = await transport.get(f"{settings.bot_api_url}/bot{token}/{method}", SECONDS, head.append)
    dates = [line.decode("latin-1").partition(":")[2].strip() for line in head if line.lower().startswith(b"date:")]
    # A proxy's own head comes before.
    return json.loads(body), dates[-1] if dates else None


def _skew(skew: int | None) -> list[str]:
    if skew is None or abs(skew) <= MOST_SKEW_MS:
        return []
    side = "ahead of" if skew > 0 else "behind"
    return [f"This machine's clock is {abs(skew) // 1000} s {side} Telegram's; let NTP set it, since deadlines follow it."]


def _hook(settings: Settings, info: dict[str, Any]) -> list[str]:
    """While a webhook is set nobody can poll; while another is, updates go elsewhere."""
    url = info.get("url", "")
    if url and not settings.webhook_url:
        return ["DUBAN_WEBHOOK_URL is empty, but a webhook is set for this token; set it, or call deleteWebhook."]
    if settings.webhook_url and url and url != settings.webhook_url:
        return ["DUBAN_WEBHOOK_URL: Telegram posts to another address; start `duban run`, which sets it, and stop the other program."]
    return []
