"""Importers that are killed: `python importers_that_die.py DSN JOB KILLS`. Prints how many died while it was open."""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime

import psycopg

from duerun.assembly import build_runtime
from duerun.services import bulk
from duerun.services.unit import BulkPolicy
from duerun.settings import Settings
from dying import Deaths

CHUNK_ROWS, HALVES_ROWS_MIN = 40, 30
ROWS_A_LIFE_MAX = 120
OPEN = ("pending", "processing")


async def _work(dsn: str) -> None:
    runtime = build_runtime(Settings(database_connections_max=8), dsn)
    await runtime.database.open()
    busy = replace(runtime, bulk=BulkPolicy(chunk_rows=CHUNK_ROWS, halves_rows_min=HALVES_ROWS_MIN))
    while True:
        if not await bulk.process_pending(busy, datetime.now(UTC)):
            await asyncio.sleep(0.01)


def main(dsn: str, job_id: str, kills: int) -> int:
    def applied(connection: psycopg.Connection) -> int | None:
        row = connection.execute(
            "SELECT state, processed_rows FROM bulk_jobs WHERE id = %s", (job_id,)
        ).fetchone()
        return int(row[1]) if row is not None and row[0] in OPEN else None

    return Deaths(dsn, _work, applied, ROWS_A_LIFE_MAX).happen(kills)


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))  # noqa: T201 - the test reads it
