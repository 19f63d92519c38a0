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
from benchmarks.history import gigabytes_of
from duerun.assembly import build_runtime
from duerun.domain.bulk_jobs import JobState
from duerun.services import bulk
from duerun.settings import Settings
from duerun.storage.bulk import fetch_job

COUNT = 100_000
RUNS = 3
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
    """Payments and rows a second in a database with so many others, and in one with none, which take turns.

    The ratio is that of what suffers most. A figure counts only if all is paid, and each row makes a schedule.
    """
    count = min(COUNT, schedules // 10)
    files = itertools.count(1)
    payments: dict[int, list[float]] = {0: [], schedules: []}
    rows: dict[int, list[float]] = {0: [], schedules: []}
    async with shop(count) as alone, shop(count) as crowded:
        places = {0: alone, schedules: crowded}
        for made in places.values():
            await made.runtime.database.close()
            _mark(made.runtime.database.dsn)
        lists.fill(crowded.runtime.database.dsn, 1, schedules, MODEL, customers=count)
        for _ in range(RUNS):
            for others, made in places.items():
                payments[others].append(count / await _pay(made, count))
        for _ in range(RUNS):
            for others, made in places.items():
                rows[others].append(count / await _import(made, count, next(files)))
        gigabytes = gigabytes_of(crowded.runtime.database.dsn)
    ratios = {
        "ratio_of_payments": round(max(payments[schedules]) / max(payments[0]), 2),
        "ratio_of_rows": round(max(rows[schedules]) / max(rows[0]), 2),
    }
    return {
        "ratio_to_none_beside": min(ratios.values()),
        **ratios,
        "payments_per_second": _told(payments),
        "rows_per_second": _told(rows),
        "count": count,
        "gigabytes": gigabytes,
    }


def _told(per_second: dict[int, list[float]]) -> dict[str, list[int]]:
    return {str(others): [round(value) for value in values] for others, values in per_second.items()}


def _mark(dsn: str) -> None:
    """Note which schedules are to fall due, and make one whose first date is far away: the others are its copies."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(OURS)
        names = {name for (name,) in connection.execute(lists.COLUMNS)} - {"start_on", "end_on"}
        connection.execute(FAR.format(model=MODEL, columns=", ".join(sorted(names))).encode())


async def _pay(made: Shop, count: int) -> float:
    dsn = made.runtime.database.dsn
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(NEXT)
    _tidy(dsn)
    return await paid(dsn, made.account, count)


async def _import(made: Shop, count: int, number: int) -> float:
    """Seconds to take in the nth file and to carry it out."""
    runtime = build_runtime(Settings(), made.runtime.database.dsn)
    runtime = replace(runtime, bulk=replace(runtime.bulk, rows_max=count))

    async def pieces() -> AsyncIterator[bytes]:
        for piece in file.file_of(count, key=f"file_{number}", least=number * 10_000):
            yield piece

    _tidy(runtime.database.dsn)
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


def _tidy(dsn: str) -> None:
    """What was done before costs nothing any more: a vacuum of millions would run beside the next measurement."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
