"""A link between a program and the database, in which a test has its hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

READ_BYTES = 65_536


async def at_once() -> None:
    """Nothing is waited for."""


@asynccontextmanager
async def linked(
    dsn: str,
    answered: Callable[[bytes], bytes] = bytes,
    begin: Callable[[], Awaitable[None]] = at_once,
    folder: Path | None = None,
) -> AsyncIterator[str]:
    """The database behind a link: `begin` comes before what a session that has begun is told, `answered` after.

    The link is a socket in `folder`, if one is given.
    """
    facts = conninfo_to_dict(dsn)
    path = f"{facts['host']}/.s.PGSQL.{facts['port']}"

    async def pump(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, change: Callable[[bytes], bytes]
    ) -> None:
        with suppress(OSError):
            while part := await reader.read(READ_BYTES):
                writer.write(change(part))
                await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(path)
        await begin()
        await asyncio.gather(pump(reader, far_writer, bytes), pump(far_reader, writer, answered))

    if folder is not None:
        async with await asyncio.start_unix_server(connected, folder / ".s.PGSQL.5432"):
            yield make_conninfo(dsn, host=str(folder), port=5432)
        return
    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        near = {"host": "127.0.0.1", "port": port, "sslmode": "disable", "gssencmode": "disable"}
        yield make_conninfo("", **{**facts, **near})
