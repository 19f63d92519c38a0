"""Occurrences: what is due is claimed, sent and settled in batches, a statement each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from duerun import ids
from duerun.domain.accounts import Account
from duerun.domain.lists import ListQuery
from duerun.domain.occurrences import Occurrence, OccurrenceState
from duerun.domain.parties import Card, Recipient
from duerun.domain.schedules import ScheduleState
from duerun.domain.settlement import Due, Planned
from duerun.storage import recipients
from duerun.storage.columns import of_account, rule_of_row
from duerun.storage.database import Connection, execute, fetch_all, fetch_one
from duerun.storage.lists import Page, fetch_page
from duerun.storage.parties import card_of
from duerun.storage.schedules import occurrence_of

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePayment(Due):
    """What charges and transfers have in common; `sent_seconds_ago` is None before the first send."""

    currency: str
    sent_seconds_ago: float | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A send without an outcome, with its token. What `is_put_off` was not taken on."""

    id: str
    token: int
    is_put_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCharge(DuePayment):
    """A due charge: amount, customer, and the card of the day (None when the customer has none)."""

    amount_minor: int
    description: str | None
    metadata: dict[str, str]
    capture: bool
    customer_id: str
    customer_deleted: bool
    card: Card | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTransfer(DuePayment):
    """A due transfer: a fixed amount, a percentage, or neither for the whole balance.

    `amount_minor` and `target_digest` are what was committed with the intent, once there is one.
    """

    fixed_minor: int | None
    percentage: Decimal | None
    amount_minor: int | None
    target_digest: bytes | None
    recipient: Recipient


class Intent(NamedTuple):
    """What is committed before a send: the fencing token of this claim, the amount, and the card or the target."""

    id: str
    token: int
    amount_minor: int
    card_id: str | None
    target_digest: bytes | None


class Settled(NamedTuple):
    """The end of one claim; it counts only while the row still carries the claim's token."""

    id: str
    token: int
    state: OccurrenceState
    message: str | None
    result_id: str | None


async def earliest(connection: Connection, account: Account) -> dict[str, datetime]:
    """For each kind that has something due, now or later, the earliest moment."""
    rows = await fetch_all(connection, "occurrences_earliest", **of_account(account))
    return {row["kind"]: row["due_at"] for row in rows if row["due_at"] is not None}


async def lock_due(
    connection: Connection, account: Account, kind: str, *, until: datetime, rows_max: int
) -> list[str]:
    """Lock what is due by a moment, the earliest first, leaving what others have locked; the ids."""
    rows = await fetch_all(
        connection, "occurrences_lock_due", kind=kind, until=until, rows_max=rows_max, **of_account(account)
    )
    return [row["id"] for row in rows]


async def open_page(
    connection: Connection, account: Account, kind: str, *, until: datetime, after: str, rows_max: int
) -> list[str]:
    """The ids behind `after` of what waits and is due by a moment, and of all retries and all that are held."""
    rows = await fetch_all(
        connection,
        "occurrences_open_page",
        kind=kind,
        until=until,
        after=after,
        rows_max=rows_max,
        **of_account(account),
    )
    return [row["id"] for row in rows]


async def lock_some_due(connection: Connection, account: Account, found: Sequence[str]) -> list[str]:
    """Lock those of these occurrences that are still due, leaving what others have locked; the ids."""
    rows = await fetch_all(connection, "occurrences_lock_some_due", ids=list(found), **of_account(account))
    return [row["id"] for row in rows]


async def passed(
    connection: Connection, account: Account, kind: str, *, until: datetime, rows_max: int
) -> list[str]:
    """What is due by a moment, the earliest first, only looked at; the ids."""
    rows = await fetch_all(
        connection, "occurrences_passed", kind=kind, until=until, rows_max=rows_max, **of_account(account)
    )
    return [row["id"] for row in rows]


async def lock_first(connection: Connection, account: Account, schedule_id: str, day: date) -> list[str]:
    """Lock the first attempt at one date of a schedule, whenever it is due."""
    rows = await fetch_all(
        connection, "occurrences_lock_first", schedule_id=schedule_id, scheduled_on=day, **of_account(account)
    )
    return [row["id"] for row in rows]


async def lock_uncertain(
    connection: Connection, account: Account, kind: str, *, lease_seconds: float, rows_max: int
) -> list[str]:
    """Take over sends whose lease has run out, under a new token; the ids."""
    rows = await fetch_all(
        connection,
        "occurrences_lock_uncertain",
        kind=kind,
        lease_seconds=lease_seconds,
        rows_max=rows_max,
        **of_account(account),
    )
    return [row["id"] for row in rows]


