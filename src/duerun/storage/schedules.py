"""Schedules: rows <-> values, with the dates and occurrences that an answer shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, LiteralString, TypedDict

import msgspec
from psycopg.types.json import Jsonb

from duerun.domain.accounts import Account
from duerun.domain.lists import ListQuery
from duerun.domain.occurrences import Occurrence, OccurrenceState
from duerun.domain.recurrence import format_on
from duerun.domain.schedules import EMBEDDED_OCCURRENCES_MAX, DateChange, Kind, Schedule, ScheduleState
from duerun.storage.columns import of_account, rule_of_row
from duerun.storage.database import Connection, execute, fetch_all, fetch_proving, kept_by, sql
from duerun.storage.lists import Page, fetch_page, statement


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A schedule of a list, as the text that the database tells: one that has not changed is the same object."""

    text: str

    def schedule(self) -> Schedule:
        row = _decoder.decode(self.text)
        return schedule_of(row, row)


_TELL: LiteralString = (
    "SELECT listed.id, (" + statement("schedules_version") + ") AS version, row_to_json(listed)::text AS told"
    " FROM (SELECT listed.*, beside.* FROM (" + statement("schedules_fetch") + ") AS listed"
    " CROSS JOIN LATERAL (" + statement("schedules_course") + ") AS beside) AS listed"
)


def values(account: Account, schedule: Schedule, *, terms_hash: int | None) -> dict[str, Any]:
    """The parameters that tell of a schedule in `schedule_create`."""
    rule = schedule.rule
    return {
        "id": schedule.id,
        "kind": schedule.kind,
        "terms_id": schedule.terms_id,
        "every": rule.every,
        "period": rule.period,
        "on_text": format_on(rule),
        "start_on": rule.start_on,
        "end_on": rule.end_on,
        "customer_id": schedule.customer_id,
        "card_id": schedule.card_id,
        "default_card": schedule.default_card,
        "recipient_id": schedule.recipient_id,
        "amount_minor": schedule.amount_minor,
        "percentage": schedule.percentage,
        "currency": schedule.currency,
        "description": schedule.description,
        "metadata": Jsonb(schedule.metadata),
        "capture": schedule.capture,
        "terms_hash": terms_hash,
        **of_account(account),
    }


async def fetch(
    connection: Connection, account: Account, schedule_id: str, *, lock: bool = False
) -> Schedule | None:
    """A schedule, ended ones too; `lock` holds the row until the transaction ends."""
    if not lock:
        told = await fetch_proving(connection, _TELL, {**_tell_values(account), "ids": [schedule_id]})
        return Told(told[0]["told"]).schedule() if told else None
    cursor = await connection.execute(
        sql("schedule_fetch") + " FOR UPDATE", {"id": schedule_id, **of_account(account)}
    )
    row = await cursor.fetchone()
    return (await _complete(connection, account, [row]))[0] if row else None


async def fetch_some(connection: Connection, account: Account, ids: Sequence[str]) -> list[Schedule]:
    """Those of the schedules that are there, by id."""
    rows = await fetch_all(
        connection, "schedules_fetch", ids=list(ids), account_id=account.id, livemode=account.livemode
    )
    return await _complete(connection, account, rows)


async def list_all(
    connection: Connection, account: Account, query: ListQuery, *, kind: Kind | None = None
) -> Page[Told]:
    """All schedules, ended ones too, or those of one kind."""
    counted = f"{kind}_schedules" if kind else "schedules"
    return await _page(connection, account, f"{counted}_list", query, counted=counted)


async def list_of(
    connection: Connection, account: Account, query: ListQuery, *, kind: Kind, owner_id: str
) -> Page[Told]:
    """The charge schedules of a customer, or the transfer schedules of a recipient."""
    name = "schedules_of_customer" if kind is Kind.CHARGE else "schedules_of_recipient"
    return await _page(connection, account, name, query, owner_id=owner_id)


async def lock_some(connection: Connection, account: Account, ids: Sequence[str]) -> dict[str, Schedule]:
    """Those of the schedules that are there, by id, held until the transaction ends."""
    rows = await fetch_all(
        connection, "schedules_lock", ids=list(ids), account_id=account.id, livemode=account.livemode
    )
    return {each.id: each for each in await _complete(connection, account, rows)}


async def delete(connection: Connection, account: Account, ids: Sequence[str], now: datetime) -> None:
    """End schedules for good; one that had ended keeps the moment of that."""
    if ids:
        await execute(
            connection,
            "schedules_delete",
            ids=list(ids),
            now=now,
            account_id=account.id,
            livemode=account.livemode,
        )


async def pause(
    connection: Connection, account: Account, ids: Sequence[str], paused_at: datetime | None
) -> None:
    """Pause active schedules, or let them go on with None."""
    if ids:
        await execute(
            connection,
            "schedules_pause",
            ids=list(ids),
            paused_at=paused_at,
            account_id=account.id,
            livemode=account.livemode,
        )


