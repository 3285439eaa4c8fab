"""getMe, and the two ways in which updates reach a bot."""

from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import bad
from sandbox.methods.call import Call, method
from sandbox.webhook import Webhook

JSON = dict[str, Any]
SECRET_SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


@method("getMe")
def get_me(call: Call) -> JSON:
    return {
        **call.bot.api(),
        "can_join_groups": True,
        "can_read_all_group_messages": not call.bot.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _allowed(call: Call) -> None:
    kinds = call.params.json("allowed_updates")
    if kinds is not None and not isinstance(kinds, list):
        raise bad("can't parse allowed_updates JSON object")
    call.bot.updates.allow(kinds)


@method("getUpdates")
async def get_updates(call: Call) -> list[JSON]:
    """Limit and time-out are brought into their ranges, not refused, as Telegram does."""
    _allowed(call)
    limit = min(100, max(1, call.params.integer("limit", 100)))
    seconds = min(50, max(0, call.params.integer("timeout")))
    return await call.bot.updates.poll(call.params.integer("offset"), limit, seconds)


@method("setWebhook")
async def set_webhook(call: Call) -> Any:
    """Plain http is taken, as by a Bot API server started with --local: there is no certificate on loopback."""
    url = call.params.text("url")
    if not url:
        return await delete_webhook(call)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad("bad webhook: invalid webhook URL specified")
    secret = call.params.text("secret_token")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not SECRET_SIGNS.issuperset(secret):
        raise bad("secret token contains unallowed characters")
    _allowed(call)
    await _stop(call)
    call.bot.updates.interrupt("terminated by setWebhook request")
    connections = min(100, max(1, call.params.integer("max_connections", 40)))
    if call.params.flag("drop_pending_updates"):
        call.bot.updates.clear()
    call.world.webhooks[call.bot.id] = Webhook(call.bot.updates, url, secret, connections)
    return True


async def _stop(call: Call) -> None:
    webhook = call.world.webhooks.pop(call.bot.id, None)
    if webhook is not None:
        await webhook.stop()


@method("deleteWebhook")
async def delete_webhook(call: Call) -> bool:
    await _stop(call)
    if call.params.flag("drop_pending_updates"):
        call.bot.updates.clear()
    return True


@method("getWebhookInfo")
def get_webhook_info(call: Call) -> JSON:
    webhook = call.world.webhooks.get(call.bot.id)
    info: JSON = {"url": "", "has_custom_certificate": False, "pending_update_count": len(call.bot.updates)}
    if webhook is not None:
        info |= webhook.info()
    if call.bot.updates.allowed:
        info["allowed_updates"] = sorted(call.bot.updates.allowed)
    return info


@method("logOut")
@method("close")
def close(call: Call) -> bool:
    return bool(call.bot)
