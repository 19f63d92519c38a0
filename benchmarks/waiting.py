"""What payments and the rows of a file cost beside schedules whose dates are still to come, by the million."""

import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg

from benchmarks import bulk as file
from benchmarks import lists
from benchmarks.engine import Shop, paid, shop
from duerun.assembly import build_runtime
from duerun.domain.bulk_jobs import JobState
from duerun.services import bulk
from duerun.settings import Settings
from duerun.storage.bulk import fetch_job

COUNT = 100_000
RUNS = 2
MODEL = "schd_test_model"
# Schedules of the shop that fall due each time; what a file makes meanwhile does not.
OURS = "CREATE TABLE bench_ours AS SELECT id FROM schedules"
NEXT = """
UPDATE occurrences SET due_at = now()
WHERE state = 'due' AND due_at < '2090-01-01' AND schedule_id IN (SELECT id FROM bench_ours)
"""
FAR = """
INSERT INTO schedules (id, created_at, start_on, end_on, {columns})
SELECT '{model}', created_at, '2099-01-01', '2100-01-01', {columns} FROM schedules ORDER BY id LIMIT 1
"""


async def run(schedules: int) -> dict[str, Any]:
    """Payments and rows a second with no others in the database, a tenth of the others, and all of them.

    The ratio is that of what suffers most. A figure counts only if all is paid, and each row makes a schedule.
    """
    count = min(COUNT, schedules // 10)
    payments: dict[int, float] = {}
    rows: dict[int, float] = {}
    async with shop(count) as made:
        _model(made.runtime.database.dsn)
        written, files = 0, itertools.count(1)
        for beside in (0, schedules // 10, schedules):
            if beside > written:
                lists.fill(made.runtime.database.dsn, written + 1, beside, MODEL, customers=count)
                written = beside
            seconds = [await _pay(made, count) for _ in range(RUNS)]
            payments[beside] = count / min(seconds)
            seconds = [await _import(made, count, next(files)) for _ in range(RUNS)]
            rows[beside] = count / min(seconds)
        gigabytes = round(_bytes(made.runtime.database.dsn) / 1e9, 1)
    ratios = {
        "ratio_of_payments": round(payments[schedules] / payments[0], 2),
        "ratio_of_rows": round(rows[schedules] / rows[0], 2),
    }
    return {
        "ratio_to_none_beside": min(ratios.values()),
        **ratios,
        "payments_per_second": {str(beside): round(value) for beside, value in payments.items()},
        "rows_per_second": {str(beside): round(value) for beside, value in rows.items()},
        "count": count,
        "gigabytes": gigabytes,
    }


def _model(dsn: str) -> None:
    """One schedule whose first date is far away, of which the others are copies."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(OURS)
        names = {name for (name,) in connection.execute(lists.COLUMNS)} - {"start_on", "end_on"}
        connection.execute(FAR.format(model=MODEL, columns=", ".join(sorted(names))).encode())


async def _pay(made: Shop, count: int) -> float:
    dsn = made.runtime.database.dsn
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(NEXT)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return await paid(dsn, made.account, count)


async def _import(made: Shop, count: int, number: int) -> float:
    """Seconds to take in the nth file and to carry it out."""
    runtime = build_runtime(Settings(), made.runtime.database.dsn)
    runtime = replace(runtime, bulk=replace(runtime.bulk, rows_max=count))

    async def pieces() -> AsyncIterator[bytes]:
        for piece in file.file_of(count, key=f"file_{number}", least=number * 10_000):
            yield piece

    with psycopg.connect(runtime.database.dsn, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    await runtime.database.open()
    try:
        started = time.perf_counter()
        now = datetime.now(UTC)
        job = await bulk.receive(runtime, made.account, now, pieces(), bulk.Upload)
        while await bulk.process_pending(runtime, now):
            pass
        seconds = time.perf_counter() - started
        async with runtime.database.connection() as reader:
            found = await fetch_job(reader, made.account, job.id)
    finally:
        await runtime.database.close()
    if found is None or (found.state, found.successful_rows) != (JobState.COMPLETED, count):
        raise RuntimeError(f"not all rows succeeded: {found}")
    return seconds


def _bytes(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0
