"""Schedules that have no date ahead of them: found page by page, locked for the moment of planning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duerun.domain.accounts import Account
from duerun.domain.recurrence import Rule
from duerun.storage.columns import rule_of_row
from duerun.storage.database import Connection, fetch_all
from duerun.storage.workload import Place


@dataclass(frozen=True, slots=True)
class BarePage:
    """One page of schedules: the bare ones by account, the last id seen, and whether others follow."""

    schedule_ids: dict[Place, list[str]]
    through: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class BareSchedule:
    """A schedule without a due date. `under_way`: a date of it is held, or sent and not settled yet."""

    id: str
    kind: str
    rule: Rule
    planned_through: date | None
    under_way: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A schedule with its rule and terms, and which of some dates are there."""

    id: str
    kind: str
    rule: Rule
    there: frozenset[date]
    amount_minor: int | None
    percentage: Decimal | None
    currency: str


async def bare_page(connection: Connection, after: str, *, schedules_max: int) -> BarePage:
    """The active schedules without a due first attempt among the next ones behind the id `after`."""
    rows = await fetch_all(connection, "schedules_bare_page", after=after, schedules_max=schedules_max)
    found: dict[Place, list[str]] = {}
    for row in rows:
        if row["id"] is not None:
            found.setdefault(Place(row["account_id"], row["livemode"]), []).append(row["id"])
    return BarePage(found, rows[0]["through"] or "", rows[0]["seen"] < schedules_max)


async def bare_open(connection: Connection, account: Account) -> list[str]:
    """The active schedules of an account that have a send without an outcome and nothing due."""
    rows = await fetch_all(
        connection, "schedules_bare_open", account_id=account.id, livemode=account.livemode
    )
    return [row["id"] for row in rows]


async def rules(
    connection: Connection, account: Account, *, first: date, last: date, after: str, rows_max: int
) -> list[RuleRow]:
    """Active schedules behind the id `after`, with the dates between two days whose first attempt is there."""
    rows = await fetch_all(
        connection,
        "schedules_rules",
        first=first,
        last=last,
        after=after,
        rows_max=rows_max,
        account_id=account.id,
        livemode=account.livemode,
    )
    return [
        RuleRow(
            row["id"],
            row["kind"],
            rule_of_row(row),
            frozenset(row["there"]),
            row["amount_minor"],
            row["percentage"],
            row["currency"],
        )
        for row in rows
    ]


async def lock_bare(
    connection: Connection, account: Account, schedule_ids: Sequence[str]
) -> list[BareSchedule]:
    """Lock those that are still active and bare, leaving what others have locked."""
    rows = await fetch_all(
        connection,
        "schedules_bare_lock",
        ids=list(schedule_ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    return [
        BareSchedule(
            id=row["id"],
            kind=row["kind"],
            rule=rule_of_row(row),
            planned_through=row["planned_through"],
            under_way=row["under_way"],
        )
        for row in rows
    ]