async def due_charges(connection: Connection, account: Account, found: Sequence[str]) -> list[DueCharge]:
    """Locked occurrences with their schedules, customers and cards."""
    rows = await fetch_all(connection, "due_charges", ids=list(found), **of_account(account))
    return [
        DueCharge(
            **_due(row),
            amount_minor=row["amount_minor"],
            description=row["description"],
            metadata=row["metadata"],
            capture=row["capture"],
            customer_id=row["customer_id"],
            customer_deleted=row["customer_deleted"],
            card=card_of(row, "card_") if row["card_id"] else None,
        )
        for row in rows
    ]


async def due_transfers(connection: Connection, account: Account, found: Sequence[str]) -> list[DueTransfer]:
    """Locked occurrences with their schedules and recipients."""
    rows = await fetch_all(connection, "due_transfers", ids=list(found), **of_account(account))
    found_recipients = await recipients.fetch_many(connection, account, {row["recipient_id"] for row in rows})
    return [
        DueTransfer(
            **_due(row),
            fixed_minor=row["fixed_minor"],
            percentage=row["percentage"],
            amount_minor=row["amount_minor"],
            target_digest=row["target_digest"],
            recipient=found_recipients[row["recipient_id"]],
        )
        for row in rows
    ]


def _due(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "schedule_id": row["schedule_id"],
        "kind": row["kind"],
        "scheduled_on": row["scheduled_on"],
        "attempt": row["attempt"],
        "due_at": row["due_at"],
        "token": row["token"],
        "sends": row["sends"],
        "is_put_off": row["is_put_off"],
        "released": row["released"],
        "rule": rule_of_row(row),
        "schedule_state": ScheduleState(row["schedule_state"]),
        "paused": row["paused"],
        "skip_asked": row["skip_asked"],
        "failed_dates": row["failed_dates"],
        "retry_of": row["retry_of"],
        "currency": row["currency"],
        "sent_seconds_ago": row["sent_seconds_ago"],
    }


async def send(
    connection: Connection,
    account: Account,
    intents: Sequence[Intent],
    now: datetime,
    *,
    lease_seconds: float,
    moves_retries: bool = True,
) -> set[str]:
    """Write the intents down: from the commit on, each may have taken effect.

    A retry that comes late moves to the day on which it really runs. Answers the ids that still carried the token
    before this one; nobody else may be sent.
    """
    if not intents:
        return set()
    found, tokens, amounts, card_ids, digests = (list(column) for column in zip(*intents, strict=True))
    rows = await fetch_all(
        connection,
        "occurrences_send",
        ids=found,
        tokens=tokens,
        amounts=amounts,
        card_ids=card_ids,
        target_digests=digests,
        now=now,
        today=account.today(now) if moves_retries else date.min,
        lease_seconds=lease_seconds,
        **of_account(account),
    )
    return {row["id"] for row in rows}


async def settle(
    connection: Connection, account: Account, settled: Sequence[Settled], now: datetime
) -> set[str]:
    """End claims; answers the ids that still carried their token. The others belong to somebody else now."""
    if not settled:
        return set()
    found, tokens, states, messages, result_ids = (list(column) for column in zip(*settled, strict=True))
    rows = await fetch_all(
        connection,
        "occurrences_settle",
        ids=found,
        tokens=tokens,
        states=states,
        messages=messages,
        result_ids=result_ids,
        now=now,
        **of_account(account),
    )
    return {row["id"] for row in rows}


async def lose(
    connection: Connection,
    account: Account,
    lost: Sequence[Lost],
    now: datetime,
    *,
    ask_again_seconds: float,
) -> None:
    """Mark sends whose outcome nobody knows; they are asked about after a while, which grows with their age. What is
    put off follows at the same pace always."""
    if lost:
        await execute(
            connection,
            "occurrences_lose",
            ids=[each.id for each in lost],
            tokens=[each.token for each in lost],
            put_off=[each.is_put_off for each in lost],
            now=now,
            ask_again_seconds=ask_again_seconds,
            **of_account(account),
        )


