"""What a closed item still offers: its publication, and opening it again."""

from domain.deadlines import local_date
from domain.ledger import Item
from domain.people import Actor
from domain.permissions import Target, permit
from domain.speech import Button, Param, text
from storage.tx import Tx


def closed_buttons(tx: Tx, actor: Actor, item: Item) -> tuple[tuple[Button, ...], ...]:
    if item.state != "closed":
        return ()
    on, target = local_date(tx.now), Target(item.regime, item.region)
    found: list[tuple[Button, ...]] = []
    if item.published != "done" and permit(actor, "item.publish", target, tx.world, on) is not None:
        name, verb = ("announce", "ia") if item.published == "none" else ("published", "ib")
        found.append((Button(f"button.item.{name}", verb, item.id, item.version),))
    if permit(actor, "item.reopen", target, tx.world, on) is not None:
        found.append((Button("button.item.reopen", "iz", item.id, item.version),))
    return tuple(found)


def publication(item: Item) -> Param:
    """None where there is none."""
    if item.published == "none":
        return None
    if item.announced_on is None:
        return text(f"item.published.{item.published}")
    day: Param = {"$": "date", "date": item.announced_on.isoformat()}
    return text("item.published_on", what=text(f"item.published.{item.published}"), day=day)
