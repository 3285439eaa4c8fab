"""A PostgreSQL database for each test, made once and emptied in between: copying the template takes a quarter of a second, emptying a hundredth."""

import uuid
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

# Tables, columns, indexes and version: what a test of migrations changes, and an emptied database must not carry on.
SHAPE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
  SELECT attrelid::regclass || '.' || attname || ':' || atttypid AS part FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL SELECT 'version ' || version_num FROM alembic_version
) AS parts
"""
OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
RESTART = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"


def admin(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@dataclass
class Databases:
    """The databases of one test process on its server; `take` gives one that is as the template, `give_back` ends a test."""

    server: str
    template: str
    clean: list[str] = field(default_factory=list)
    shape: str = ""
    tables: list[str] = field(default_factory=list)
    secrets: list[tuple[object, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        with psycopg.connect(database(self.server, self.template)) as connection:
            self.shape = _shape(connection)
            self.tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
            self.tables.remove("alembic_version")
            self.secrets = connection.execute("SELECT * FROM secret").fetchall()

    def take(self) -> str:
        if self.clean:
            return self.clean.pop()
        name = f"t_{uuid.uuid4().hex[:12]}"
        admin(self.server, f"CREATE DATABASE {name} TEMPLATE {self.template} STRATEGY FILE_COPY")
        return name

    def give_back(self, name: str) -> None:
        """Empties it for the next test; one whose shape was changed is dropped."""
        try:
            with psycopg.connect(database(self.server, name), autocommit=True) as connection:
                connection.execute(OTHERS)
                if _shape(connection) == self.shape:
                    self._empty(connection)
                    self.clean.append(name)
                    return
        except psycopg.Error:
            pass  # a test that took its tables away: whatever it is now, it is of no more use
        admin(self.server, f"DROP DATABASE {name} WITH (FORCE)")

    def _empty(self, connection: psycopg.Connection) -> None:
        connection.execute("SET session_replication_role = replica")  # no order among the tables need be kept
        connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in self.tables))
        connection.execute(RESTART)
        for row in self.secrets:
            connection.execute(sql.SQL("INSERT INTO secret VALUES ({})").format(sql.SQL(", ").join(map(sql.Literal, row))))


def _shape(connection: psycopg.Connection) -> str:
    found = connection.execute(SHAPE).fetchone()
    assert found is not None
    return str(found[0])
