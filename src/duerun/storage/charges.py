"""Charges and their refunds: rows <-> values. Every statement names the account and the mode."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from duerun.domain.accounts import Account
from duerun.domain.charges import Charge, ChargeStatus, Refund
from duerun.domain.lists import ListQuery
from duerun.storage.database import Connection, execute, fetch_all, fetch_one, sql
from duerun.storage.lists import Page, fetch_page
from duerun.storage.parties import fetch_cards


@dataclass(frozen=True, slots=True)
class Claimed:
    """A charge whose outcome somebody must find out: what was asked of the gateway, and when it was sent last."""

    id: str
    token: int
    amount_minor: int
    currency: str
    card_id: str
    customer_id: str | None
    target: str
    sends: int
    sent_seconds_ago: float


async def insert_many(
    connection: Connection,
    account: Account,
    charges: Sequence[Charge],
    *,
    occurrence_ids: Sequence[str],
    now: datetime,
) -> None:
    """Write settled charges of scheduled occurrences, made at `now`, in one COPY."""
    if not charges:
        return
    async with connection.cursor() as cursor, cursor.copy(sql("charges_copy")) as copy:
        for charge, occurrence_id in zip(charges, occurrence_ids, strict=True):
            await copy.write_row(_copied(charge, account, occurrence_id, now))


def _copied(charge: Charge, account: Account, occurrence_id: str, now: datetime) -> tuple[Any, ...]:
    return (
        charge.id, account.id, account.livemode, charge.amount_minor, charge.currency, charge.status.value,
        charge.capture, charge.authorized_at, charge.paid_at, charge.expires_at, charge.captured_minor,
        charge.fee_minor, charge.fee_vat_minor, charge.failure_code, charge.failure_message, charge.description,
        Jsonb(charge.metadata), charge.transaction_id, charge.customer_id, charge.card and charge.card.id,
        charge.schedule_id, occurrence_id, now,
    )  # fmt: skip


async def insert_sent(
    connection: Connection, account: Account, charge: Charge, *, token: int, lease_seconds: float
) -> None:
    """Write down that a charge is about to be sent; the lease ends by the database's own clock."""
    await execute(
        connection,
        "charge_send",
        id=charge.id,
        account_id=account.id,
        livemode=account.livemode,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        capture=charge.capture,
        authorization_type=charge.authorization_type,
        expires_at=charge.expires_at,
        description=charge.description,
        metadata=Jsonb(charge.metadata),
        return_uri=charge.return_uri,
        ip=charge.ip,
        customer_id=charge.customer_id,
        card_id=charge.card and charge.card.id,
        token=token,
        lease_seconds=lease_seconds,
        created_at=charge.created_at,
    )


async def fetch(
    connection: Connection, account: Account, charge_id: str, *, lock: bool = False
) -> Charge | None:
    """A charge with its card and refunds; `lock` holds the row until the transaction ends."""
    if lock:
        await _lock(connection, account, "charge_lock", id=charge_id)
    found = await fetch_many(connection, account, [charge_id])
    return found[0] if found else None


async def fetch_claimed(
    connection: Connection, account: Account, charge_id: str, token: int
) -> Charge | None:
    """The locked charge, if it still waits for its outcome and belongs to the holder of `token`."""
    held = await _lock(connection, account, "charge_lock_claimed", id=charge_id, token=token)
    return await fetch(connection, account, charge_id) if held else None


async def _lock(connection: Connection, account: Account, name: str, **which: Any) -> bool:
    row = await fetch_one(connection, name, account_id=account.id, livemode=account.livemode, **which)
    return row is not None


