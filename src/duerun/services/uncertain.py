"""Sends whose outcome nobody can tell: seen by a person, and settled by a person's word.

The gateway goes on being asked; this is for one that cannot be asked, or that does not tell the truth.
"""

from datetime import datetime
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.audit_chain import Note
from duerun.domain.errors import NotFoundError
from duerun.gateways.base import SUCCEEDED, Outcome, OutcomeKind
from duerun.services import audit_log, charges, due_payments, transfers
from duerun.services.due_charges import CHARGES
from duerun.services.due_transfers import TRANSFERS
from duerun.services.unit import Runtime, Unit
from duerun.storage import uncertain as store

SHOWN_MAX = 1_000
REFUSED_BY_HAND = Outcome(
    OutcomeKind.REFUSED, "failed_processing", "there was no payment, as a person found out"
)


async def list_uncertain(runtime: Runtime, account: Account) -> list[dict[str, Any]]:
    """What has no outcome in one account and mode, the oldest send first."""
    async with runtime.database.connection() as connection:
        return await store.list_open(connection, account, rows_max=SHOWN_MAX)


async def settle(
    runtime: Runtime, account: Account, now: datetime, payment_id: str, *, succeeded: bool
) -> None:
    """Settle an occurrence, a charge or a transfer as a gateway's own answer would.

    Raises `NotFoundError` for what has an outcome, and for what is under way at this moment.
    """
    outcome = SUCCEEDED if succeeded else REFUSED_BY_HAND
    note = Note(
        "payments.settle",
        payment_id,
        {"outcome": "succeeded" if succeeded else "refused"},
        account.id,
        account.livemode,
    )
    if await _settle_occurrence(runtime, account, now, note, outcome):
        return
    async with runtime.unit(account, now) as unit:
        if not await _settle_single(unit, runtime.engine.lease_seconds, payment_id, outcome):
            raise NotFoundError("payment without an outcome", payment_id)
        unit.note(note.action, note.subject, **note.facts)


async def _settle_occurrence(
    runtime: Runtime, account: Account, now: datetime, note: Note, outcome: Outcome
) -> bool:
    payment_id = note.subject
    async with runtime.database.transaction() as connection:
        kind = await store.take_occurrence(
            connection, account, payment_id, lease_seconds=runtime.engine.lease_seconds
        )
        if kind is not None:
            await audit_log.tell(connection, runtime.clock.now(), note)
    if kind == CHARGES.name:
        await due_payments.settle_taken(CHARGES, runtime, account, now, payment_id, outcome)
    elif kind == TRANSFERS.name:
        await due_payments.settle_taken(TRANSFERS, runtime, account, now, payment_id, outcome)
    return kind is not None


async def _settle_single(unit: Unit, lease_seconds: float, payment_id: str, outcome: Outcome) -> bool:
    token = await store.take_charge(unit.connection, unit.account, payment_id, lease_seconds=lease_seconds)
    if token is not None:
        return await charges.settle(unit, payment_id, token, outcome) is not None
    token = await store.take_transfer(unit.connection, unit.account, payment_id, lease_seconds=lease_seconds)
    return token is not None and await transfers.settle(unit, payment_id, token, outcome) is not None
