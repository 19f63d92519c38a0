"""A server that is silent may still be at work, or has long been done: the link swallowed what either side said.

That is asked on another connection. A link that swallows all tells nobody, and what waits on it holds its claims.
"""

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from os import dup
from typing import Any, LiteralString

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

LOOK_AFTER_SECONDS = 5.0
LOOK_AGAIN_SECONDS_MAX = 20.0
# What was said meanwhile has come in by then.
ON_ITS_WAY_SECONDS = 1.0
LOOK_SECONDS_MAX = 10.0
LOOKS_AT_ONCE_MAX = 4
# Nothing is told of a session that has gone, or of a process that has another one's number.
_FACTS: LiteralString = """
SELECT state, state_change FROM pg_stat_activity WHERE pid = %s AND backend_start = %s AND state IS NOT NULL
"""
_IS_DONE = ("idle", "idle in transaction", "idle in transaction (aborted)")

Facts = tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Looks:
    """How the sessions of one database are looked after, with a few connections at most."""

    dsn: str
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LOOKS_AT_ONCE_MAX))

    async def watch(self, connection: "psycopg.AsyncConnection[Any]", began_at: datetime) -> None:
        """Cut a connection off once its server waits for us while we wait for it; ends with that, or when cancelled."""
        wait_seconds = LOOK_AFTER_SECONDS
        while True:
            # Nobody who cannot be reached tells that a statement is done.
            with suppress(psycopg.Error, TimeoutError, OSError):
                async with self.turns, asyncio.timeout(LOOK_SECONDS_MAX):
                    is_done = await self._is_done(connection, began_at)
                if is_done:
                    cut_off(connection)
                    return
            await asyncio.sleep(wait_seconds)
            wait_seconds = min(2 * wait_seconds, LOOK_AGAIN_SECONDS_MAX)

    async def _is_done(self, connection: "psycopg.AsyncConnection[Any]", began_at: datetime) -> bool:
        """Whether a session has nothing to do, and has not begun anything while what it said was on its way."""
        info = connection.info
        place = make_conninfo(self.dsn, host=info.host, port=info.port, hostaddr=info.hostaddr or None)
        near = await psycopg.AsyncConnection.connect(place, autocommit=True, row_factory=tuple_row)
        async with near:
            before = await self._facts(near, info.backend_pid, began_at)
            if before is not None and before[0] not in _IS_DONE:
                return False
            await asyncio.sleep(ON_ITS_WAY_SECONDS)
            return before == await self._facts(near, info.backend_pid, began_at)

    async def _facts(
        self, near: "psycopg.AsyncConnection[tuple[Any, ...]]", process: int, began_at: datetime
    ) -> Facts:
        return await (await near.execute(_FACTS, (process, began_at))).fetchone()


def cut_off(connection: "psycopg.AsyncConnection[Any]") -> None:
    """End the connection below, so that whoever waits on it is told."""
    with suppress(OSError), socket.socket(fileno=dup(connection.fileno())) as same:
        same.shutdown(socket.SHUT_RDWR)
