"""The audit log: lines added behind the last one, and read. The chain itself is `duerun.domain.audit_chain`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from duerun.domain.audit_chain import Entry, Head, Note, entry_behind
from duerun.domain.errors import UnavailableError
from duerun.storage.database import Connection, execute, fetch_all, fetch_one

NUMBER_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which lines are looked for, the newest first: those of an account in a mode, by whom, about what, from when.

    None is all; `actor` is a part of a name.
    """

    account_id: int | None = None
    livemode: bool | None = None
    actor: str | None = None
    area: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int = NUMBER_MAX


class Line(NamedTuple):
    """A line beside the public id of its account."""

    entry: Entry
    account: str | None


async def append(connection: Connection, notes: Sequence[Note], *, actor: str, now: datetime) -> None:
    """Add lines. The log's end is held until the transaction ends: this comes last in it.

    Raises `UnavailableError` where somebody has taken away the row that tells the end.
    """
    row = await fetch_one(connection, "audit_head_lock")
    if row is None:
        raise UnavailableError("the audit log has lost its end: see duerun audit verify")
    head = _head(row)
    for note in notes:
        entry = entry_behind(head, note, actor=actor, now=now)
        await execute(
            connection,
            "audit_append",
            number=entry.number,
            account_id=entry.account_id,
            livemode=entry.livemode,
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject,
            details=entry.details,
            happened_at=entry.happened_at,
            previous_hash=entry.previous_hash,
            hash=entry.hash,
        )
        head = Head(entry.number, entry.hash)


async def stand_still(connection: Connection) -> None:
    """Let all that this transaction reads be of one moment; the first statement in it."""
    await execute(connection, "audit_snapshot")


async def head(connection: Connection) -> Head | None:
    """Where the log ends, as the database notes it."""
    row = await fetch_one(connection, "audit_head_read")
    return _head(row) if row else None


async def page(connection: Connection, *, after: int, rows_max: int) -> list[Entry]:
    """The next lines behind a number, in their order."""
    return [_entry(row) for row in await fetch_all(connection, "audit_page", after=after, rows_max=rows_max)]


async def list_lines(connection: Connection, asked: Asked, *, rows_max: int) -> list[Line]:
    """The lines that are asked for, the newest first."""
    rows = await fetch_all(
        connection,
        "audit_list",
        account_id=asked.account_id,
        livemode=asked.livemode,
        actor=asked.actor,
        area=asked.area,
        since=asked.since,
        until=asked.until,
        before=asked.before,
        rows_max=rows_max,
    )
    return [Line(_entry(row), row["account"]) for row in rows]


def _head(row: dict[str, Any]) -> Head:
    return Head(row["number"], bytes(row["hash"]))


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        number=row["number"],
        account_id=row["account_id"],
        livemode=row["livemode"],
        actor=row["actor"],
        action=row["action"],
        subject=row["subject"],
        details=row["details"],
        happened_at=row["happened_at"],
        previous_hash=bytes(row["previous_hash"]),
        hash=bytes(row["hash"]),
    )
