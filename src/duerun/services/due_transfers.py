"""What a due transfer is made of: a share of the balance that is held with the intent, and debits in the book."""

from collections.abc import Sequence
from datetime import datetime

from duerun import ids
from duerun.domain.accounts import Account
from duerun.domain.currencies import LIMITS
from duerun.domain.money import percent_floor
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.parties import Recipient
from duerun.domain.retries import INSUFFICIENT_BALANCE
from duerun.domain.transfers import (
    Transfer,
    payout_target,
    recipient_obstacle,
    sent_transfer,
    target_changed,
    target_digest,
    transaction_of,
)
from duerun.gateways.base import Outcome, OutcomeKind
from duerun.services.payment_kinds import Claim, PaymentKind
from duerun.services.settling import Ended
from duerun.services.unit import Unit
from duerun.storage import money
from duerun.storage import occurrences as store
from duerun.storage import transfers as transfer_store
from duerun.storage.occurrences import DueTransfer, Intent


class Transfers(PaymentKind[DueTransfer, Transfer]):
    """Transfers to recipients. A refusal makes no transfer."""

    name = "transfer"
    refused = "transfer could not be sent"

    async def load(self, unit: Unit, found: Sequence[str]) -> list[DueTransfer]:
        return await store.due_transfers(unit.connection, unit.account, found)

    async def reserve(
        self, unit: Unit, ready: Sequence[DueTransfer]
    ) -> tuple[list[Claim[DueTransfer]], list[Ended]]:
        balance = await money.balance(unit.connection, unit.account, unit.now, lock=True)
        claims, failed = _share(unit.account, ready, balance.transferable_minor)
        if claims:
            await money.hold(unit.connection, unit.account, sum(claim.amount_minor for claim in claims))
        return claims, failed

    def intended_minor(self, due: DueTransfer) -> int:
        return due.amount_minor or 0

    def expected_minor(self, due: DueTransfer) -> int | None:
        return due.fixed_minor

    async def hold(self, unit: Unit, claims: Sequence[Claim[DueTransfer]]) -> None:
        await money.hold(unit.connection, unit.account, sum(claim.amount_minor for claim in claims))

    def intent(self, claim: Claim[DueTransfer]) -> Intent:
        due = claim.due
        return Intent(due.id, due.token, claim.amount_minor, None, target_digest(due.recipient))

    def target(self, due: DueTransfer) -> str:
        return payout_target(due.recipient)

    def party(self, due: DueTransfer) -> str:
        return due.recipient.id

    def stale(self, due: DueTransfer) -> bool:
        """Whether the recipient may no longer be paid, or its bank account is not the one of the intent."""
        return recipient_obstacle(due.recipient) is not None or target_changed(
            due.recipient, due.target_digest
        )

    def results(
        self, account: Account, now: datetime, answered: Sequence[tuple[Claim[DueTransfer], Outcome]]
    ) -> list[Transfer | None]:
        transfer_ids = ids.new_ids("trsf", len(answered), livemode=account.livemode, now=now)
        transaction_ids = ids.new_ids("trxn", len(answered), livemode=account.livemode, now=now)
        return [
            sent_transfer(
                transfer_id=transfer_id,
                account=account,
                recipient=claim.due.recipient,
                amount_minor=claim.amount_minor,
                transaction_id=transaction_id,
                schedule_id=claim.due.schedule_id,
                now=now,
            )
            if outcome.kind is OutcomeKind.SUCCEEDED
            else None
            for (claim, outcome), transfer_id, transaction_id in zip(
                answered, transfer_ids, transaction_ids, strict=True
            )
        ]

    async def write(self, unit: Unit, made: Sequence[tuple[Claim[DueTransfer], Transfer | None]]) -> None:
        pairs = [(claim.due.id, transfer) for claim, transfer in made if transfer is not None]
        transfers = [transfer for _, transfer in pairs]
        occurrence_ids = [occurrence_id for occurrence_id, _ in pairs]
        await transfer_store.insert_many(
            unit.connection, unit.account, transfers, occurrence_ids=occurrence_ids, now=unit.now
        )
        await unit.record_all(
            [(key, transfer) for transfer in transfers for key in ("transfer.create", "transfer.send")]
        )
        await self.give_back(unit, [claim for claim, _ in made])
        entries = [
            transaction_of(transfer, transfer.transaction_id, unit.now)
            for transfer in transfers
            if transfer.transaction_id
        ]
        await money.book(unit.connection, unit.account, entries)

    async def give_back(self, unit: Unit, claims: Sequence[Claim[DueTransfer]]) -> None:
        await money.release(unit.connection, unit.account, sum(claim.amount_minor for claim in claims))


TRANSFERS = Transfers()


def _share(
    account: Account, ready: Sequence[DueTransfer], transferable_minor: int
) -> tuple[list[Claim[DueTransfer]], list[Ended]]:
    """Who gets how much of the balance, first come first served, and who cannot be paid."""
    claims: list[Claim[DueTransfer]] = []
    failed: list[Ended] = []
    for each in ready:
        amount_minor = _amount(each, transferable_minor, LIMITS[account.country].transfer_max)
        obstacle = _obstacle(account, each.recipient, amount_minor, transferable_minor)
        if obstacle is None:
            claims.append(Claim(each, amount_minor))
            transferable_minor -= amount_minor
        else:
            failed.append(Ended(each, each.token, OccurrenceState.FAILED, obstacle))
    return claims, failed


def _amount(due: DueTransfer, transferable_minor: int, amount_max: int) -> int:
    if due.fixed_minor is not None:
        return due.fixed_minor
    if due.percentage is not None:
        return min(percent_floor(max(transferable_minor, 0), due.percentage), amount_max)
    return min(transferable_minor, amount_max)


def _obstacle(
    account: Account, recipient: Recipient, amount_minor: int, transferable_minor: int
) -> str | None:
    obstacle = recipient_obstacle(recipient)
    if obstacle is not None:
        return obstacle
    limits = LIMITS[account.country]
    too_small = amount_minor > transferable_minor or amount_minor < limits.transfer_min
    return INSUFFICIENT_BALANCE if too_small else None
