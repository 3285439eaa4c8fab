"""The Bot API, one function per method. A method that is not here is refused as Telegram refuses an unknown one."""

from sandbox.methods import chats, commands, editing, media, polling, sending
from sandbox.methods.call import METHODS, Call

__all__ = ["METHODS", "Call", "chats", "commands", "editing", "media", "polling", "sending"]
