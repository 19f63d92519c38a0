"""Schema migrations: numbered files, each in a transaction of its own, under one advisory lock.

The lock belongs to the transaction: behind a pooler, the lock of a session would stay with whoever gets it next.
"""

from dataclasses import dataclass
from importlib import resources

import psycopg

from duerun.domain.errors import UnavailableError

MIGRATION_LOCK = 7_220_617_001
# Whoever waits for a lock on a table holds up all that come behind: it waits for less than a second, and tries again.
LOCK_TIMEOUT_MILLISECONDS = 750
REST_SECONDS = 0.5
TRIES_MAX = 600


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `migrations/`: its number, its name and its text."""

    number: int
    name: str
    text: str


def known() -> list[Migration]:
    """All migrations of this build, in order."""
    folder = resources.files("duerun.storage").joinpath("migrations")
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [Migration(int(name[:4]), name, folder.joinpath(name).read_text("utf-8")) for name in files]


def applied(connection: "psycopg.Connection[tuple[int]]") -> list[int]:
    """The numbers that the database has."""
    exists = connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL").fetchone()
    if not exists or not exists[0]:
        return []
    return [row[0] for row in connection.execute("SELECT number FROM schema_migrations ORDER BY number")]


def pending(dsn: str) -> list[Migration]:
    """The migrations that the database lacks."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        done = set(applied(connection))
    return [migration for migration in known() if migration.number not in done]


def migrate(dsn: str) -> list[str]:
    """Apply what is missing and tell the names; two processes at once take turns."""
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
        with connection.transaction():
            _take_turn(connection)
            connection.execute(
                "CREATE TABLE IF NOT EXISTS schema_migrations"
                " (number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
            )
        done = set(applied(connection))
        missing = [migration for migration in known() if migration.number not in done]
        return [each.name for each in missing if _apply(connection, each)]


def _take_turn(connection: "psycopg.Connection[tuple[int]]") -> None:
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))


def _apply(connection: "psycopg.Connection[tuple[int]]", migration: Migration) -> bool:
    """Apply one migration, unless another process did; `UnavailableError` if a table cannot be had for minutes."""
    for _ in range(TRIES_MAX):
        try:
            return _try(connection, migration)
        except psycopg.errors.LockNotAvailable:
            connection.execute("SELECT pg_sleep(%s)", (REST_SECONDS,))
    raise UnavailableError(
        f"{migration.name} waits for a table that a long transaction holds: try again later"
    )


def _try(connection: "psycopg.Connection[tuple[int]]", migration: Migration) -> bool:
    with connection.transaction():
        _take_turn(connection)
        if migration.number in applied(connection):
            return False
        connection.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MILLISECONDS}")
        connection.execute(migration.text.encode())
        connection.execute(
            "INSERT INTO schema_migrations (number, name) VALUES (%s, %s)", (migration.number, migration.name)
        )
    return True