async def update(
    connection: Connection, account: Account, schedule: Schedule, *, terms_hash: int | None
) -> None:
    """Write down everything of a schedule that a change may touch."""
    await execute(
        connection,
        "schedule_update",
        id=schedule.id,
        account_id=account.id,
        livemode=account.livemode,
        amount_minor=schedule.amount_minor,
        percentage=schedule.percentage,
        card_id=schedule.card_id,
        default_card=schedule.default_card,
        card_released=schedule.card_released,
        recipient_id=schedule.recipient_id,
        description=schedule.description,
        metadata=Jsonb(schedule.metadata),
        end_on=schedule.rule.end_on,
        on_text=format_on(schedule.rule),
        terms_hash=terms_hash,
    )


async def count_rule_from(connection: Connection, account: Account, schedule_id: str, day: date) -> None:
    """Note that the present rule counts for the dates behind a day."""
    await execute(
        connection,
        "schedule_rule_after",
        id=schedule_id,
        day=day,
        account_id=account.id,
        livemode=account.livemode,
    )


async def change_date(
    connection: Connection,
    account: Account,
    schedule_id: str,
    day: date,
    change: DateChange | None,
    *,
    moved_due_at: datetime | None,
) -> None:
    """Keep what was decided for one date; None takes it back."""
    of = {"schedule_id": schedule_id, "on_date": day, "account_id": account.id, "livemode": account.livemode}
    revised = {name: of[name] for name in ("schedule_id", "account_id", "livemode")}
    await execute(connection, "schedule_revise", **revised)
    if change is None:
        await execute(connection, "schedule_date_drop", **of)
        return
    await execute(
        connection,
        "schedule_date_put",
        **of,
        skipped=change.skipped,
        moved_to=change.moved_to,
        moved_due_at=moved_due_at,
        amount_minor=change.amount_minor,
    )


async def suspend(connection: Connection, account: Account, ids: Sequence[str], now: datetime) -> list[str]:
    """Suspend those that are active; their ids."""
    return await _end_some(connection, account, "schedules_suspend", ids, now)


async def expire(connection: Connection, account: Account, ids: Sequence[str], now: datetime) -> list[str]:
    """Let those expire that are active and have nothing open; their ids."""
    return await _end_some(connection, account, "schedules_expire", ids, now)


async def set_failed_dates(connection: Connection, account: Account, counts: dict[str, int]) -> None:
    """Keep how many dates in a row have failed."""
    if counts:
        await execute(
            connection,
            "schedules_failed_dates",
            ids=list(counts),
            failed_dates=list(counts.values()),
            account_id=account.id,
            livemode=account.livemode,
        )


async def active_of(
    connection: Connection,
    account: Account,
    *,
    customer_id: str | None,
    recipient_id: str | None,
    lock: bool = False,
) -> list[str]:
    """The ids of the active schedules that charge a customer or pay a recipient; `lock` holds the rows."""
    cursor = await connection.execute(
        sql("schedules_active_of") + (" FOR UPDATE" if lock else ""),
        {
            "customer_id": customer_id,
            "recipient_id": recipient_id,
            "account_id": account.id,
            "livemode": account.livemode,
        },
    )
    return [row["id"] for row in await cursor.fetchall()]


async def _end_some(
    connection: Connection, account: Account, name: str, ids: Sequence[str], now: datetime
) -> list[str]:
    if not ids:
        return []
    rows = await fetch_all(
        connection, name, ids=list(ids), now=now, account_id=account.id, livemode=account.livemode
    )
    return [row["id"] for row in rows]


async def _page(
    connection: Connection,
    account: Account,
    name: str,
    query: ListQuery,
    *,
    counted: str | None = None,
    **parameters: Any,
) -> Page[Told]:
    of = {"account_id": account.id, "livemode": account.livemode}
    rows, total = await fetch_page(
        connection, name, query, counted=counted, version="schedules_version", **of, **parameters
    )
    return Page(await _told(connection, account, rows), total)


async def _told(connection: Connection, account: Account, rows: Sequence[dict[str, Any]]) -> tuple[Told, ...]:
    """The schedules of a page by their versions; those that are not kept are read."""
    kept, timeline = kept_by(connection)
    found = {row["id"]: kept.get((timeline, row["id"], row["version"])) for row in rows}
    if missing := [schedule_id for schedule_id, told in found.items() if told is None]:
        cursor = await connection.execute(_TELL, {**_tell_values(account), "ids": missing})
        for row in await cursor.fetchall():
            found[row["id"]] = told = Told(row["told"])
            kept.put((timeline, row["id"], row["version"]), told)
    return tuple(told for told in found.values() if told is not None)


