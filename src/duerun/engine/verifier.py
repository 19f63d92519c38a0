"""The verifier checks files of payees, part by part; the timekeeper ends those whose time is over."""

import os
import socket
from datetime import datetime

from duerun.services import verification, vop_notices, vop_tasks
from duerun.services.unit import Runtime


def holder_name() -> str:
    """What tells this process from all others that check."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Verifier:
    """A tick is one part of a file. Big ones are left to processes of their own, where there are such."""

    def __init__(self, runtime: Runtime, *, holder: str | None = None, only_small: bool) -> None:
        self._runtime, self._only_small = runtime, only_small
        self._holder = holder or holder_name()

    async def tick(self, now: datetime) -> int:
        """How many records were checked."""
        return await verification.check_next_chunk(
            self._runtime, self._holder, now, only_small=self._only_small
        )


class Timekeeper:
    """A tick ends tasks that took too long and forgets those that were kept long enough."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def tick(self, now: datetime) -> int:
        return await vop_tasks.run_out(self._runtime, now) + await vop_tasks.prune(self._runtime, now)


class Notifier:
    """A tick tells clients that tasks have ended."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def tick(self, now: datetime) -> int:
        return await vop_notices.deliver(self._runtime, now)
