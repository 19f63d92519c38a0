"""What the pool makes of a connection on which bytes are lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from duerun.domain.errors import UnavailableError
from duerun.storage.database import Database

READ_BYTES = 65_536
TRIES = 5


def without_descriptions(part: bytes) -> bytes:
    """An answer of the database without the messages that describe its rows."""
    kept, place = b"", 0
    while place < len(part):
        end = place + 1 + int.from_bytes(part[place + 1 : place + 5], "big")
        kept += b"" if part[place : place + 1] == b"T" else part[place:end]
        place = end
    return kept


@asynccontextmanager
async def lossy(dsn: str, losing: asyncio.Event) -> AsyncIterator[str]:
    """The database behind a link that loses a part of each answer while `losing` is set."""
    facts = conninfo_to_dict(dsn)
    path = f"{facts['host']}/.s.PGSQL.{facts['port']}"

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool) -> None:
        with suppress(OSError):
            while part := await reader.read(READ_BYTES):
                writer.write(without_descriptions(part) if is_answer and losing.is_set() else part)
                await writer.drain()
        writer.close()

    async def linked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(path)
        await asyncio.gather(
            pump(reader, far_writer, is_answer=False), pump(far_reader, writer, is_answer=True)
        )

    async with await asyncio.start_server(linked, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        near = {"host": "127.0.0.1", "port": port, "sslmode": "disable", "gssencmode": "disable"}
        yield make_conninfo("", **{**facts, **near})


async def seven(database: Database) -> object:
    async with database.connection() as connection:
        return await (await connection.execute("SELECT 7 AS seven")).fetchone()


async def test_an_answer_that_cannot_be_read_is_no_fault_of_ours_and_ends_its_connection(dsn: str) -> None:
    losing = asyncio.Event()
    async with lossy(dsn, losing) as near:
        database = Database(near, connections_max=4)
        await database.open()
        try:
            losing.set()
            with pytest.raises(UnavailableError):
                await seven(database)
            losing.clear()
            assert [await seven(database) for _ in range(TRIES)] == [{"seven": 7}] * TRIES
        finally:
            await database.close()
