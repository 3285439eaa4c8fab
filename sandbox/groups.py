"""Groups: made, joined, left, renamed, migrated; each change leaves its service message."""

from sandbox.delivery import tell_membership
from sandbox.errors import ControlError
from sandbox.model import Bot, Chat, Person
from sandbox.world import World


def _user(world: World, member: int) -> Person | Bot:
    user = world.people.get(member) or world.bots.get(member)
    if user is None:
        raise ControlError(f"nobody has the id {member}", 404)
    return user


def create(world: World, title: str, members: list[int], kind: str, admins: list[int]) -> Chat:
    """The first person of the list made the group; the bots are then added one by one, as people do."""
    if kind not in {"group", "supergroup"}:
        raise ControlError("kind is group or supergroup")
    users = [_user(world, member) for member in members]
    people = [user for user in users if isinstance(user, Person)]
    if not people:
        raise ControlError("a group needs a person who makes it")
    chat = Chat(world.new_group_id(kind), kind, title)
    world.groups[chat.id] = chat
    chat.members = {person.id: "member" for person in people} | {people[0].id: "creator"}
    for bot in users:
        if isinstance(bot, Bot):
            _add(world, chat, bot, people[0], "administrator" if bot.id in admins else "member")
    for person in people[1:]:
        if person.id in admins:
            chat.members[person.id] = "administrator"
    world.events.add("group", chat.id, people[0].id)
    return chat


def _creator(world: World, chat: Chat) -> Person:
    return next(world.people[member] for member, status in chat.members.items() if status == "creator")


def _add(world: World, chat: Chat, user: Person | Bot, by: Person, status: str) -> None:
    old = chat.members.get(user.id, "left")
    chat.members[user.id] = status
    if isinstance(user, Bot):
        tell_membership(user, chat, by, old, status, world.clock.now())
    world.post(chat, by, {"new_chat_members": [user.api()]})


def change_members(world: World, chat: Chat, add: list[int], remove: list[int]) -> None:
    by = _creator(world, chat)
    for user in [_user(world, member) for member in add]:
        if not chat.present(user.id):
            _add(world, chat, user, by, "member")
    for user in [_user(world, member) for member in remove]:
        if chat.members.get(user.id) == "creator":
            raise ControlError("who made the group stays in it")
        if chat.present(user.id):
            remove_member(world, chat, user, by, "kicked" if isinstance(user, Bot) else "left")


def remove_member(world: World, chat: Chat, user: Person | Bot, by: Person | Bot, status: str) -> None:
    old = chat.members[user.id]
    if chat.kind == "group":
        # In a small group the one who goes still sees the message about it.
        world.post(chat, by, {"left_chat_member": user.api()})
    chat.members[user.id] = status
    if isinstance(user, Bot):
        # Who removed it does not matter here: the creator stands for the people.
        tell_membership(user, chat, _creator(world, chat), old, status, world.clock.now())
    if chat.kind == "supergroup":
        world.post(chat, by, {"left_chat_member": user.api()})


def rename(world: World, chat: Chat, title: str) -> None:
    chat.title = title
    world.post(chat, _creator(world, chat), {"new_chat_title": title})


def mute(world: World, chat: Chat, bot: Bot) -> None:
    """The bot stays, and may not write any more."""
    if chat.kind != "supergroup" or not chat.present(bot.id):
        raise ControlError("only who is in a supergroup can be restricted there")
    old, chat.members[bot.id] = chat.members[bot.id], "restricted"
    tell_membership(bot, chat, _creator(world, chat), old, "restricted", world.clock.now())


def migrate(world: World, chat: Chat) -> Chat:
    """A small group becomes a supergroup: a new id, new message ids, and one service message on each side."""
    if chat.kind != "group" or chat.migrated_to is not None:
        raise ControlError("only a small group can become a supergroup, and once")
    by = _creator(world, chat)
    new = Chat(world.new_group_id("supergroup"), "supergroup", chat.title, members=dict(chat.members))
    world.groups[new.id] = new
    world.post(chat, by, {"migrate_to_chat_id": new.id})
    chat.migrated_to = new.id
    for bot in world.bots_of(new):
        # Bots hear that they joined the supergroup, and nothing of having left the group (tdlib/telegram-bot-api, issue 266).
        tell_membership(bot, new, by, "left", new.members[bot.id], world.clock.now())
    world.post(new, by, {"migrate_from_chat_id": chat.id})
    return new
