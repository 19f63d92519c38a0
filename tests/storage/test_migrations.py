"""Migrations under load, and a schema in which no number runs out. Incidents O1 and O2."""

import asyncio
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from duerun.domain.errors import UnavailableError
from duerun.storage import migrate
from duerun.storage.database import Database, fetch_one
from duerun.storage.migrate import Migration

# Counts of the rows, attempts and parts of one thing; places within a file; periods. None of them is an id.
SMALL_NUMBERS = {"row_number", "chunk_number", "first_line", "number"}
READ_SECONDS_MAX = 1.5


@pytest.fixture
def table(dsn: str) -> Iterator[str]:
    """A table of its own, which a migration of the test changes."""
    name, number = "waited_for", 9_000
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE {name} (id bigint)")
        yield name
        connection.execute(f"DROP TABLE {name}")
        connection.execute("DELETE FROM schema_migrations WHERE number = %s", (number,))


def change(table: str) -> Migration:
    return Migration(9_000, "9000_test.sql", f"ALTER TABLE {table} ADD COLUMN more text")


def test_a_migration_that_waits_for_a_table_holds_up_no_reader(dsn: str, table: str) -> None:
    slowest = 0.0
    with psycopg.connect(dsn) as holder, psycopg.connect(dsn, autocommit=True) as reader:
        holder.execute(f"SELECT * FROM {table}")
        migration = threading.Thread(target=_apply, args=(dsn, table))
        migration.start()
        for _ in range(30):
            started = time.monotonic()
            reader.execute(f"SELECT id FROM {table}")
            slowest = max(slowest, time.monotonic() - started)
            time.sleep(0.05)
        assert migration.is_alive()
        holder.rollback()
        migration.join(10)
        assert not migration.is_alive()
        found = reader.execute(f"SELECT * FROM {table}").description

    assert slowest < READ_SECONDS_MAX
    assert [each.name for each in found or ()] == ["id", "more"]


def _apply(dsn: str, table: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        migrate._apply(connection, change(table))


def test_a_table_that_cannot_be_had_is_told(dsn: str, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "TRIES_MAX", 1)
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT_MILLISECONDS", 50)
    with psycopg.connect(dsn) as holder:
        holder.execute(f"SELECT * FROM {table}")

        with pytest.raises(UnavailableError, match="9000_test"):
            _apply(dsn, table)


async def test_a_process_of_the_older_version_goes_on_behind_a_migration(dsn: str, table: str) -> None:
    """What it has prepared fits no more: one call is told to come again, and the next one is answered."""
    database = Database(dsn, connections_max=4)
    await database.open()

    async def read() -> int:
        async with database.connection() as connection:
            cursor = await connection.execute(f"SELECT * FROM {table}")
            return len(cursor.description or ())

    for _ in range(40):
        await read()
    await asyncio.to_thread(_apply, dsn, table)
    refused, found = 0, []
    for _ in range(40):
        try:
            found.append(await read())
        except UnavailableError:
            refused += 1
    await database.close()

    assert refused <= 4
    assert found[-30:] == [2] * 30


async def test_statements_for_all_columns_of_a_table_go_on_behind_a_column_that_is_added(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS added_column_tests WITH (FORCE)")
        connection.execute("CREATE DATABASE added_column_tests")
    own = make_conninfo(dsn, dbname="added_column_tests")
    migrate.migrate(own)
    database = Database(own, connections_max=2)
    await database.open()

    async def read() -> None:
        async with database.transaction() as connection:
            for name in ("schedule_fetch", "card_fetch"):
                await fetch_one(connection, name, account_id=1, livemode=False, id="none", schedule_id="none")

    try:
        for _ in range(30):
            await read()
        with psycopg.connect(own, autocommit=True) as connection:
            connection.execute("ALTER TABLE schedules ADD COLUMN more text")
            connection.execute("ALTER TABLE cards ADD COLUMN more text")
        await read()
        await read()
    finally:
        await database.close()


def test_no_id_is_a_narrow_number(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        narrow = connection.execute(
            "SELECT table_name, column_name, is_identity FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type IN ('smallint', 'integer') "
            "AND (is_identity = 'YES' OR column_name ~ '(^|_)(id|number)$')"
        ).fetchall()

    assert [row for row in narrow if row[2] == "YES" or row[1] not in SMALL_NUMBERS] == []


def test_tables_that_grow_with_payments_are_vacuumed_long_before_a_fifth_is_dead(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        cursor = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND 'autovacuum_vacuum_scale_factor=0.02' = ANY (reloptions)"
        )
        found = {name for (name,) in cursor.fetchall()}

    assert {"occurrences", "schedules", "charges", "transfers", "transactions", "events"} <= found
