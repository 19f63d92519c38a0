"""The database of a simulation: a real PostgreSQL, whose statements are waited for in place.

Its `now()` is the simulation's: a function of that name in a schema in front of the catalogue's. A statement that
waits for the lock of a parked fibre parks its own, and is the next to go on when the lock is given up.
"""

import asyncio
import select
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from duerun.domain.errors import UnavailableError
from duerun.storage.database import Connection, Database
from duerun.storage.migrate import migrate
from simulation.seeds.clockwork import PROCESS, Clockwork, StillLoop

READ, WRITE = 1, 2
LOOK_SECONDS = 0.003
CONNECTIONS_MAX = 24
NOW = """
CREATE SCHEMA sim;
CREATE FUNCTION sim.now() RETURNS timestamptz STABLE LANGUAGE sql AS
  $$ SELECT pg_catalog.current_setting('sim.now')::pg_catalog.timestamptz $$;
"""
STATEMENT_CHANCE, CONNECT_CHANCE, COMMIT_CHANCE, COMMITTED_CHANCE = 0.02, 0.25, 0.2, 0.35


class PatientConnection(psycopg.AsyncConnection[dict[str, Any]]):
    """A connection whose owner is one fibre at a time; it blocks the thread while the server works."""

    works: Clockwork | None = None
    told_now: datetime | None = None

    async def wait(self, gen: PQGen[Any], interval: float = 0.0, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        try:
            state = next(gen)
            while True:
                ready = _select(self.fileno(), state, LOOK_SECONDS)
                if ready:
                    state = gen.send(ready)
                elif self.works is not None and self.arena.is_blocked(self):
                    await self.arena.park(self)
        except StopIteration as end:
            return end.value
        except asyncio.CancelledError:
            self._give_up(gen)
            raise

    arena: "Arena"

    def _give_up(self, gen: PQGen[Any]) -> None:
        """End a statement that waits for a lock, as a dropped connection does."""
        self.pgconn.get_cancel().cancel()
        try:
            while True:
                if ready := _select(self.fileno(), READ, LOOK_SECONDS):
                    gen.send(ready)
        except (StopIteration, psycopg.Error):
            return

    async def execute(self, *args: Any, **options: Any) -> psycopg.AsyncCursor[dict[str, Any]]:
        if self.works is not None:
            await self.works.point("a statement", STATEMENT_CHANCE)
            await self.tell_time()
        return await super().execute(*args, **options)

    async def tell_time(self) -> None:
        """Before a transaction: what `now()` is in it."""
        assert self.works is not None
        now = self.works.database_now
        is_idle = self.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE
        if is_idle and now != self.told_now:
            await super().execute("SELECT set_config('sim.now', %s, false)", (now.isoformat(),))
            self.told_now = now


def _select(descriptor: int, state: int, seconds: float) -> int:
    reads, writes, _ = select.select(
        [descriptor] if state & READ else [], [descriptor] if state & WRITE else [], [], seconds
    )
    return (READ if reads else 0) | (WRITE if writes else 0)


class Arena:
    """One database for many histories, one behind the other."""

    def __init__(self, dsn: str, name: str) -> None:
        self.dsn = make_conninfo(dsn, dbname=name)
        self.loop = StillLoop()
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        migrate(self.dsn)
        self.judge = psycopg.connect(self.dsn, autocommit=True, row_factory=dict_row)
        self.judge.execute("SET timezone = 'UTC'")
        self.judge.execute(NOW)
        self._tables = [
            row["relname"]
            for row in self.judge.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
            if self._is_empty(row["relname"])
        ]
        for table in self._tables:
            # Statistics that come in between would change plans, and with them the order of rows.
            self.judge.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = off)')
        # Who waits for whom is for the simulation to say.
        self.judge.execute(f"ALTER DATABASE \"{name}\" SET deadlock_timeout = '1h'")
        self._all = [self.loop.run_until_complete(self._open()) for _ in range(CONNECTIONS_MAX)]
        self._idle = list(self._all)
        self._blocked: list[tuple[PatientConnection, asyncio.Future[None]]] = []

    def clear(self) -> None:
        """Leave nothing of the history before, but what the migrations have put there."""
        used = [name for name in self._tables if not self._is_empty(name)]
        if used:
            names = ", ".join(f'"{name}"' for name in used)
            # As a replica, for which the lines of the log do not stand for good.
            self.judge.execute("SET session_replication_role = replica")
            self.judge.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
            self.judge.execute("RESET session_replication_role")
        self._blocked.clear()

    def _is_empty(self, table: str) -> bool:
        return self.judge.execute(f'SELECT FROM "{table}" LIMIT 1').fetchone() is None

    def now(self) -> datetime:
        """The moment of the history that is played."""
        assert self.loop.works is not None
        return self.loop.works.now

    def close(self) -> None:
        self.loop.works = None
        for each in self._all:
            each.works = None
            self.loop.run_until_complete(each.close())
        self.judge.close()
        self.loop.close()

    def take(self, works: Clockwork) -> PatientConnection:
        """A connection for one fibre; `UnavailableError` when all of them are held."""
        if not self._idle:
            raise UnavailableError("all connections are in use")
        connection = self._idle.pop()
        connection.works = works
        return connection

    def give(self, connection: PatientConnection) -> None:
        connection.works = None
        self._idle.append(connection)

    async def _open(self) -> PatientConnection:
        connection = await PatientConnection.connect(self.dsn, autocommit=True, row_factory=dict_row)
        connection.arena = self
        await connection.execute("SET search_path = sim, pg_catalog, public")
        await connection.execute("SET timezone = 'UTC'")
        # The machine does not fail here.
        await connection.execute("SET synchronous_commit = off")
        return connection

    # Locks

    def is_blocked(self, connection: PatientConnection) -> bool:
        """Whether its statement waits for a lock, which only a parked fibre can hold."""
        row = self.judge.execute(
            "SELECT cardinality(pg_blocking_pids(%s)) AS blockers", (connection.info.backend_pid,)
        ).fetchone()
        return row is not None and row["blockers"] > 0

    async def park(self, connection: PatientConnection) -> None:
        wake: asyncio.Future[None] = self.loop.create_future()
        waiting = (connection, wake)
        self._blocked.append(waiting)
        if connection.works is not None:
            connection.works.tell(f"{PROCESS.get().name} waits for a lock")
        try:
            await wake
        finally:
            if waiting in self._blocked:
                self._blocked.remove(waiting)

    @property
    def has_blocked(self) -> bool:
        return bool(self._blocked)

    def settle_locks(self) -> None:
        """Whoever got its lock goes on at once, the one who waited longest first."""
        while (waiting := next((each for each in self._blocked if self._is_free(each[0])), None)) is not None:
            self._blocked.remove(waiting)
            waiting[1].set_result(None)
            self.loop.turn()

    def _is_free(self, connection: PatientConnection) -> bool:
        while not _select(connection.fileno(), READ, 0.0):
            if self.is_blocked(connection):
                return False
            time.sleep(0.0002)
        return True

    def break_deadlock(self) -> None:
        """Nobody can go on: the last who came gives way, as PostgreSQL does it."""
        connection, _ = self._blocked[-1]
        connection.pgconn.get_cancel().cancel()
        self.settle_locks()


class SimulatedDatabase(Database):
    """What a process of the simulation takes for its pool. Each take, commit and statement is a point."""

    def __init__(self, arena: Arena, works: Clockwork) -> None:
        self.dsn = arena.dsn
        self._arena, self._works = arena, works

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.connection() as connection:
            async with connection.transaction():
                yield connection
                await self._works.point("a commit", COMMIT_CHANCE)
            await self._works.point("behind a commit", COMMITTED_CHANCE)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        try:
            await self._works.point("a connection", CONNECT_CHANCE)
            connection = self._arena.take(self._works)
            try:
                await connection.tell_time()
                yield connection
            finally:
                self._arena.give(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise UnavailableError from error
