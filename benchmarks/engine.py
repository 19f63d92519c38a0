"""Due occurrences through the sandbox gateway, and a year under the test clock, with fsync on."""

import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import bulk as file
from benchmarks import seed
from duerun.assembly import build_runtime
from duerun.domain.accounts import Account
from duerun.services import access, bulk, clocks, rounds
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import accounts, occurrences
from duerun.storage.migrate import migrate
from duerun.storage.server import EmbeddedServer


@dataclass(frozen=True, slots=True)
class Shop:
    """An account with monthly schedules that are still to run."""

    runtime: Runtime
    account: Account


@asynccontextmanager
async def shop(schedules: int) -> AsyncIterator[Shop]:
    """`schedules` schedules of as many customers, on a database of their own."""
    with tempfile.TemporaryDirectory(prefix="duerun-bench-") as folder:
        os.chmod(folder, 0o755)  # root's database runs as another user, who must be able to enter
        with EmbeddedServer.start(Path(folder)) as server:
            migrate(server.dsn)
            runtime = build_runtime(Settings(bulk_rows_max=2_000_000), server.dsn)
            await runtime.database.open()
            try:
                yield await _open(runtime, server.dsn, schedules)
            finally:
                await runtime.database.close()


async def _open(runtime: Runtime, dsn: str, schedules: int) -> Shop:
    now = datetime.now(UTC)
    account_id = await access.create_account(runtime, email="bench@example.com", country="TH", now=now)
    seed.customers(dsn, account_id, schedules)
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, account_id, livemode=False)
    if account is None:
        raise LookupError("the account was not made")

    async def pieces() -> AsyncIterator[bytes]:
        for piece in file.file_of(schedules):
            yield piece

    roomy = replace(runtime, bulk=replace(runtime.bulk, rows_max=2_000_000))
    await bulk.receive(roomy, account, now, pieces(), bulk.Upload)
    while await bulk.process_pending(runtime, now):
        pass
    return Shop(runtime, account)


async def due(count: int) -> dict[str, Any]:
    """Seconds to run `count` occurrences that are all due at once, full money path."""
    async with shop(count) as made:
        async with made.runtime.database.connection() as connection:
            await connection.execute("UPDATE occurrences SET due_at = now()")
            await connection.execute("CHECKPOINT")
        now = datetime.now(UTC)
        started = time.perf_counter()
        ran = await rounds.run_all_due(made.runtime, made.account, now)
        seconds = time.perf_counter() - started
        async with made.runtime.database.connection() as connection:
            left = len(await occurrences.open_ids(connection, made.account))
        await _require(made, count, ran, left)
        return {"seconds": round(seconds, 2), "per_second": round(count / seconds)}


async def _require(made: Shop, count: int, ran: int, left: int) -> None:
    """A figure counts only when everything ran, once."""
    async with made.runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT (SELECT count(*) FROM charges) AS charges, (SELECT count(*) FROM sandbox.ledger) AS effects"
        )
        row = await cursor.fetchone() or {}
    if (ran, left, row.get("charges"), row.get("effects")) != (count, 0, count, count):
        raise RuntimeError(f"ran {ran} of {count}, {left} under way, {row}")


async def year(schedules: int) -> dict[str, Any]:
    """Seconds to advance the test clock by a year over monthly schedules."""
    async with shop(schedules) as made:
        started = time.perf_counter()
        advanced = await clocks.advance(made.runtime, made.account, days=365)
        seconds = time.perf_counter() - started
        return {"seconds": round(seconds, 2), "occurrences": advanced.occurrences}
