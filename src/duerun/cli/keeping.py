"""An embedded server that went by itself is brought back: after a crash, a kill from outside, a full disk."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from duerun.cli.terminal import note
from duerun.storage.server import ServerError

LOOK_SECONDS = 0.2
REST_SECONDS = 1.0
REST_SECONDS_MAX = 30.0
# With the rests between them about an hour: by then a person should have freed the disk.
TRIES_MAX = 120
# A server that lived so long has come back for good.
SOUND_SECONDS = 60.0


class Server(Protocol):
    """A server as it is kept up."""

    @property
    def has_ended(self) -> bool: ...

    def restart(self) -> None: ...


async def keep_up(server: Server, *, rest_seconds: float = REST_SECONDS, tries_max: int = TRIES_MAX) -> None:
    """Watch a server and start it again when it has ended. Raises `ServerError` after too many tries in a row."""
    tries, started_at = 0, time.monotonic()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if not server.has_ended:
            continue
        tries = 1 if time.monotonic() - started_at > SOUND_SECONDS else tries + 1
        if tries > tries_max:
            raise ServerError(
                "PostgreSQL ends again and again: its log, postgres.log in the data folder, tells why"
            )
        rest = min(rest_seconds * 2 ** min(tries - 1, 10), REST_SECONDS_MAX)
        note(
            f"PostgreSQL has ended by itself: starting it again in {rest:.0f} s (try {tries} of {tries_max})"
        )
        await asyncio.sleep(rest)
        try:
            await asyncio.to_thread(server.restart)
            note("PostgreSQL is back")
        except ServerError as error:
            if tries >= tries_max:
                raise ServerError(f"PostgreSQL ended and did not come back: {error}") from error
            note(str(error))
        started_at = time.monotonic()


@asynccontextmanager
async def giving_up_with(keeper: "asyncio.Task[None]") -> AsyncIterator[None]:
    """Work that stands on what a task keeps up: it is cut off when the task fails, and raises what the task raised."""
    work = asyncio.current_task()
    if work is None:
        raise RuntimeError("no task is at work here")

    def give_up(ended: "asyncio.Task[None]") -> None:
        if not ended.cancelled() and ended.exception() is not None:
            work.cancel()

    keeper.add_done_callback(give_up)
    try:
        yield
    except asyncio.CancelledError:
        if keeper.done() and not keeper.cancelled() and (error := keeper.exception()) is not None:
            work.uncancel()
            raise error from None
        raise
    finally:
        keeper.remove_done_callback(give_up)
