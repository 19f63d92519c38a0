"""Calendars: what was settled on which day, which schedules run on a day, and the tokens of feeds."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.calendars import Ahead, CalendarToken, Scope
from duerun.domain.lists import ListQuery
from duerun.domain.recurrence import WEEKDAY_NAMES
from duerun.storage.accounts import key_hash
from duerun.storage.columns import of_account
from duerun.storage.database import Connection, execute, fetch_all, fetch_one
from duerun.storage.forecast import lane_of
from duerun.storage.lists import Page, fetch_page


@dataclass(frozen=True, slots=True)
class Span:
    """The moments of some days: from `since` to before `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a token opens: a calendar of an account in one mode."""

    account_id: int
    livemode: bool
    token: CalendarToken


async def settled_days(connection: Connection, account: Account, span: Span) -> list[dict[str, Any]]:
    """Counts and sums by day, currency, kind and state."""
    return await fetch_all(
        connection,
        "calendar_days",
        timezone=account.timezone,
        since=span.since,
        until=span.until,
        **of_account(account),
    )


async def settled_on(
    connection: Connection, account: Account, span: Span, *, open_since: datetime, after: str, rows_max: int
) -> list[dict[str, Any]]:
    """What was settled in a span, and what is open in it beside the next dates; the next rows behind the id `after`."""
    return await fetch_all(
        connection,
        "calendar_settled",
        since=span.since,
        until=span.until,
        open_since=open_since,
        after=after,
        rows_max=rows_max,
        **of_account(account),
    )


async def candidates(
    connection: Connection,
    account: Account,
    day: date,
    until: datetime,
    *,
    is_today: bool,
    after: str,
    rows_max: int,
) -> list[str]:
    """The next schedules behind the id `after` that may run on a day; not all of them do."""
    weekday = WEEKDAY_NAMES[day.weekday()]
    rows = await fetch_all(
        connection,
        "calendar_candidates",
        day=day,
        day_of_month=str(day.day),
        weekday=weekday,
        weekday_of_month=f"%\\_{weekday}",
        until=until,
        is_today=is_today,
        after=after,
        rows_max=rows_max,
        **of_account(account),
    )
    return [row["id"] for row in rows]


async def of_scope(
    connection: Connection, account: Account, scope: Scope, scope_id: str | None, *, rows_max: int
) -> list[str]:
    """The schedules that a calendar is about; of an account those whose dates come first."""
    if scope is Scope.ACCOUNT:
        rows = await fetch_all(connection, "calendar_next", rows_max=rows_max, **of_account(account))
        return list(dict.fromkeys(row["id"] for row in rows))
    rows = await fetch_all(
        connection,
        "calendar_of",
        scope=str(scope),
        scope_id=scope_id,
        rows_max=rows_max,
        **of_account(account),
    )
    return [row["id"] for row in rows]


async def ahead(
    connection: Connection, account: Account, schedule_ids: Sequence[str], *, today: date
) -> list[Ahead]:
    """Those of the schedules that are active, each as a lane of its own, by id."""
    rows = await fetch_all(
        connection, "forecast_schedules", ids=list(schedule_ids), today=today, **of_account(account)
    )
    return [
        Ahead(lane_of(row["kind"], row), row["occurrence_id"], row["revision"], row["created_at"])
        for row in rows
    ]


async def insert_token(
    connection: Connection, account: Account, token: CalendarToken, text: str, now: datetime
) -> None:
    await execute(
        connection,
        "calendar_token_insert",
        id=token.id,
        hash=key_hash(text),
        last_four=token.last_four,
        scope=str(token.scope),
        scope_id=token.scope_id,
        now=now,
        **of_account(account),
    )


async def count_tokens(connection: Connection, account: Account) -> int:
    row = await fetch_one(connection, "calendar_token_count", **of_account(account))
    return int(row["count"]) if row else 0


async def list_tokens(connection: Connection, account: Account, query: ListQuery) -> Page[CalendarToken]:
    rows, total = await fetch_page(connection, "calendar_tokens_list", query, **of_account(account))
    return Page(tuple(_token(row) for row in rows), total)


async def fetch_token(connection: Connection, account: Account, token_id: str) -> CalendarToken | None:
    row = await fetch_one(connection, "calendar_token_fetch", id=token_id, **of_account(account))
    return _token(row) if row else None


async def revoke_token(
    connection: Connection, account: Account, token_id: str, now: datetime
) -> CalendarToken | None:
    row = await fetch_one(connection, "calendar_token_revoke", id=token_id, now=now, **of_account(account))
    return _token(row) if row else None


async def find_token(connection: Connection, text: str) -> Bearer | None:
    """What a token opens. The look-up is by its hash, which tells nothing of how near a guess was."""
    hashed = key_hash(text)
    row = await fetch_one(connection, "calendar_token_find", hash=hashed)
    if row is None or not hmac.compare_digest(row["hash"], hashed):
        return None
    return Bearer(row["account_id"], row["livemode"], _token(row))


def _token(row: dict[str, Any]) -> CalendarToken:
    return CalendarToken(
        row["id"], row["livemode"], Scope(row["scope"]), row["scope_id"], row["last_four"], row["created_at"]
    )
