"""The pool, transactions, and the statements in `queries/`."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from duerun.domain.errors import UnavailableError

Connection = psycopg.AsyncConnection[dict[str, Any]]
Result = TypeVar("Result")

POOL_CONNECTIONS_MAX = 20
POOL_WAIT_SECONDS = 10.0
STATEMENT_TIMEOUT_MILLISECONDS = 60_000
# A server that lives ends a statement by itself, well before.
SILENT_SECONDS_MAX = 75.0
LOOK_SECONDS = 0.1
# A peer that went without a word, or a network that swallows all, is noticed within about half a minute. What the
# connection string says goes before.
LINK_LIMITS = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
# What a table gets more of, the result gets more of.
_ALL_COLUMNS = re.compile(r"\b(?:SELECT|RETURNING)\s+\*|\w\.\*")
# The server ended what stood still for too long.
_ENDED = (psycopg.errors.IdleInTransactionSessionTimeout, psycopg.errors.TransactionTimeout)


@cache
def sql(name: str) -> LiteralString:
    """The statement of `queries/<name>.sql`."""
    return resources.files("duerun.storage").joinpath("queries", f"{name}.sql").read_text("utf-8")


class WatchedConnection(Connection):
    """A connection on which no single exchange with the server lasts longer than `silent_seconds_max`.

    A server that is frozen, or behind a network that holds everything back, answers nothing and ends nothing. The
    statement is then cancelled, or the connection closed if that is not heard either, and `OperationalError` raised.

    A session that began while the database took no changes keeps to that: `read_only_since` is its beginning then.
    """

    silent_seconds_max = SILENT_SECONDS_MAX
    read_only_since: datetime | None = None

    async def wait(
        self,
        gen: PQGen[Result],
        interval: float = LOOK_SECONDS,
        timeout: float | None = None,  # noqa: ASYNC109 - a parameter of the base class
    ) -> Result:
        try:
            async with asyncio.timeout(self.silent_seconds_max):
                return await super().wait(gen, interval, timeout)
        except TimeoutError as error:
            raise psycopg.OperationalError("the database was silent for too long") from error


def grant_time(connection: Connection, seconds: float) -> None:
    """Let the statements of this loan of a connection be silent longer; the server's own limit is set beside it."""
    if isinstance(connection, WatchedConnection):
        connection.silent_seconds_max = max(seconds + SILENT_SECONDS_MAX, SILENT_SECONDS_MAX)


class Database:
    """A pool of connections to one PostgreSQL."""

    def __init__(self, dsn: str, *, connections_max: int = POOL_CONNECTIONS_MAX) -> None:
        self.dsn = dsn
        self._writable_since: datetime | None = None
        self._pool = AsyncConnectionPool(
            dsn,
            connection_class=WatchedConnection,
            kwargs={"row_factory": dict_row, "autocommit": True, **_link_limits(dsn)},
            configure=self._configure,
            check=self._require_of_use,
            min_size=2,
            max_size=connections_max,
            timeout=POOL_WAIT_SECONDS,
            # Trying on rests longer and longer, so that whoever comes behind an outage begins anew.
            reconnect_timeout=POOL_WAIT_SECONDS,
            open=False,
        )

    async def open(self) -> None:
        """Connect; raises `UnavailableError` when no connection can be had."""
        try:
            await self._pool.open(wait=True, timeout=POOL_WAIT_SECONDS)
        except psycopg.Error as error:
            raise UnavailableError(f"the database cannot be reached: {error}") from error

    async def close(self) -> None:
        await self._pool.close()

    async def renew(self) -> None:
        """Let every session begin anew, once it is not in use: it keeps what was set when it began."""
        await self._pool.drain()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection inside a transaction: committed at the end, rolled back when an exception leaves."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection outside of any transaction: each statement commits by itself."""
        try:
            async with self._pool.connection() as connection:
                connection.silent_seconds_max = SILENT_SECONDS_MAX
                try:
                    yield connection
                except (Exception, asyncio.CancelledError) as error:
                    await self._tidy(connection, error)
                    raise
        except (psycopg.OperationalError, psycopg.InterfaceError, *_ENDED) as error:
            raise UnavailableError from error
        except psycopg.errors.FeatureNotSupported as error:
            raise UnavailableError("the database was brought up to date meanwhile") from error
        except psycopg.errors.ReadOnlySqlTransaction as error:
            raise UnavailableError("the database takes no changes now") from error
        except psycopg.DatabaseError as error:
            if _is_out_of_step(error):
                raise UnavailableError from error
            raise

    async def _configure(self, connection: WatchedConnection) -> None:
        await connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MILLISECONDS}")
        await connection.execute("SET idle_in_transaction_session_timeout = '120s'")
        await connection.execute("SET timezone = 'UTC'")
        row = await fetch_one(connection, "session_beginning")
        if row and row["is_read_only"]:
            connection.read_only_since = row["began_at"]
        elif row and (self._writable_since is None or row["began_at"] > self._writable_since):
            self._writable_since = row["began_at"]

    async def _require_of_use(self, connection: WatchedConnection) -> None:
        """Raises for a session that began read-only before another one that is not: the pool takes one in its place."""
        since = connection.read_only_since
        if since is not None and self._writable_since is not None and since < self._writable_since:
            raise psycopg.OperationalError("the session began while the database took no changes")

    async def _tidy(self, connection: Connection, error: BaseException) -> None:
        """Keep no session that is of no more use; the pool opens another one in its place."""
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
            # It began while nothing could be changed, and so did what else lies in the pool.
            await self.renew()
        elif isinstance(error, psycopg.errors.FeatureNotSupported) or _is_out_of_step(error):
            # A column came by an update, and what this session has prepared fits no more; or bytes were lost.
            await connection.close()
        elif connection.closed:
            # Its server has gone, or is silent: what else lies in the pool would fail one by one.
            await self.renew()


def _is_out_of_step(error: BaseException) -> bool:
    """Whether what came is no answer of the database at all: bytes were lost or came twice on the way.

    What the database itself reports has a class of its own.
    """
    return type(error) is psycopg.DatabaseError


def _link_limits(dsn: str) -> dict[str, int]:
    given = conninfo_to_dict(dsn)
    return {name: value for name, value in LINK_LIMITS.items() if name not in given}


@cache
def _may_prepare(name: str) -> bool | None:
    """False for a statement whose columns are a table's own: one that is added would not fit what was prepared."""
    return False if _ALL_COLUMNS.search(sql(name)) else None


async def fetch_one(connection: Connection, name: str, /, **parameters: Any) -> dict[str, Any] | None:
    """The first row of a statement, or None."""
    cursor = await connection.execute(sql(name), parameters, prepare=_may_prepare(name))
    return await cursor.fetchone()


async def fetch_all(connection: Connection, name: str, /, **parameters: Any) -> list[dict[str, Any]]:
    """All rows of a statement; the statement itself bounds their number."""
    cursor = await connection.execute(sql(name), parameters, prepare=_may_prepare(name))
    return await cursor.fetchall()


async def execute(connection: Connection, name: str, /, **parameters: Any) -> int:
    """Run a statement and tell how many rows it touched."""
    cursor = await connection.execute(sql(name), parameters, prepare=_may_prepare(name))
    return cursor.rowcount
