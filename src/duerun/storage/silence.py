"""A server that is silent may still be at work, or wait for us: the link lost what either side said.

That is asked on another connection. A link that loses all tells nobody, and what waits on it holds its claims.
"""

import asyncio
import fcntl
import socket
import struct
import termios
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from os import dup
from typing import Any, LiteralString

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

from duerun.telemetry import logger

LOOK_AFTER_SECONDS = 5.0
LOOK_AGAIN_SECONDS_MAX = 20.0
# What was said meanwhile has come in by then.
ON_ITS_WAY_SECONDS = 1.0
LOOK_SECONDS_MAX = 10.0
LOOKS_AT_ONCE_MAX = 2
# Nothing is told of a session that has gone, or of a process that has another one's number.
_FACTS: LiteralString = """
SELECT wait_event, state, state_change FROM pg_stat_activity WHERE pid = %s AND backend_start = %s
"""
_WAITS_FOR_US = "ClientRead"

_log = logger("storage.silence")

Facts = tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Looks:
    """How the sessions of one database are looked after, with a few connections at most."""

    dsn: str
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LOOKS_AT_ONCE_MAX))

    async def watch(
        self, connection: "psycopg.AsyncConnection[Any]", began_at: datetime, heard: Callable[[], int]
    ) -> None:
        """Cut a connection off once its server waits for us while we wait for it; ends with that, or when cancelled.

        `heard` counts how often something came in, or could go out.
        """
        wait_seconds = LOOK_AFTER_SECONDS
        while True:
            # Nobody who cannot be reached tells what a server waits for.
            with suppress(psycopg.Error, TimeoutError, OSError):
                async with self.turns, asyncio.timeout(LOOK_SECONDS_MAX):
                    is_lost = await self._is_lost(connection, began_at, heard)
                if is_lost:
                    _log.warning("a connection to the database is given up: each side waits for the other")
                    cut_off(connection)
                    return
            await asyncio.sleep(wait_seconds)
            wait_seconds = min(2 * wait_seconds, LOOK_AGAIN_SECONDS_MAX)

    async def _is_lost(
        self, connection: "psycopg.AsyncConnection[Any]", began_at: datetime, heard: Callable[[], int]
    ) -> bool:
        """Whether a session waits for us, or has gone, and nothing moves for long enough to be on its way."""
        info = connection.info
        place = make_conninfo(self.dsn, host=info.host, port=info.port, hostaddr=info.hostaddr or None)
        near = await psycopg.AsyncConnection.connect(place, autocommit=True, row_factory=tuple_row)
        async with near:
            before = heard(), await _facts(near, info.backend_pid, began_at)
            if before[1] is not None and before[1][0] != _WAITS_FOR_US:
                return False
            await asyncio.sleep(ON_ITS_WAY_SECONDS)
            after = await _facts(near, info.backend_pid, began_at)
            return before == (heard(), after) and not _has_bytes(connection.fileno())


async def _facts(near: "psycopg.AsyncConnection[tuple[Any, ...]]", process: int, began_at: datetime) -> Facts:
    return await (await near.execute(_FACTS, (process, began_at))).fetchone()


def _has_bytes(descriptor: int) -> bool:
    """Whether something came in that was not read yet, or waits to be taken by the other side."""
    for queue in (termios.FIONREAD, termios.TIOCOUTQ):
        with suppress(OSError):
            told = fcntl.ioctl(descriptor, queue, struct.pack("i", 0))
            if struct.unpack("i", told)[0] > 0:
                return True
    return False


def cut_off(connection: "psycopg.AsyncConnection[Any]") -> None:
    """End the connection below, so that whoever waits on it is told."""
    with suppress(OSError), socket.socket(fileno=dup(connection.fileno())) as same:
        same.shutdown(socket.SHUT_RDWR)
