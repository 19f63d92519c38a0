"""Procrastinate: a worker of twenty jobs at once, which ends when the queue is empty."""

import asyncio
import os
import sys
import time
import uuid
from datetime import UTC, datetime

from procrastinate import App, PsycopgConnector
from psycopg_pool import AsyncConnectionPool

CONCURRENCY = 20
PIECE = 1_000


async def main(count: int, charge: bool) -> float:
    url = os.environ["QUEUE_URL"]
    app = App(connector=PsycopgConnector(conninfo=url, min_size=4, max_size=CONCURRENCY))
    async with (
        AsyncConnectionPool(url, min_size=4, max_size=CONCURRENCY, kwargs={"autocommit": True}) as pool,
        app.open_async(),
    ):
        await app.schema_manager.apply_schema_async()
        done = 0

        @app.task(name="job")
        async def job() -> None:
            nonlocal done
            if charge:
                async with pool.connection() as connection:
                    await connection.execute(
                        "INSERT INTO charges VALUES (%s, %s, %s)",
                        (uuid.uuid4().hex, 100_000, datetime.now(UTC)),
                    )
            done += 1

        for first in range(0, count, PIECE):
            await job.batch_defer_async(*({} for _ in range(min(PIECE, count - first))))
        started = time.perf_counter()
        await app.run_worker_async(wait=False, concurrency=CONCURRENCY, delete_jobs="always")
        seconds = time.perf_counter() - started
        if done != count:
            raise RuntimeError(f"{done} of {count} jobs")
        return seconds


if __name__ == "__main__":
    seconds = asyncio.run(main(int(sys.argv[1]), sys.argv[2] == "charge"))
    sys.stdout.write(f"{seconds}\n")