async def fetch_many(connection: Connection, account: Account, charge_ids: Sequence[str]) -> list[Charge]:
    """Some charges, oldest first."""
    rows = await fetch_all(
        connection,
        "charges_fetch",
        ids=list(charge_ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    return await _charges(connection, account, rows)


async def list_charges(connection: Connection, account: Account, query: ListQuery) -> Page[Charge]:
    rows, total = await fetch_page(
        connection, "charges_list", query, counted="charges", account_id=account.id, livemode=account.livemode
    )
    return Page(tuple(await _charges(connection, account, rows)), total)


async def update(connection: Connection, account: Account, charge: Charge) -> None:
    """Write where a charge stands now; what was asked for stays as it is."""
    await execute(
        connection,
        "charge_update",
        id=charge.id,
        account_id=account.id,
        livemode=account.livemode,
        status=charge.status.value,
        gateway_state=charge.gateway_state,
        authorized_at=charge.authorized_at,
        paid_at=charge.paid_at,
        expired_at=charge.expired_at,
        reversed_at=charge.reversed_at,
        captured_minor=charge.captured_minor,
        refunded_minor=charge.refunded_minor,
        fee_minor=charge.fee_minor,
        fee_vat_minor=charge.fee_vat_minor,
        failure_code=charge.failure_code,
        failure_message=charge.failure_message,
        transaction_id=charge.transaction_id,
    )


async def describe(connection: Connection, account: Account, charge: Charge) -> None:
    """Write the description and the metadata of a charge."""
    await execute(
        connection,
        "charge_describe",
        id=charge.id,
        account_id=account.id,
        livemode=account.livemode,
        description=charge.description,
        metadata=Jsonb(charge.metadata),
    )


async def lose(connection: Connection, account: Account, charge_id: str, *, ask_again_seconds: float) -> None:
    """The answer of the gateway is lost: it is asked after a while, which grows with the age of the send.

    Without one it is asked at once the first time, later when the lease ends.
    """
    await execute(
        connection,
        "charge_lose",
        id=charge_id,
        ask_again_seconds=ask_again_seconds,
        account_id=account.id,
        livemode=account.livemode,
    )


async def claim(
    connection: Connection, account: Account, *, claim_rows: int, lease_seconds: float
) -> list[Claimed]:
    """Take over the charges whose sender did not come back in time; their tokens grow by one."""
    rows = await fetch_all(
        connection,
        "charges_claim",
        account_id=account.id,
        livemode=account.livemode,
        claim_rows=claim_rows,
        lease_seconds=lease_seconds,
    )
    return [Claimed(**row) for row in rows]


async def resend(
    connection: Connection, account: Account, claimed: Sequence[Claimed], *, lease_seconds: float
) -> set[str]:
    """Write down that these charges are about to be sent once more, under a new lease; the ids of those still ours."""
    rows = await fetch_all(
        connection,
        "charges_resend",
        ids=[each.id for each in claimed],
        tokens=[each.token for each in claimed],
        lease_seconds=lease_seconds,
        account_id=account.id,
        livemode=account.livemode,
    )
    return {row["id"] for row in rows}


async def attempts(connection: Connection, account: Account, charge_ids: Sequence[str]) -> dict[str, int]:
    """How many charges of the same card, outside of schedules, came before each of these."""
    rows = await fetch_all(
        connection,
        "charges_attempts",
        ids=list(charge_ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    return {row["id"]: row["attempt"] for row in rows}


async def earliest_lapse(connection: Connection, account: Account) -> datetime | None:
    """When the next authorisation that was not captured lapses."""
    row = await fetch_one(
        connection, "charges_earliest_lapse", account_id=account.id, livemode=account.livemode
    )
    return row["expires_at"] if row else None


async def lapse(connection: Connection, account: Account, *, now: datetime, rows_max: int) -> list[Charge]:
    """Expire the authorisations whose time has passed, at most `rows_max`; the charges as they are then."""
    rows = await fetch_all(
        connection,
        "charges_lapse",
        account_id=account.id,
        livemode=account.livemode,
        now=now,
        rows_max=rows_max,
    )
    return await fetch_many(connection, account, [row["id"] for row in rows]) if rows else []


async def note_on_token(connection: Connection, account: Account, charge: Charge) -> None:
    """Let the token whose card was charged show what came of it."""
    await execute(
        connection,
        "token_charged",
        status=charge.status.value,
        card_id=charge.card and charge.card.id,
        account_id=account.id,
        livemode=account.livemode,
    )


async def insert_refund(connection: Connection, account: Account, refund: Refund) -> None:
    await execute(
        connection,
        "refund_insert",
        id=refund.id,
        account_id=account.id,
        livemode=account.livemode,
        charge_id=refund.charge_id,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        voided=refund.voided,
        metadata=Jsonb(refund.metadata),
        transaction_id=refund.transaction_id,
        created_at=refund.created_at,
    )


async def fetch_refunds(connection: Connection, account: Account, refund_ids: Sequence[str]) -> list[Refund]:
    """Some refunds by their ids."""
    rows = await fetch_all(
        connection,
        "refunds_fetch",
        ids=list(refund_ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    return [Refund(**row, funding_currency=account.currency) for row in rows]


async def list_refunds(
    connection: Connection, account: Account, query: ListQuery, *, charge_id: str | None = None
) -> Page[Refund]:
    """Refunds of the account, or of one charge."""
    rows, total = await fetch_page(
        connection,
        "refunds_list",
        query,
        counted="refunds" if charge_id is None else None,
        account_id=account.id,
        livemode=account.livemode,
        charge_id=charge_id,
    )
    return Page(tuple(Refund(**row, funding_currency=account.currency) for row in rows), total)


async def _charges(connection: Connection, account: Account, rows: Sequence[dict[str, Any]]) -> list[Charge]:
    """Charges with their cards and refunds, each read in one statement for all."""
    if not rows:
        return []
    found = await fetch_cards(connection, account, {row["card_id"] for row in rows})
    cards = {card.id: card for card in found}
    refunds = await _refunds(connection, account, [row["id"] for row in rows if row["refunded_minor"]])
    return [
        Charge(
            **{name: value for name, value in row.items() if name not in ("card_id", "status")},
            status=ChargeStatus(row["status"]),
            card=cards.get(row["card_id"]),
            refunds=tuple(refunds.get(row["id"], ())),
            funding_currency=account.currency,
            fees=account.fees,
        )
        for row in rows
    ]


async def _refunds(
    connection: Connection, account: Account, charge_ids: Sequence[str]
) -> dict[str, list[Refund]]:
    refunds: dict[str, list[Refund]] = {}
    if not charge_ids:
        return refunds
    rows = await fetch_all(
        connection,
        "refunds_of_charges",
        charge_ids=list(charge_ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    for row in rows:
        refund = Refund(**row, funding_currency=account.currency)
        refunds.setdefault(refund.charge_id, []).append(refund)
    return refunds