async def plan(
    connection: Connection,
    account: Account,
    planned: Sequence[Planned],
    now: datetime,
    *,
    places: Iterator[int],
) -> list[str]:
    """Insert occurrences; one that exists for the same date and attempt stays as it is.

    `places` counts what is made at this moment: a microsecond each keeps the order of creation. Answers their ids,
    "" for those that were there.
    """
    if not planned:
        return []
    numbers = [
        ids.occurrence_id(each.schedule_id, each.scheduled_on, each.attempt, livemode=account.livemode)
        for each in planned
    ]
    rows = await fetch_all(
        connection,
        "occurrences_insert",
        ids=numbers,
        schedule_ids=[each.schedule_id for each in planned],
        kinds=[each.kind for each in planned],
        scheduled_on=[each.scheduled_on for each in planned],
        attempts=[each.attempt for each in planned],
        retry_on=[each.retry_on for each in planned],
        due_at=[each.due_at for each in planned],
        states=[each.state for each in planned],
        messages=[each.message for each in planned],
        rules=[each.rule for each in planned],
        created_at=[now + next(places) * MICROSECOND for _ in planned],
        now=now,
        **of_account(account),
    )
    made = {row["id"] for row in rows}
    return [each if each in made else "" for each in numbers]


async def cancel(
    connection: Connection, account: Account, schedule_ids: Sequence[str], now: datetime
) -> None:
    """Cancel what these schedules have due or held; what was sent keeps its course."""
    if schedule_ids:
        await execute(
            connection, "occurrences_cancel", schedule_ids=list(schedule_ids), now=now, **of_account(account)
        )


async def unplan(connection: Connection, account: Account, schedule_id: str) -> list[date]:
    """Take back what a schedule has planned and nobody has begun; the dates."""
    rows = await fetch_all(connection, "occurrences_unplan", schedule_id=schedule_id, **of_account(account))
    return [row["scheduled_on"] for row in rows]


async def move(
    connection: Connection, account: Account, schedule_id: str, day: date, due_at: datetime, now: datetime
) -> None:
    """Let a planned date run at another moment."""
    await execute(
        connection,
        "occurrences_move",
        schedule_id=schedule_id,
        on_date=day,
        due_at=due_at,
        now=now,
        **of_account(account),
    )


async def states_of_date(
    connection: Connection, account: Account, schedule_id: str, day: date
) -> list[OccurrenceState]:
    """The states of all attempts at one date, which are held until the transaction ends."""
    rows = await fetch_all(
        connection, "occurrences_of_date", schedule_id=schedule_id, on_date=day, **of_account(account)
    )
    return [OccurrenceState(row["state"]) for row in rows]


async def lock_passed(
    connection: Connection, account: Account, schedule_ids: Sequence[str], now: datetime
) -> dict[str, list[str]]:
    """Lock what these schedules have due by now, by kind, the earliest first; the ids."""
    rows = await fetch_all(
        connection, "occurrences_lock_passed", schedule_ids=list(schedule_ids), now=now, **of_account(account)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["kind"], []).append(row["id"])
    return found


async def cancel_locked(
    connection: Connection, account: Account, found: Sequence[str], now: datetime
) -> None:
    """Cancel locked occurrences whose schedule has ended."""
    if found:
        await execute(connection, "occurrences_cancel_ids", ids=list(found), now=now, **of_account(account))


async def uncertain(connection: Connection, account: Account) -> set[str]:
    """Which of occurrences, charges and transfers hold sends whose lease has run out."""
    row = await fetch_one(connection, "uncertain_kinds", **of_account(account)) or {}
    return {kind for kind, some in row.items() if some}


async def open_ids(connection: Connection, account: Account) -> frozenset[str]:
    """What was sent and has no outcome yet."""
    rows = await fetch_all(connection, "occurrences_open", **of_account(account))
    return frozenset(row["id"] for row in rows)


async def fetch(connection: Connection, account: Account, occurrence_id: str) -> Occurrence | None:
    """A processed occurrence; None for one that is still to come."""
    row = await fetch_one(connection, "occurrence_fetch", id=occurrence_id, **of_account(account))
    return occurrence_of(row) if row else None


async def fetch_some(connection: Connection, account: Account, found: Sequence[str]) -> dict[str, Occurrence]:
    """Those of the occurrences that are processed, by id."""
    rows = await fetch_all(connection, "occurrences_fetch", ids=list(found), **of_account(account))
    return {row["id"]: occurrence_of(row) for row in rows}


async def list_of(
    connection: Connection, account: Account, schedule_id: str, query: ListQuery
) -> Page[Occurrence]:
    """The processed occurrences of a schedule."""
    rows, total = await fetch_page(
        connection, "occurrences_list", query, schedule_id=schedule_id, **of_account(account)
    )
    return Page(tuple(occurrence_of(row) for row in rows), total)
