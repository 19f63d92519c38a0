"""Due occurrences through the sandbox gateway, and a year under the test clock, with fsync on."""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from benchmarks import bulk as file
from benchmarks import queues, seed
from benchmarks.limits import due as limit
from duerun.assembly import build_runtime
from duerun.domain.accounts import Account
from duerun.services import access, bulk, clocks, rounds
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import accounts, occurrences
from duerun.storage.migrate import migrate
from duerun.storage.server import EmbeddedServer

ROUNDS = 2
COMPARED = ("pgqueuer_nothing", "graphile_worker_nothing", "procrastinate_charge", "dbos_charge")
# As long as what an event tells of a charge.
TOLD = json.dumps({"object": "charge", "id": "{id}", "filler": "x" * 2_150})
ROWS = """
SELECT (SELECT count(*) FROM charges WHERE status = 'successful'), (SELECT count(*) FROM sandbox.ledger),
  (SELECT count(*) FROM transactions), (SELECT count(*) FROM events WHERE key = 'charge.create'),
  (SELECT count(*) FROM occurrences WHERE state = 'successful'), (SELECT count(*) FROM occurrences WHERE state = 'due')
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """An account with monthly schedules that are still to run."""

    runtime: Runtime
    account: Account


@asynccontextmanager
async def shop(schedules: int, *, begin: Callable[[str], None] = lambda dsn: None) -> AsyncIterator[Shop]:
    """`schedules` schedules of as many customers, on a database of their own; `begin` is called before."""
    with tempfile.TemporaryDirectory(prefix="duerun-bench-") as folder:
        os.chmod(folder, 0o755)  # root's database runs as another user, who must be able to enter
        with EmbeddedServer.start(Path(folder)) as server:
            migrate(server.dsn)
            runtime = build_runtime(Settings(bulk_rows_max=2_000_000), server.dsn)
            await runtime.database.open()
            try:
                yield await _open(runtime, server.dsn, schedules, begin)
            finally:
                await runtime.database.close()


async def _open(runtime: Runtime, dsn: str, schedules: int, begin: Callable[[str], None]) -> Shop:
    now = datetime.now(UTC)
    account_id = await access.create_account(runtime, email="bench@example.com", country="TH", now=now)
    seed.customers(dsn, account_id, schedules)
    begin(dsn)
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
    """Occurrences a second that are all due at once, full money path, beside the same rows written by hand.

    Both run twice, in turn, each on a copy of one prepared database; then job queues drain as many jobs on the server.
    """
    seconds: dict[str, list[float]] = {"ours": [], "limit": []}
    async with shop(count) as made:
        async with made.runtime.database.connection() as connection:
            await connection.execute("UPDATE occurrences SET due_at = now()")
            await connection.execute("VACUUM ANALYZE")
        await made.runtime.database.close()
        for turn in range(2 * ROUNDS):
            who = "limit" if turn % 2 else "ours"
            with copied(made.runtime.database.dsn) as dsn:
                run = _by_hand if who == "limit" else ours
                seconds[who].append(await run(dsn, made.account, count))
        beside = await asyncio.to_thread(queues.measure, made.runtime.database.dsn, count)
    per_second = {who: count / min(each) for who, each in seconds.items()}
    return {
        "per_second": round(per_second["ours"]),
        "limit": round(per_second["limit"]),
        "share_of_limit": round(per_second["ours"] / per_second["limit"], 2),
        "seconds": [round(each, 2) for each in seconds["ours"]],
        "seconds_by_hand": [round(each, 2) for each in seconds["limit"]],
        "peers": beside,
        **_ratios(per_second["ours"], beside),
    }


def _ratios(ours: float, beside: dict[str, int]) -> dict[str, float]:
    """How our payments a second compare with jobs: those that write a row, and the drain of jobs that do nothing."""
    writing = [value for name, value in beside.items() if name.endswith("_charge")]
    of = {
        "ratio_to_best_peer": max(writing, default=0),
        **{f"ratio_to_{name}": beside.get(name, 0) for name in COMPARED},
    }
    return {name: round(ours / value, 2) for name, value in of.items() if value}


@contextmanager
def copied(dsn: str) -> Iterator[str]:
    """A copy of a database that nobody is connected to, on the same server."""
    name = conninfo_to_dict(dsn)["dbname"]
    other = make_conninfo(dsn, dbname="postgres")
    with psycopg.connect(other, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE bench_copy TEMPLATE "{name}"'.encode())
        connection.execute("CHECKPOINT")
        try:
            yield make_conninfo(dsn, dbname="bench_copy")
        finally:
            connection.execute("DROP DATABASE bench_copy WITH (FORCE)")


async def ours(dsn: str, account: Account, count: int) -> float:
    """Seconds of the first payments of a database."""
    seconds = await paid(dsn, account, count)
    _require(dsn, count)
    return seconds


async def paid(dsn: str, account: Account, count: int) -> float:
    """Seconds to pay all that is due."""
    runtime = build_runtime(Settings(), dsn)
    await runtime.database.open()
    try:
        started = time.perf_counter()
        ran = await rounds.run_all_due(runtime, account, datetime.now(UTC))
        seconds = time.perf_counter() - started
        async with runtime.database.connection() as connection:
            left = len(await occurrences.open_ids(connection, account))
    finally:
        await runtime.database.close()
    if (ran, left) != (count, 0):
        raise RuntimeError(f"ran {ran} of {count}, {left} under way")
    return seconds


async def _by_hand(dsn: str, account: Account, count: int) -> float:
    started = time.perf_counter()
    ran = await asyncio.to_thread(limit.run, dsn, TOLD)
    seconds = time.perf_counter() - started
    if ran != count:
        raise RuntimeError(f"{ran} of {count} of {account.public_id} were written by hand")
    _require(dsn, count)
    return seconds


def _require(dsn: str, count: int) -> None:
    """A figure counts only when every row is there, once."""
    with psycopg.connect(dsn) as connection:
        found = connection.execute(ROWS).fetchone()
    if found != (count,) * len(found or ()):
        raise RuntimeError(f"rows of {count} payments: {found}")


async def year(schedules: int) -> dict[str, Any]:
    """Seconds to advance the test clock by a year over monthly schedules."""
    async with shop(schedules) as made:
        started = time.perf_counter()
        advanced = await clocks.advance(made.runtime, made.account, days=365)
        seconds = time.perf_counter() - started
        return {"seconds": round(seconds, 2), "occurrences": advanced.occurrences}
