"""Workers that are killed again and again; a test runs a script of its own with this module on its path.

Each is a process of its own, with its own connections, forked so that it is at work at once.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

LIFE_SECONDS_MAX = 0.2
LOOK_SECONDS = 0.001
JITTER_SECONDS = 0.003


@dataclass(frozen=True, slots=True)
class Deaths:
    """How workers die: `progress` tells how much is done, None when all of it is.

    Whoever has done up to `share_max` dies soon, so that a fast machine sees as many deaths as a slow one.
    """

    dsn: str
    work: Callable[[str], Coroutine[Any, Any, None]]
    progress: Callable[[psycopg.Connection], int | None]
    share_max: int

    def happen(self, kills: int) -> int:
        """Kill up to so many workers; how many died while there was work."""
        lives = random.Random(1)  # noqa: S311 - when a process dies, not what is secret
        for died in range(kills):
            with psycopg.connect(self.dsn, autocommit=True) as connection:
                since = self.progress(connection)
            if since is None:
                return died
            self._one(since + lives.randint(1, self.share_max), lives)
        return kills

    def _one(self, until: int, lives: random.Random) -> None:
        process_id = os.fork()
        if process_id == 0:
            asyncio.run(self.work(self.dsn))
            os._exit(0)
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            self._live(connection, until, lives.uniform(0, LIFE_SECONDS_MAX))
        time.sleep(lives.uniform(0, JITTER_SECONDS))
        os.kill(process_id, signal.SIGKILL)
        os.waitpid(process_id, 0)

    def _live(self, connection: psycopg.Connection, until: int, seconds: float) -> None:
        """Wait until so much is done, or as long as a life lasts."""
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            done = self.progress(connection)
            if done is None or done >= until:
                return
            time.sleep(LOOK_SECONDS)


def kill_all(process_ids: Iterable[int]) -> None:
    """Kill processes of which some may have gone since they were looked up, or go with the one before."""
    for process_id in process_ids:
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)


async def killed(script: str, *arguments: str) -> int:
    """Run a script that kills workers; how many died, as it prints at its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        script,
        *arguments,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    return int(printed)