def _tell_values(account: Account) -> dict[str, Any]:
    """The parameters of `_TELL`, beside the ids."""
    return {**of_account(account), "occurrences_max": EMBEDDED_OCCURRENCES_MAX}


async def _complete(
    connection: Connection, account: Account, rows: Sequence[dict[str, Any]]
) -> list[Schedule]:
    if not rows:
        return []
    cursor = await connection.execute(
        "SELECT listed.id AS schedule_id, beside.* FROM (" + statement("schedules_by_id") + ") AS listed"
        " CROSS JOIN LATERAL (" + statement("schedules_course") + ") AS beside",
        {
            "ids": [row["id"] for row in rows],
            "account_id": account.id,
            "livemode": account.livemode,
            "occurrences_max": EMBEDDED_OCCURRENCES_MAX,
        },
    )
    courses = {row["schedule_id"]: row for row in await cursor.fetchall()}
    return [schedule_of(row, courses[row["id"]]) for row in rows]


class _Row(TypedDict):
    """A row of the table, and its course beside it."""

    id: str
    livemode: bool
    kind: str
    terms_id: str
    every: int
    period: str
    on_text: str
    start_on: date
    end_on: date | None
    customer_id: str | None
    card_id: str | None
    default_card: bool
    recipient_id: str | None
    amount_minor: int | None
    percentage: Decimal | None
    currency: str
    description: str | None
    metadata: dict[str, Any]
    capture: bool
    state: str
    paused_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    card_released_at: datetime | None
    customer_key: str | None
    bulk_job_id: str | None
    planned_through: date | None
    open_dates: list[date] | None
    changes: list[dict[str, Any]] | None
    occurrences_total: int
    processed: list[list[Any]] | None


_decoder = msgspec.json.Decoder(_Row)


def schedule_of(row: Mapping[str, Any], course: Mapping[str, Any]) -> Schedule:
    """A schedule from its row, and the row of its course: its dates and its first processed occurrences."""
    return Schedule(
        id=row["id"],
        livemode=row["livemode"],
        kind=Kind(row["kind"]),
        terms_id=row["terms_id"],
        rule=rule_of_row(row),
        state=ScheduleState(row["state"]),
        planned_through=course["planned_through"],
        currency=row["currency"],
        created_at=row["created_at"],
        amount_minor=row["amount_minor"],
        percentage=row["percentage"],
        customer_id=row["customer_id"],
        card_id=row["card_id"],
        default_card=row["default_card"],
        card_released=row["card_released_at"] is not None,
        recipient_id=row["recipient_id"],
        description=row["description"],
        metadata=row["metadata"],
        capture=row["capture"],
        paused_at=row["paused_at"],
        ended_at=row["ended_at"],
        customer_key=row["customer_key"],
        bulk_job_id=row["bulk_job_id"],
        open_dates=tuple(course["open_dates"] or ()),
        changes=_changes(course["changes"] or ()),
        occurrences=tuple(_processed(row, each) for each in course["processed"] or ()),
        occurrences_total=course["occurrences_total"],
    )


def _changes(rows: Sequence[dict[str, Any]]) -> dict[date, DateChange]:
    return {
        date.fromisoformat(row["on_date"]): DateChange(
            row["skipped"],
            date.fromisoformat(row["moved_to"]) if row["moved_to"] else None,
            row["amount_minor"],
        )
        for row in rows
    }


def _processed(row: Mapping[str, Any], values: Sequence[Any]) -> Occurrence:
    """A processed occurrence of a schedule's row, from the array of `schedules_course`."""
    (
        occurrence_id,
        scheduled_on,
        retry_on,
        state,
        message,
        result_id,
        amount_minor,
        processed_at,
        created_at,
    ) = values
    return Occurrence(
        id=occurrence_id,
        livemode=row["livemode"],
        schedule_id=row["id"],
        kind=row["kind"],
        scheduled_on=date.fromisoformat(scheduled_on),
        retry_on=date.fromisoformat(retry_on) if retry_on else None,
        state=OccurrenceState(state),
        message=message,
        result_id=result_id,
        amount_minor=amount_minor,
        processed_at=datetime.fromisoformat(processed_at),
        created_at=datetime.fromisoformat(created_at),
    )


def occurrence_of(row: dict[str, Any]) -> Occurrence:
    """A processed occurrence from its row."""
    return Occurrence(
        id=row["id"],
        livemode=row["livemode"],
        schedule_id=row["schedule_id"],
        kind=row["kind"],
        scheduled_on=row["scheduled_on"],
        retry_on=row["retry_on"],
        state=OccurrenceState(row["state"]),
        message=row["message"],
        result_id=row["result_id"],
        amount_minor=row["amount_minor"],
        processed_at=row["processed_at"],
        created_at=row["created_at"],
    )
