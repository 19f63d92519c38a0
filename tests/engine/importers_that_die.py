"""Importers that are killed: `python importers_that_die.py DSN JOB KILLS`. Prints how many died while the job was open.

Each is a process of its own, with its own connection, forked so that it is at work at once.
"""

import asyncio
import os
import random
import signal
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime

import psycopg

from duerun.assembly import build_runtime
from duerun.services import bulk
from duerun.services.unit import BulkPolicy
from duerun.settings import Settings

CHUNK_ROWS = 40
LIFE_SECONDS = (0.02, 0.16)
# Whoever has applied so many rows dies at once, so that a fast machine has as many deaths in one job as a slow one.
ROWS_A_LIFE_MAX = 120
LOOK_SECONDS = 0.001
OPEN = ("pending", "processing")


async def _work(dsn: str) -> None:
    runtime = build_runtime(Settings(database_connections_max=4), dsn)
    await runtime.database.open()
    busy = replace(runtime, bulk=BulkPolicy(chunk_rows=CHUNK_ROWS))
    while True:
        if not await bulk.process_pending(busy, datetime.now(UTC)):
            await asyncio.sleep(0.01)


def _applied(connection: psycopg.Connection, job_id: str) -> int | None:
    """How many rows are applied; None when the job is done."""
    row = connection.execute(
        "SELECT state, processed_rows FROM bulk_jobs WHERE id = %s", (job_id,)
    ).fetchone()
    return int(row[1]) if row is not None and row[0] in OPEN else None


def _live(connection: psycopg.Connection, job_id: str, *, since: int, seconds: float) -> None:
    """Wait as long as a life lasts."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        applied = _applied(connection, job_id)
        if applied is None or applied - since >= ROWS_A_LIFE_MAX:
            return
        time.sleep(LOOK_SECONDS)


def main(dsn: str, job_id: str, kills: int) -> int:
    lives = random.Random(1)  # noqa: S311 - when a process dies, not what is secret
    died = 0
    while died < kills:
        with psycopg.connect(dsn, autocommit=True) as connection:
            since = _applied(connection, job_id)
        if since is None:
            break
        process_id = os.fork()
        if process_id == 0:
            asyncio.run(_work(dsn))
            os._exit(0)
        with psycopg.connect(dsn, autocommit=True) as connection:
            _live(connection, job_id, since=since, seconds=lives.uniform(*LIFE_SECONDS))
        os.kill(process_id, signal.SIGKILL)
        os.waitpid(process_id, 0)
        died += 1
    return died


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))  # noqa: T201 - the test reads it
