"""What a payment costs beside those of years gone by, which are copies of a day's payments with dates before it."""

from math import ceil
from typing import Any

import psycopg

from benchmarks.engine import Shop, paid, shop

PAYMENTS = 20_000
RUNS = 2
# Between one copy and the next: no month has as many, so that no two copies have a date in common.
DAYS_APART = 100
# What a payment leaves behind, and the columns that are its own in there.
TABLES = {
    "occurrences": ("id", "result_id"),
    "charges": ("id", "occurrence_id", "transaction_id"),
    "transactions": ("id", "origin_id"),
    "events": ("id", "object_id"),
    "occurrence_decisions": ("occurrence_id", "result_id"),
    "sandbox.ledger": ("key",),
}
COLUMNS = """
SELECT attname, atttypid::regtype::text FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''
  AND attname <> 'number'
"""
NEXT = "UPDATE occurrences SET due_at = now() WHERE state = 'due'"


async def due(payments: int) -> dict[str, Any]:
    """Payments a second of the same schedules with no payment before them, and with `payments`."""
    count = min(PAYMENTS, payments // 10)
    per_second: dict[int, float] = {}
    async with shop(count) as made:
        for before in (0, payments // 10, payments):
            seconds = [await _one_day(made, count, before) for _ in range(RUNS)]
            per_second[before] = count / min(seconds)
        gigabytes = gigabytes_of(made.runtime.database.dsn)
    return {
        "ratio_to_none_before": round(per_second[payments] / per_second[0], 2),
        "per_second": {str(before): round(value) for before, value in per_second.items()},
        "payments": count,
        "gigabytes": gigabytes,
    }


async def _one_day(made: Shop, count: int, before: int) -> float:
    """Seconds to pay the next date of each schedule, with so many payments before it at least."""
    dsn = made.runtime.database.dsn
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        missing = before - _count(connection, "charges")
        if missing > 0:
            _add(connection, missing)
        if _count(connection, "charges") < before:
            raise RuntimeError(f"{missing} payments of long ago are missing")
        connection.execute("SET session_replication_role = origin")
        connection.execute(NEXT)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return await paid(dsn, made.account, count)


def _add(connection: "psycopg.Connection[tuple[Any, ...]]", missing: int) -> None:
    """Payments of long ago, each a copy of one that was made."""
    for table in TABLES:
        only = " WHERE state = 'successful'" if table == "occurrences" else ""
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {_model(table)} AS SELECT * FROM {table}{only}".encode()
        )
    copies = _count(connection, _model("charges"))
    done = _count(connection, "charges") // copies
    for number in range(done, done + ceil(missing / copies)):
        for table, own in TABLES.items():
            columns = connection.execute(COLUMNS, (table,)).fetchall()
            names = ", ".join(name for name, _ in columns)
            told = ", ".join(_copied(name, kind, own, number) for name, kind in columns)
            connection.execute(f"INSERT INTO {table} ({names}) SELECT {told} FROM {_model(table)}".encode())


def _model(table: str) -> str:
    return f"model_{table.replace('.', '_')}"


def _copied(name: str, kind: str, own: tuple[str, ...], number: int) -> str:
    if name in own:
        return f"left({name}, 10) || '{number:05d}' || right({name}, 14)"
    if kind == "date":
        return f"{name} - {number * DAYS_APART}"
    if kind == "timestamp with time zone":
        return f"{name} - {number * DAYS_APART} * interval '1 day'"
    return name


def _count(connection: "psycopg.Connection[tuple[Any, ...]]", table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    return int(row[0]) if row else 0


def gigabytes_of(dsn: str) -> float:
    """How much a database takes on the disk."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return round(row[0] / 1e9, 1) if row else 0.0
