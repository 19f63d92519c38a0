"""What is wrong, or is about to be, in numbers: read with bounded statements, whoever asks and however often."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from duerun.domain.errors import UnavailableError
from duerun.services.unit import Runtime
from duerun.storage import alarms, installation
from duerun.storage.alarms import PAYMENT_BACKLOGS, VOP_BACKLOGS, Backlog, Beat, LoopFacts

__all__ = ["Alarms", "Backlog", "Beat", "LoopFacts", "beat", "read"]

READ_SECONDS_MAX = 4.0
# A process whose beats are older is taken for dead; its rows are forgotten some time later.
ALIVE_SECONDS = 30.0
KEPT_HOURS = 1


@dataclass(slots=True)
class Alarms:
    """All readings of a moment. What the database could not tell in time is missing, and `is_whole` is False then."""

    now: datetime
    is_whole: bool = False
    backlogs: dict[str, list[Backlog]] = field(default_factory=dict)
    loops: list[LoopFacts] | None = None
    counts: dict[tuple[str, str], int] | None = None
    is_frozen: bool | None = None


async def read(runtime: Runtime, now: datetime, *, payments: bool) -> Alarms:
    """The readings at the real moment `now`; without `payments` those of checks of payees alone. Never raises."""
    found = Alarms(now)
    try:
        async with asyncio.timeout(READ_SECONDS_MAX), runtime.database.connection() as connection:
            if not await alarms.are_kept(connection):
                return found
            found.loops = await alarms.loops(connection, now - timedelta(seconds=ALIVE_SECONDS))
            found.counts = await alarms.counts(connection)
            hold = await installation.read(connection) if payments else None
            found.is_frozen = hold.reason is not None if hold else None
            names = [*(PAYMENT_BACKLOGS if payments else ()), *VOP_BACKLOGS]
            for name in names:
                backlog = await alarms.backlog(connection, name, now)
                if backlog is not None:
                    found.backlogs[name] = backlog
            found.is_whole = len(found.backlogs) == len(names)
    except (TimeoutError, UnavailableError):
        found.is_whole = False
    return found


async def beat(
    runtime: Runtime,
    process: str,
    beats: Sequence[Beat],
    counts: Mapping[tuple[str, str], int],
    *,
    started_at: datetime,
    now: datetime,
) -> None:
    """Write down what a process did and counted, and forget dead processes."""
    async with runtime.database.transaction() as connection:
        if beats:
            await alarms.put_beats(connection, process, beats, started_at=started_at, now=now)
            await alarms.prune_beats(connection, now - timedelta(hours=KEPT_HOURS))
        if counts:
            await alarms.add_counts(connection, counts)
