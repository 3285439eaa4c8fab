"""The bot's token. One in a file can be changed while the program runs: BotFather's `/revoke`, the new one into the file, nothing else."""

from collections.abc import Callable

import structlog

from config.settings import SettingsError

log = structlog.get_logger()


class Token:
    """`read` gives it as it is set now; `changes`: it stands in a file, and is read again once Telegram does not know it any more."""

    def __init__(self, read: Callable[[], str], *, changes: bool) -> None:
        self._read = read
        self._changes = changes
        self.value = read()
        self.known = False  # Telegram has taken it, at least once

    @property
    def awaited(self) -> bool:
        """It was good until it was revoked: the new one will come, so everything waits. At a start a wrong one is a wrong setting."""
        return self._changes and self.known

    def renew(self, refused: str) -> bool:
        """Whether there is another than the one that was refused; of many requests under way one reads it."""
        if self.value != refused:
            return True
        if not self._changes:
            return False
        try:
            self.value = self._read()
        except SettingsError as error:
            log.warning("token.unreadable", reason=str(error))  # an editor that writes it anew may have it empty for a moment
            return False
        if self.value == refused:
            log.error("token.unknown", mend="put the new token of BotFather into the file that DUBAN_BOT_TOKEN_FILE names")
            return False
        log.warning("token.renewed")
        return True
