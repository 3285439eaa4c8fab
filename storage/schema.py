"""Brings a database to the schema this code expects, and refuses one that is newer.

Alembic (and SQLAlchemy behind it) is imported only when the schema is behind: a normal start pays one SELECT.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0001"
MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaTooNewError(Exception):
    """The database was written by a later release."""


def known_revisions() -> set[str]:
    return {path.name.split("_", 1)[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def needs_upgrade(revision: str | None, *, migrate: bool) -> bool:
    """Whether migrations are missing. Raises where the database is newer than the code, or behind it and may not be touched."""
    if revision == HEAD:
        return False
    if revision is not None and revision not in known_revisions():
        raise SchemaTooNewError(f"DUBAN_DATABASE_URL: the database has schema {revision}, this release knows {HEAD}; run the newer release")
    if not migrate:
        state = "is empty" if revision is None else f"has schema {revision}, this release needs {HEAD}"
        raise SchemaTooNewError(f"DUBAN_DATABASE_URL: the database {state}; start `duban run` once")
    return True


def upgrade(address: str, revision: str = "head") -> None:
    """Run every migration that is missing up to `revision`. Blocking; called in a thread at start, under the store's schema lock."""
    from alembic import command

    command.upgrade(_config(address), revision)


def sqlalchemy_url(postgres_url: str) -> str:
    return postgres_url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)


def _config(url: str) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    # Config parses % as interpolation; a password in a URL may hold one.
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
