"""Verifiers that are killed: `python verifiers_that_die.py DSN TASK KILLS`. Prints how many died while it was open."""

import asyncio
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime

import psycopg

from duerun.assembly import build_runtime
from duerun.services import verification
from duerun.settings import Settings
from dying import Deaths

LEASE_SECONDS = 0.05
PARTS_A_LIFE_MAX = 2
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


def main(dsn: str, task_id: str, kills: int) -> int:
    def checked(connection: psycopg.Connection) -> int | None:
        row = connection.execute(
            "SELECT status, chunks_done FROM vop_tasks WHERE task_id = %s", (task_id,)
        ).fetchone()
        return int(row[1]) if row is not None and row[0] in OPEN else None

    return Deaths(dsn, _work, checked, PARTS_A_LIFE_MAX).happen(kills)


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))  # noqa: T201 - the test reads it
