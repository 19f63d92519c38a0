"""The pool, transactions, and the statements in `queries/`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib import resources
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from duerun.domain.errors import UnavailableError

Connection = psycopg.AsyncConnection[dict[str, Any]]

POOL_CONNECTIONS_MAX = 20
POOL_WAIT_SECONDS = 10.0
STATEMENT_TIMEOUT_MILLISECONDS = 60_000


@cache
def sql(name: str) -> LiteralString:
    """The statement of `queries/<name>.sql`."""
    return resources.files("duerun.storage").joinpath("queries", f"{name}.sql").read_text("utf-8")


class Database:
    """A pool of connections to one PostgreSQL."""

    def __init__(self, dsn: str, *, connections_max: int = POOL_CONNECTIONS_MAX) -> None:
        self.dsn = dsn
        self._pool = AsyncConnectionPool(
            dsn,
            connection_class=psycopg.AsyncConnection[dict[str, Any]],
            kwargs={"row_factory": dict_row, "autocommit": True},
            configure=_configure,
            min_size=2,
            max_size=connections_max,
            timeout=POOL_WAIT_SECONDS,
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
                try:
                    yield connection
                except psycopg.errors.FeatureNotSupported:
                    # A column came by an update meanwhile, and what this connection has prepared fits no more: the pool
                    # opens another one in its place.
                    await connection.close()
                    raise
                except psycopg.DatabaseError as error:
                    if _is_out_of_step(error):
                        await connection.close()
                    raise
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise UnavailableError from error
        except psycopg.errors.FeatureNotSupported as error:
            raise UnavailableError("the database was brought up to date meanwhile") from error
        except psycopg.errors.ReadOnlySqlTransaction as error:
            raise UnavailableError("the database takes no changes now") from error
        except psycopg.DatabaseError as error:
            if _is_out_of_step(error):
                raise UnavailableError from error
            raise


def _is_out_of_step(error: psycopg.DatabaseError) -> bool:
    """Whether what came is no answer of the database at all: bytes were lost or came twice on the way.

    What the database itself reports has a class of its own.
    """
    return type(error) is psycopg.DatabaseError


async def _configure(connection: Connection) -> None:
    await connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MILLISECONDS}")
    await connection.execute("SET idle_in_transaction_session_timeout = '120s'")
    await connection.execute("SET timezone = 'UTC'")


async def fetch_one(connection: Connection, name: str, /, **parameters: Any) -> dict[str, Any] | None:
    """The first row of a statement, or None."""
    cursor = await connection.execute(sql(name), parameters)
    return await cursor.fetchone()


async def fetch_all(connection: Connection, name: str, /, **parameters: Any) -> list[dict[str, Any]]:
    """All rows of a statement; the statement itself bounds their number."""
    cursor = await connection.execute(sql(name), parameters)
    return await cursor.fetchall()


async def execute(connection: Connection, name: str, /, **parameters: Any) -> int:
    """Run a statement and tell how many rows it touched."""
    cursor = await connection.execute(sql(name), parameters)
    return cursor.rowcount
