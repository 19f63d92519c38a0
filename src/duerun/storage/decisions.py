"""The log of decisions about occurrences. The database writes it by triggers; here it is read, and signed."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from psycopg.errors import LockNotAvailable

from duerun.domain.accounts import Account
from duerun.domain.explanations import Course, Facts, Line
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.schedules import ScheduleState
from duerun.storage.columns import of_account, rule_of_row
from duerun.storage.database import Connection, Database, execute, fetch_all, fetch_one

COURSE = tuple(Course.__dataclass_fields__)
MONTHS_AHEAD = 12
MONTHS_LOCK = 7_220_617_004


class Logged(NamedTuple):
    """An occurrence beside its log. Of the lines, only what their order is judged by is filled in."""

    id: str
    attempt: int
    created_at: datetime
    row: Course
    log: list[Line]


async def sign(connection: Connection, actor: str) -> None:
    """Let what this transaction decides be a person's decision."""
    await execute(connection, "decisions_sign", actor=actor)


async def keep_months(database: Database, *, kept: int) -> int:
    """Make the parts of the log for the months to come, and drop what ended `kept` whole months ago; 0 keeps all.

    How many parts were made and dropped: none while somebody reads the log, or another process is at it.
    """
    made = await _change_months(database, "decisions_months_add", ahead=MONTHS_AHEAD)
    return made + (await _change_months(database, "decisions_months_drop", kept=kept) if kept else 0)


async def _change_months(database: Database, name: str, **parameters: int) -> int:
    async with database.connection() as connection:
        try:
            async with connection.transaction():
                taken = await fetch_one(connection, "decisions_months_lock", lock=MONTHS_LOCK)
                row = await fetch_one(connection, name, **parameters) if taken and taken["is_ours"] else None
                return int(row["changed"]) if row else 0
        except LockNotAvailable:
            return 0


async def began_at(connection: Connection) -> datetime | None:
    """The beginning of the oldest month of the log; None while nothing was dropped."""
    row = await fetch_one(connection, "decisions_begin")
    return row["began_at"] if row else None


async def log_of(connection: Connection, account: Account, occurrence_id: str) -> list[Line]:
    """The lines about one occurrence, in their order."""
    rows = await fetch_all(
        connection,
        "decisions_of",
        occurrence_id=occurrence_id,
        **of_account(account),
    )
    return [
        Line(
            number=row["number"],
            before=_state(row["state_before"]),
            due_before=row["due_before"],
            course=_course(row),
            token=row["token"],
            rule=row["rule"],
            actor=row["actor"],
            account_clock=row["account_clock"],
            decided_at=row["decided_at"],
        )
        for row in rows
    ]


async def facts(connection: Connection, account: Account, occurrence_id: str) -> Facts | None:
    """What stands about an occurrence in any state; None for one that is not the account's."""
    row = await fetch_one(
        connection,
        "decisions_facts",
        occurrence_id=occurrence_id,
        **of_account(account),
    )
    return _facts(row) if row else None


async def page(connection: Connection, account: Account | None, *, after: str, rows_max: int) -> list[Logged]:
    """The next occurrences of an account, or of all, in both modes, behind the id `after`, each with its log."""
    rows = await fetch_all(
        connection,
        "decisions_page",
        account_id=account.id if account else None,
        after=after,
        rows_max=rows_max,
    )
    return [_logged(list(some)) for _, some in groupby(rows, key=lambda row: row["id"])]


def _logged(rows: list[dict[str, Any]]) -> Logged:
    first = rows[0]
    return Logged(first["id"], first["attempt"], first["created_at"], _course(first), list(_lines(rows)))


def _lines(rows: Iterable[dict[str, Any]]) -> Iterable[Line]:
    for row in rows:
        if row["number"] is not None:
            yield Line(
                number=row["number"],
                before=_state(row["logged_before"]),
                due_before=row["logged_due_before"],
                course=_course(row, "logged_"),
                token=0,
                rule=None,
                actor=None,
                account_clock=None,
                decided_at=row["logged_due_at"],
            )


def _course(row: dict[str, Any], prefix: str = "") -> Course:
    told = {name: row[prefix + name] for name in COURSE}
    return Course(**told | {"state": OccurrenceState(told["state"])})


def _state(text: str | None) -> OccurrenceState | None:
    return None if text is None else OccurrenceState(text)


def _facts(row: dict[str, Any]) -> Facts:
    taken = (
        "id",
        "schedule_id",
        "kind",
        "scheduled_on",
        "attempt",
        "currency",
        "customer_id",
        "recipient_id",
        "bulk_job_id",
        "approved_by",
        "failure_code",
        "failure_message",
        "gateway",
        "request_hash",
        "tried_before",
        "tried_again",
        "created_at",
    )
    return Facts(
        **{name: row[name] for name in taken},
        course=_course(row),
        rule=rule_of_row(row),
        planned_by=row["rule"],
        schedule_state=ScheduleState(row["schedule_state"]),
        schedule_ended_at=row["ended_at"],
    )
