"""What alarms are made of: backlogs and their ages, the beats of loops, counts that outlive processes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.errors import QueryCanceled, UndefinedTable

from duerun.storage.database import Connection, execute, fetch_all, fetch_one

STATEMENT_MILLISECONDS_MAX = 1_000
# Counts end here: an alarm needs to know that they are large, and a scraper must not make the database count on.
COUNTED_ROWS_MAX = 100_000
# Of these it is to be told how long they will take.
DUE_COUNTED_ROWS_MAX = 1_000_000
COUNTERS_MAX = 1_000

PAYMENT_BACKLOGS = {
    "due_age": "alarm_due_age",
    "due": "alarm_due",
    "held": "alarm_held",
    "uncertain": "alarm_uncertain",
    "uncertain_calls": "alarm_uncertain_calls",
    "findings": "alarm_findings",
    "bulk_jobs": "alarm_bulk_jobs",
    "deliveries": "alarm_deliveries",
}
VOP_BACKLOGS = {
    "vop_tasks": "alarm_vop_tasks",
    "vop_chunks": "alarm_vop_chunks",
    "vop_notices": "alarm_vop_notices",
}


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a mode, `live` or `test`, or "" where there are no modes. `oldest_seconds` is None if not asked."""

    mode: str
    count: int
    oldest_seconds: float | None


@dataclass(frozen=True, slots=True)
class Beat:
    """A loop in one process. `good_at` is the start of its last good tick; `failures` are those in a row."""

    loop: str
    good_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class LoopFacts:
    """A loop over all processes. `slowest_at` is the least last good tick, or start, of a process that is alive."""

    loop: str
    good_at: datetime | None
    processes: int
    slowest_at: datetime | None
    failures: int


async def are_kept(connection: Connection) -> bool:
    """Whether the database has the migration that keeps beats and counters."""
    row = await fetch_one(connection, "alarms_kept")
    return bool(row and row["are_kept"])


async def backlog(connection: Connection, name: str, now: datetime) -> list[Backlog] | None:
    """One backlog by its name at the real moment `now`; None if the database took too long, or lacks a migration."""
    rows_max = DUE_COUNTED_ROWS_MAX if name == "due" else COUNTED_ROWS_MAX
    return await _counted(connection, name, now, rows_max)


async def _counted(connection: Connection, name: str, now: datetime, rows_max: int) -> list[Backlog] | None:
    query = {**PAYMENT_BACKLOGS, **VOP_BACKLOGS}[name]
    try:
        async with connection.transaction():
            await execute(connection, "alarm_time_limit", milliseconds=STATEMENT_MILLISECONDS_MAX)
            rows = await fetch_all(connection, query, now=now, rows_max=rows_max)
    except QueryCanceled:
        # So many that they cannot be counted in time: then that they are many is told.
        return (
            None if rows_max == COUNTED_ROWS_MAX else await _counted(connection, name, now, COUNTED_ROWS_MAX)
        )
    except UndefinedTable:
        return None
    return [Backlog(row["label"], row["count"], row["oldest_seconds"]) for row in rows]


async def loops(connection: Connection, alive_since: datetime) -> list[LoopFacts]:
    """All loops that ever ran; a process is alive that has written since then."""
    rows = await fetch_all(connection, "loop_beats_read", alive_since=alive_since)
    return [LoopFacts(**row) for row in rows]


async def put_beats(
    connection: Connection, process: str, beats: Sequence[Beat], *, started_at: datetime, now: datetime
) -> None:
    """Write down what the loops of a process last did."""
    await execute(
        connection,
        "loop_beats_put",
        process=process,
        started_at=started_at,
        now=now,
        loops=[each.loop for each in beats],
        good_at=[each.good_at for each in beats],
        failures=[each.failures for each in beats],
    )


async def prune_beats(connection: Connection, before: datetime) -> int:
    """Forget processes that wrote last before then; the best row of each loop stays."""
    return await execute(connection, "loop_beats_prune", before=before)


async def add_counts(connection: Connection, counts: Mapping[tuple[str, str], int]) -> None:
    """Add to counters, each a name and a label."""
    await execute(
        connection,
        "counters_add",
        names=[name for name, _ in counts],
        labels=[label for _, label in counts],
        counts=list(counts.values()),
    )


async def counts(connection: Connection) -> dict[tuple[str, str], int]:
    """All counters by name and label."""
    rows = await fetch_all(connection, "counters_read", rows_max=COUNTERS_MAX)
    return {(row["name"], row["label"]): row["count"] for row in rows}
