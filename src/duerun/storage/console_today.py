"""What a console shows of today: counts that end at a limit, and sums of money."""

from dataclasses import dataclass
from datetime import date, datetime

from duerun.domain.accounts import Account
from duerun.domain.recurrence import Rule, rule_of
from duerun.storage.database import Connection, fetch_all, fetch_one

COUNTED_ROWS_MAX = 1_000
RULES_MAX = 200_000


@dataclass(frozen=True, slots=True)
class Counts:
    """How many occurrences, or schedules, stand where; none counts beyond `COUNTED_ROWS_MAX`."""

    due: int
    later: int
    running: int
    uncertain: int
    held: int
    retried: int
    suspended: int
    has_schedules: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """Payments of a kind in a currency; `open_amounts` of them take a share of the balance, whatever it is then."""

    kind: str
    currency: str
    count: int
    amount_minor: int
    open_amounts: int = 0


@dataclass(frozen=True, slots=True)
class Ahead:
    """Planned occurrences of one rule and one date, in their sum. A retry has no dates behind it."""

    sum: Sum
    rule: Rule
    scheduled_on: date
    runs_on: date
    is_retry: bool


async def counts(connection: Connection, account: Account, now: datetime, tomorrow: datetime) -> Counts:
    row = await fetch_one(
        connection,
        "console_counts",
        account_id=account.id,
        livemode=account.livemode,
        now=now,
        tomorrow=tomorrow,
        rows_max=COUNTED_ROWS_MAX,
    )
    assert row is not None
    return Counts(**row)


async def done(connection: Connection, account: Account, since: datetime, now: datetime) -> list[Sum]:
    """What was captured and what was sent since a moment."""
    rows = await fetch_all(
        connection,
        "console_money_done",
        account_id=account.id,
        livemode=account.livemode,
        since=since,
        now=now,
    )
    return [Sum(**row) for row in rows]


async def ahead(connection: Connection, account: Account, until: datetime) -> list[Ahead]:
    """What is planned before a moment, by rule."""
    rows = await fetch_all(
        connection,
        "console_money_ahead",
        account_id=account.id,
        livemode=account.livemode,
        until=until,
        timezone=account.timezone,
        rows_max=RULES_MAX,
    )
    return [
        Ahead(
            Sum(row["kind"], row["currency"], row["count"], row["amount_minor"], row["open_amounts"]),
            rule_of(
                every=row["every"],
                period=row["period"],
                on_text=row["on_text"],
                start_on=row["start_on"],
                end_on=row["end_on"],
            ),
            row["scheduled_on"],
            row["runs_on"],
            row["is_retry"],
        )
        for row in rows
    ]
