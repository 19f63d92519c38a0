"""Behind PgBouncer in transaction mode, with fewer sessions than the processes have connections."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from duerun.domain.errors import RejectedError
from duerun.storage import backups
from duerun.storage.database import Database, keeps_sessions
from duerun.storage.migrate import known, migrate, pending
from simulation.fire.nursery import Nursery
from upgrade.story import new_database

from .pooler import pooled, program, sessions
from .site import Machine, site

NAME = "pooled_tests"
SESSIONS = 3
SCHEDULES, ROWS, CHARGES, DAYS = 12, 60, 10, 3
RECORDS = 200

pytestmark = pytest.mark.skipif(program() is None, reason="there is no pgbouncer")


@pytest.fixture(scope="module")
def direct(dsn: str) -> str:
    return new_database(dsn, NAME)


@pytest.fixture(scope="module")
def pool(direct: str) -> Iterator[str]:
    with pooled(direct, sessions=SESSIONS) as dsn:
        yield dsn


def test_migrations_take_turns_behind_a_pooler(pool: str) -> None:
    with ThreadPoolExecutor(3) as callers:
        applied = [name for names in callers.map(migrate, [pool] * 3) for name in names]

    assert sorted(applied) == [each.name for each in known()]
    assert pending(pool) == []
    with psycopg.connect(pool, prepare_threshold=None) as connection:
        assert connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (
            0,
        )


async def test_nothing_is_kept_in_a_session_of_a_pooler(pool: str, direct: str) -> None:
    """Limits hold within transactions and leave nothing behind for others."""
    database = Database(pool, connections_max=8)
    await database.open()
    limits = (
        "SELECT current_setting('statement_timeout') AS statement, current_setting('TimeZone') AS zone, "
        "current_setting('idle_in_transaction_session_timeout') AS idle"
    )

    async def look() -> object:
        async with database.transaction() as connection:
            assert not keeps_sessions(connection)
            async with connection.transaction():
                return await (await connection.execute(limits)).fetchone()

    async def look_outside() -> object:
        async with database.connection() as connection:
            return await (await connection.execute("SELECT current_setting('TimeZone') AS zone")).fetchone()

    try:
        within = [each for _ in range(4) for each in await asyncio.gather(*(look() for _ in range(8)))]
        outside = [
            each for _ in range(4) for each in await asyncio.gather(*(look_outside() for _ in range(8)))
        ]
        with psycopg.connect(pool, autocommit=True, prepare_threshold=None) as other:
            left = {other.execute("SHOW statement_timeout").fetchone() for _ in range(20)}
            prepared = other.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()
    finally:
        await database.close()

    assert within == [{"statement": "1min", "zone": "UTC", "idle": "2min"}] * len(within)
    assert outside == [{"zone": "UTC"}] * len(outside)
    assert left == {("0",)}
    assert prepared == (0,)


def test_a_backup_through_a_pooler_is_refused(pool: str, tmp_path: Path) -> None:
    with pytest.raises(RejectedError, match="connection pooler"):
        backups.back_up(pool, tmp_path / "backup", datetime.now(UTC), version="1", programs=None)


def test_money_moves_once_behind_a_pooler(pool: str, direct: str, tmp_path: Path) -> None:
    """API, workers, bulk files, test clocks and checks of payees over three sessions for all."""
    _leave_behind(pool)
    with site(tmp_path / "site", refused_share=0.1) as scene:
        settings = scene.settings(pool)
        machine = Machine("one", Nursery(scene.folder), settings)
        scene.machines.append(machine)
        machine.run("migrate")
        for _ in range(2):
            machine.serve()
            machine.work()
        machine.wait_until_ready()
        load = scene.begin()
        load.open_accounts(machine.run, real=2, clocked=2)
        load.plan(SCHEDULES)
        with ThreadPoolExecutor(8) as callers:
            jobs = [
                *(callers.submit(load.upload, account, ROWS) for account in load.real),
                *(callers.submit(load.charge_by_hand, load.real[n % 2]) for n in range(CHARGES)),
                *(callers.submit(load.advance, account, DAYS) for account in load.clocked),
            ]
            checked = _checked(machine, tmp_path)
            for job in jobs:
                job.result()
        scene.wait_until_drained(machine.urls[0])
        told = sessions(pool)
        verdict = scene.judge()

    assert verdict["findings"] == {}, json.dumps(verdict, indent=1)
    assert load.caller.troubles["500"] == 0
    assert verdict["counts"]["tries expected"] >= 2 * ROWS
    assert len(checked.read_text().splitlines()) == RECORDS
    assert told["sv_active"] + told["sv_idle"] + told["sv_used"] <= SESSIONS
    assert told["cl_active"] + told["cl_waiting"] > SESSIONS


def _checked(machine: Machine, folder: Path) -> Path:
    """The answers to a file of payees."""
    file, answers = folder / "payees.ndjson", folder / "answers.ndjson"
    machine.run("vop", "practice", "--records", str(RECORDS), "-o", str(file))
    secret = machine.run("vop", "client", "create", "pooled").split()[-1]
    client = ["--client", "pooled", "--secret", secret, "--bic", "DUERNL2A"]
    machine.run("vop", "check", str(file), "-o", str(answers), "--url", machine.urls[0], *client)
    return answers


def _leave_behind(pool: str) -> None:
    """What an older version may have left in the sessions: a table of ours with other columns."""
    with ExitStack() as held:
        for _ in range(SESSIONS):
            other = held.enter_context(psycopg.connect(pool, prepare_threshold=None))
            other.execute("CREATE TEMPORARY TABLE bulk_chunk (other integer) ON COMMIT DELETE ROWS")
