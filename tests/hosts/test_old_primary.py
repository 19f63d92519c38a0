"""A primary that returns behind its replica's promotion is nobody's any more."""

import asyncio
import signal
import threading
from contextlib import suppress

import psycopg
import pytest

from duerun.domain.errors import UnavailableError
from duerun.storage.database import Database

from .replication import Pair, pair
from .site import wait_for

TRIES = 12
WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%seen%'"


@pytest.mark.timeout(300)
async def test_a_primary_that_returns_takes_no_changes_and_is_not_used() -> None:
    """Nothing is committed on it, since it waits for its replica; and whoever knows its successor leaves it alone."""
    with pair() as servers:
        old = servers.primary
        old.ask("CREATE TABLE seen (port integer)")
        database = Database(servers.dsn, connections_max=4)
        await database.open()
        try:
            await asyncio.to_thread(old.kill)
            await asyncio.to_thread(servers.promote)
            await _used(database)
            await asyncio.to_thread(old.start)
            refused = await asyncio.to_thread(_refuses_changes, old.dsn())
            ports = []
            for _ in range(TRIES):
                await database.renew()
                ports.append(await _used(database))
        finally:
            await database.close()
        seen = _seen(servers)
        old.kill(signal.SIGQUIT)

    assert refused
    assert ports == [servers.primary.port] * TRIES
    assert seen >= TRIES


async def _used(database: Database) -> int:
    """The port of the server that took a change in the end."""
    while True:
        with suppress(UnavailableError):
            async with database.transaction() as connection:
                cursor = await connection.execute(
                    "INSERT INTO seen VALUES (inet_server_port()) RETURNING port"
                )
                row = await cursor.fetchone()
                assert row is not None
            return int(row["port"])
        await asyncio.sleep(0.05)


def _refuses_changes(dsn: str) -> bool:
    """Whether a change waits for a replica that does not come."""

    def change() -> None:
        with suppress(psycopg.Error), psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("INSERT INTO seen VALUES (0)")

    threading.Thread(target=change, daemon=True).start()
    with psycopg.connect(dsn, autocommit=True) as connection:
        wait_for(lambda: connection.execute(WAITING).fetchone() is not None, "the change does not wait")
        return connection.execute("SELECT FROM seen WHERE port = 0").fetchone() is None


def _seen(servers: Pair) -> int:
    row = servers.primary.ask("SELECT count(*) FROM seen WHERE port = %s", servers.primary.port)[0]
    return int(row[0])
