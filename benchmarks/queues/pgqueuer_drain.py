"""PgQueuer: batches of 250, as its own benchmark has it."""

import os
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta

import asyncpg
import uvloop
from pgqueuer import AsyncpgPoolDriver, Job, PgQueuer, Queries
from pgqueuer.types import QueueExecutionMode

BATCH = 250
CONNECTIONS = 10
PIECE = 5_000


async def main(count: int, charge: bool) -> float:
    async with asyncpg.create_pool(os.environ["QUEUE_URL"], min_size=2, max_size=CONNECTIONS) as pool:
        queries = Queries(AsyncpgPoolDriver(pool))
        await queries.install()
        for first in range(0, count, PIECE):
            jobs = min(PIECE, count - first)
            await queries.enqueue(["job"] * jobs, [None] * jobs, [0] * jobs)
        await pool.execute("VACUUM ANALYZE")
        worker = PgQueuer.from_asyncpg_pool(pool)
        done = 0

        @worker.entrypoint("job")
        async def job(_: Job) -> None:
            nonlocal done
            if charge:
                await pool.execute(
                    "INSERT INTO charges VALUES ($1, $2, $3)", uuid.uuid4().hex, 100_000, datetime.now(UTC)
                )
            done += 1

        started = time.perf_counter()
        await worker.run(
            batch_size=BATCH,
            mode=QueueExecutionMode.drain,
            dequeue_timeout=timedelta(seconds=1),
            max_concurrent_tasks=2 * BATCH,
        )
        seconds = time.perf_counter() - started
        if done != count:
            raise RuntimeError(f"{done} of {count} jobs")
        return seconds


if __name__ == "__main__":
    seconds = uvloop.run(main(int(sys.argv[1]), sys.argv[2] == "charge"))
    sys.stdout.write(f"{seconds}\n")
