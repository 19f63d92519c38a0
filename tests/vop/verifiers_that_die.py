"""Verifiers that are killed: `python verifiers_that_die.py DSN TASK KILLS`. Prints how many died while it was open.

Each is a process of its own, with its own connections, forked so that it is at work at once.
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
from duerun.services import verification
from duerun.settings import Settings

LEASE_SECONDS = 0.05
LIFE_SECONDS_MAX = 0.25
# Whoever has checked so many parts dies soon, so that a fast machine has as many deaths in one task as a slow one.
PARTS_A_LIFE_MAX = 2
LOOK_SECONDS = 0.001
JITTER_SECONDS = 0.003
OPEN = ("NOT_STARTED", "IN_PROGRESS")


async def _work(dsn: str) -> None:
    runtime = build_runtime(Settings(database_connections_max=4), dsn)
    await runtime.database.open()
    policy = replace(runtime.payees.policy, lease_seconds=LEASE_SECONDS)
    hasty = replace(runtime, payees=replace(runtime.payees, policy=policy))
    while True:
        if not await verification.check_next_chunk(
            hasty, str(os.getpid()), datetime.now(UTC), only_small=False
        ):
            await asyncio.sleep(0.005)


def _done(connection: psycopg.Connection, task_id: str) -> int | None:
    """How many parts are checked; None when the task is over."""
    row = connection.execute(
        "SELECT status, chunks_done FROM vop_tasks WHERE task_id = %s", (task_id,)
    ).fetchone()
    return int(row[1]) if row is not None and row[0] in OPEN else None


def _live(connection: psycopg.Connection, task_id: str, *, until: int, seconds: float) -> None:
    """Wait until so many parts are checked, or as long as a life lasts."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        done = _done(connection, task_id)
        if done is None or done >= until:
            return
        time.sleep(LOOK_SECONDS)


def main(dsn: str, task_id: str, kills: int) -> int:
    lives = random.Random(1)  # noqa: S311 - when a process dies, not what is secret
    died = 0
    while died < kills:
        with psycopg.connect(dsn, autocommit=True) as connection:
            since = _done(connection, task_id)
        if since is None:
            break
        process_id = os.fork()
        if process_id == 0:
            asyncio.run(_work(dsn))
            os._exit(0)
        with psycopg.connect(dsn, autocommit=True) as connection:
            until = since + lives.randint(1, PARTS_A_LIFE_MAX)
            _live(connection, task_id, until=until, seconds=lives.uniform(0, LIFE_SECONDS_MAX))
        time.sleep(lives.uniform(0, JITTER_SECONDS))
        os.kill(process_id, signal.SIGKILL)
        os.waitpid(process_id, 0)
        died += 1
    return died


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))  # noqa: T201 - the test reads it
