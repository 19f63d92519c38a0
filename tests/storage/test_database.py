"""What the pool makes of sessions that are of no use: bytes are lost on one, another keeps to what holds no more."""

import asyncio
from contextlib import suppress
from itertools import count

import psycopg
import pytest

from duerun.domain.errors import UnavailableError
from duerun.storage.database import Connection, Database
from links import linked
from own_server import own_database

TRIES = 5
LOOK_SECONDS = 0.01
WAIT_SECONDS_MAX = 30.0


def without_descriptions(part: bytes) -> bytes:
    """An answer of the database without the messages that describe its rows."""
    kept, place = b"", 0
    while place < len(part):
        end = place + 1 + int.from_bytes(part[place + 1 : place + 5], "big")
        kept += b"" if part[place : place + 1] == b"T" else part[place:end]
        place = end
    return kept


async def value(connection: Connection, text: str) -> object:
    row = await (await connection.execute(text.encode())).fetchone()
    assert row is not None
    return next(iter(row.values()))


async def is_read_only(connection: Connection) -> bool:
    return await value(connection, "SHOW transaction_read_only") == "on"


async def has_one_that_is_read_only(database: Database) -> None:
    """Wait until the pool has a session that takes no changes."""
    is_there = False
    while not is_there:
        with suppress(UnavailableError):
            async with database.connection() as connection:
                is_there = await is_read_only(connection)
        await asyncio.sleep(LOOK_SECONDS)


async def read_only_ones(database: Database) -> int:
    """How many of two sessions take no changes."""
    async with database.connection() as one, database.connection() as other:
        return await is_read_only(one) + await is_read_only(other)


async def seven(database: Database) -> object:
    async with database.connection() as connection:
        return await value(connection, "SELECT 7")


async def test_an_answer_that_cannot_be_read_is_no_fault_of_ours_and_ends_its_connection(dsn: str) -> None:
    losing = asyncio.Event()
    async with linked(dsn, lambda part: without_descriptions(part) if losing.is_set() else part) as near:
        database = Database(near, connections_max=4)
        await database.open()
        try:
            losing.set()
            with pytest.raises(UnavailableError):
                await seven(database)
            losing.clear()
            assert [await seven(database) for _ in range(TRIES)] == [7] * TRIES
        finally:
            await database.close()


async def test_a_session_that_read_sooner_what_holds_is_not_used_though_it_began_later(dsn: str) -> None:
    """A server forks for each session, which reads a moment later whether it may write: they overtake one another."""
    going, begun = asyncio.Event(), count()

    async def begin() -> None:
        if next(begun) == 0:
            await going.wait()

    with own_database(dsn, "overtaken_tests") as own, psycopg.connect(own, autocommit=True) as control:
        control.execute("ALTER DATABASE overtaken_tests SET default_transaction_read_only = on")
        async with linked(own, begin=begin) as near:
            database = Database(near, connections_max=2)
            opening = asyncio.create_task(database.open())
            await asyncio.wait_for(has_one_that_is_read_only(database), WAIT_SECONDS_MAX)
            control.execute("ALTER DATABASE overtaken_tests RESET default_transaction_read_only")
            going.set()
            await opening
            try:
                assert [await read_only_ones(database) for _ in range(TRIES)] == [0] * TRIES
            finally:
                await database.close()
