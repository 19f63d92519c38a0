"""A proxy in front of a server: it can freeze what is open, refuse what comes, and tell how much is open."""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from psycopg.conninfo import conninfo_to_dict, make_conninfo

CHUNK_BYTES = 65_536
LARGE_BYTES = 10_000
START_SECONDS_MAX = 20.0

Result = TypeVar("Result")
Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Link:
    """One connection through the proxy; while it is frozen both sides stay open and nothing passes."""

    def __init__(
        self, writers: tuple[asyncio.StreamWriter, asyncio.StreamWriter], slow_seconds: float = 0.0
    ) -> None:
        self._writers, self._slow_seconds = writers, slow_seconds
        self.is_answered = False
        self.flows = asyncio.Event()
        self.flows.set()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                await self.flows.wait()
                await asyncio.sleep(self._slow_seconds if len(chunk) > LARGE_BYTES else 0.0)
                self.is_answered |= writer is self._writers[0]
                writer.write(chunk)
                await writer.drain()
        self.flows.set()
        # What was written still goes out; the other direction ends with it.
        writer.close()

    def end(self) -> None:
        """Close both sides, without a last word."""
        self.flows.set()
        for each in self._writers:
            each.transport.abort()


class Proxy:
    """In a thread of its own; `connect` reaches the server, and each large part takes `slow_seconds`."""

    def __init__(self, connect: Connect, *, slow_seconds: float = 0.0) -> None:
        self._connect, self._slow_seconds = connect, slow_seconds
        # Connections that a server ended without a word, by its port.
        self.cut: Counter[int] = Counter()
        self._links: set[Link] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS_MAX)
        self._loop.close()

    def freeze(self) -> int:
        """Hold back all that is open now; connections that come later pass. How many were open."""
        return self._run(self._freeze())

    def _run(self, job: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(START_SECONDS_MAX)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, sock=self._listener)

    async def _freeze(self) -> int:
        for link in self._links:
            link.flows.clear()
        return len(self._links)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await self._connect()
        except OSError:
            writer.close()
            return
        link = Link((writer, far_writer), self._slow_seconds)
        self._links.add(link)
        try:
            await asyncio.gather(link.pump(reader, far_writer), link.pump(far_reader, writer))
        finally:
            link.end()
            self._links.discard(link)
            peer = far_writer.get_extra_info("peername")
            if not link.is_answered and isinstance(peer, tuple):
                self.cut[peer[1]] += 1

    async def _end(self) -> None:
        # Who was let in a moment ago gets its transport, which a server that is closed gives to nobody.
        self._loop.remove_reader(self._listener)
        await asyncio.sleep(0)
        if self._server is not None:
            self._server.close()
        for link in self._links:
            link.end()
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(tasks)
        # What was aborted is closed by the loop's next turn.
        await asyncio.sleep(0)


def in_front_of(dsn: str, *, slow_seconds: float = 0.0) -> tuple[Proxy, str]:
    """A proxy in front of a PostgreSQL that listens on a socket in a folder, and the conninfo that goes through it."""
    given = conninfo_to_dict(dsn)
    path = Path(str(given["host"])) / f".s.PGSQL.{given['port']}"
    proxy = Proxy(lambda: asyncio.open_unix_connection(str(path)), slow_seconds=slow_seconds)
    return proxy, make_conninfo(dsn, host="127.0.0.1", port=proxy.port)
