"""What a forecast is made of: schedules added up by the days on which they run, money to come, past outcomes."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.forecast import Lane
from duerun.domain.forecast_bands import Outcomes
from duerun.domain.recurrence import rule_of
from duerun.domain.schedules import DateChange
from duerun.storage.columns import of_account
from duerun.storage.database import Connection, fetch_all, sql

ROWS_FETCHED_MAX = 1_000


async def charge_lanes(
    connection: Connection, account: Account, *, today: date, until: date
) -> AsyncIterator[list[Lane]]:
    """The active schedules of charges, in a transaction: as many rows as there are shapes are read bit by bit."""
    days = {"today": today, "until": until}
    async for rows in _stream(connection, "forecast_charges", account, **days, **_rates(account)):
        yield [lane_of("charge", row) for row in rows]


async def transfer_lanes(
    connection: Connection, account: Account, *, today: date, until: date
) -> AsyncIterator[list[Lane]]:
    """The active schedules of transfers in the order in which their next dates were planned."""
    async for rows in _stream(connection, "forecast_transfers", account, today=today, until=until):
        yield [lane_of("transfer", row) for row in rows]


async def single_lanes(connection: Connection, account: Account) -> AsyncIterator[list[Lane]]:
    """Retries, released dates and payments under way, of both kinds."""
    async for rows in _stream(connection, "forecast_singles", account, **_rates(account)):
        yield [lane_of(row["kind"], row, single=True) for row in rows]


async def maturities(connection: Connection, account: Account, now: datetime) -> list[tuple[datetime, int]]:
    """What becomes transferable after `now`, by its moment."""
    rows = await fetch_all(connection, "forecast_maturities", now=now, **of_account(account))
    return [(row["transferable_at"], row["amount_minor"]) for row in rows]


async def history(
    connection: Connection, account: Account, *, since: datetime, outcomes_max: int
) -> dict[int, Outcomes]:
    """What became of the newest charges of schedules, by the number of the attempt."""
    rows = await fetch_all(
        connection, "forecast_history", since=since, outcomes_max=outcomes_max, **of_account(account)
    )
    return {row["attempt"]: Outcomes(row["outcomes"], row["failed"]) for row in rows}


async def _stream(
    connection: Connection, name: str, account: Account, **parameters: Any
) -> AsyncIterator[list[dict[str, Any]]]:
    async with connection.cursor(name=name) as cursor:
        await cursor.execute(sql(name), parameters | of_account(account))
        while rows := await cursor.fetchmany(ROWS_FETCHED_MAX):
            yield rows


def _rates(account: Account) -> dict[str, Any]:
    return {"fee_rate": account.fees.charge_rate, "vat_rate": account.fees.vat_rate}


def lane_of(kind: str, row: Mapping[str, Any], *, single: bool = False) -> Lane:
    """A lane of a row. A rule of every period is the same from any of its dates on, so its start may be left out."""
    return Lane(
        kind=kind,
        rule=rule_of(
            every=row["every"],
            period=row["period"],
            on_text=row["on_text"],
            start_on=row["start_on"] or row["scheduled_on"],
            end_on=row["end_on"],
        ),
        currency=row["currency"],
        count=row["count"],
        amount_minor=row["amount_minor"],
        net_minor=row.get("net_minor") or 0,
        percentage=row.get("percentage"),
        capture=row.get("capture", True),
        paused=row["paused"],
        blocked=row.get("blocked", False),
        failed_dates=row.get("failed_dates", 0),
        planned_through=row.get("planned_through"),
        scheduled_on=row["scheduled_on"],
        due_at=row["due_at"],
        attempt=row.get("attempt", 0),
        released=row.get("released", False),
        single=single,
        under_way=row.get("state", "due") != "due",
        schedule_id=row.get("id", ""),
        changes=_changes(row.get("changes")),
        retries={
            date.fromisoformat(day): date.fromisoformat(of) for day, of in (row.get("retries") or {}).items()
        },
    )


def _changes(rows: list[list[Any]] | None) -> dict[date, DateChange]:
    return {
        date.fromisoformat(day): DateChange(
            skipped, None if moved_to is None else date.fromisoformat(moved_to), amount_minor
        )
        for day, skipped, moved_to, amount_minor in rows or ()
    }
