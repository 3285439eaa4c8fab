"""Settings from the environment (`DUBAN_…`). A wrong one ends the start with one sentence that names it and the mend."""

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from domain.words import near

KEY_BYTES = 32
SHAPE = "a token looks like 123456:ABC…; copy it from BotFather"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SettingsError(Exception):
    """One sentence: which setting, what is wrong, the mend."""


class Settings(BaseModel):
    bot_token: str = ""
    bot_token_file: str = ""  # instead of it: read again when Telegram does not know the token any more
    bot_api_url: str = "https://api.telegram.org"
    webhook_url: str = ""
    webhook_secret: str = ""
    http_listen: str = ""  # host:port for the webhook, health; empty: none where there is no webhook
    proxy_url: str = ""
    database_url: str = "sqlite:///duban.db"
    data_dir: Path = Path("data")
    master_key_file: Path = Path("master.key")
    regimes: tuple[str, ...] = ("jilin-2019", "shandong-2022")
    evidence_mb_a_day: Annotated[int, Field(ge=1)] = 500  # how much one account may bring a day
    sends_per_second: Annotated[float, Field(ge=0)] = 28.8  # to all chats; 0: unpaced, for a server on this machine
    log_level: str = "INFO"
    clock_url: str = ""

    @field_validator("regimes", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("regimes")
    @classmethod
    def _some(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("name at least one regime, for example shandong-2022")
        return value

    @field_validator("bot_token")
    @classmethod
    def _token(cls, value: str) -> str:
        if value and not _is_token(value):
            raise ValueError(SHAPE)
        return value

    @field_validator("bot_api_url", "webhook_url", "proxy_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc):
            raise ValueError("write a whole address, as in https://host:port; SOCKS is not spoken")
        return value.rstrip("/")

    @field_validator("webhook_secret")
    @classmethod
    def _secret(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value):
            raise ValueError("Telegram allows 1 to 256 of A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("clock_url")
    @classmethod
    def _local_clock(cls, value: str) -> str:
        if value and urlsplit(value).hostname not in LOOPBACK:
            raise ValueError("the sandbox's clock is taken from this machine only; leave it empty in production")
        return value

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if self.bot_token and self.bot_token_file:
            raise ValueError("DUBAN_BOT_TOKEN_FILE: DUBAN_BOT_TOKEN is set, too; leave one of them out")
        return self

    @model_validator(mode="after")
    def _paced(self) -> Self:
        if not self.sends_per_second and urlsplit(self.bot_api_url).hostname not in LOOPBACK:
            raise ValueError("DUBAN_SENDS_PER_SECOND: 0 (no pace at all) is for a Bot API server on this machine; leave it out")
        return self

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("write sqlite:///path or postgresql://user@host/name")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("write DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("http_listen")
    @classmethod
    def _listen(cls, value: str) -> str:
        if value and not value.rpartition(":")[2].isdigit():
            raise ValueError("write host:port, as in 127.0.0.1:8080")
        return value

    def token(self) -> str:
        """The bot's token as it is now: one in a file may change while the program runs. Empty: none is set."""
        return read_token(Path(self.bot_token_file)) if self.bot_token_file else self.bot_token

    def master_key(self) -> bytes:
        """The 32 bytes of the master key's file, which only its owner may read."""
        return read_master_key(self.master_key_file)


def read_token(path: Path) -> str:
    name = "DUBAN_BOT_TOKEN_FILE"
    if not path.is_file():
        raise SettingsError(f"{name}: there is no file {path}; put the token that BotFather gave you there.")
    _refuse_shared(path, name)
    token = path.read_text(errors="replace").strip()
    if not _is_token(token):
        raise SettingsError(f"{name}: {path} holds no token; {SHAPE}.")
    return token


def _is_token(value: str) -> bool:
    number, colon, secret = value.partition(":")
    return number.isdigit() and bool(colon and secret)


def _refuse_shared(path: Path, name: str) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsError(f"{name}: others may read {path}; run `chmod 600 {path}`.")


def read_master_key(path: Path, name: str = "DUBAN_MASTER_KEY_FILE") -> bytes:
    if not path.is_file():
        raise SettingsError(f"{name}: there is no file {path}; make one with `duban keygen --master {path}` and keep a copy elsewhere.")
    _refuse_shared(path, name)
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{name}: {path} is no master key (64 hexadecimal digits); make one with `duban keygen --master`.")
    return key


def read_file(path: Path) -> None:
    """Put the NAME=value lines of `path` into the environment, which wins: what systemd and compose read, for the tools beside them."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise SettingsError(f"--settings: {path} cannot be read ({why}); name a text file that this user may read.") from None
    found = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            raise SettingsError(f"{path}, line {number}: write NAME=value, without spaces around the sign.")
        found[name] = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
    for sentence in strangers(found):
        raise SettingsError(f"{path}: {sentence}")
    os.environ.update({name: value for name, value in found.items() if name not in os.environ})


def strangers(names: Iterable[str]) -> list[str]:
    """A misspelt setting would be silently left at its default."""
    known = [f"DUBAN_{name.upper()}" for name in Settings.model_fields]
    found = []
    for name in sorted(set(names)):
        if name.startswith("DUBAN_") and name not in known:
            meant = near(name, known)
            found.append(f"{name} is no setting; {f'write {meant[0]}' if meant else 'take it out'}.")
    return found


def from_environment() -> Settings:
    """Raises pydantic's error with everything that is wrong."""
    # pydantic-settings would do it, too, for 5 MB of memory and a tenth of a start.
    names = {field: f"DUBAN_{field.upper()}" for field in Settings.model_fields}
    return Settings.model_validate({field: os.environ[name] for field, name in names.items() if name in os.environ})


def load_settings() -> Settings:
    try:
        return from_environment()
    except ValidationError as error:
        raise SettingsError(sentences(error)[0]) from error


def sentences(error: ValidationError) -> list[str]:
    """One for each setting that is wrong."""
    found = []
    for each in error.errors():
        said = str(each.get("ctx", {}).get("error", each["msg"]))
        # A rule between several settings names its own.
        found.append(f"DUBAN_{str(each['loc'][0]).upper()}: {said}." if each["loc"] else f"{said}.")
    return found


def listen_address(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    return host or "127.0.0.1", int(port)
