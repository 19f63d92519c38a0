"""What a due charge is made of: the card of the day, a charge for each answer, credits in the book."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from duerun import ids
from duerun.domain.accounts import Account
from duerun.domain.charges import Charge, Refusal, settled_charge, transaction_of
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.retries import NO_CARD_CODE
from duerun.gateways.base import Outcome, OutcomeKind
from duerun.services.payment_kinds import Claim, PaymentKind
from duerun.services.settling import Ended
from duerun.services.unit import Unit
from duerun.storage import charges as charge_store
from duerun.storage import money
from duerun.storage import occurrences as store
from duerun.storage.occurrences import DueCharge, Intent

NO_CARD = "customer has no card"


class Charges(PaymentKind[DueCharge, Charge]):
    """Charges of customers' cards. A refusal is a failed charge."""

    name = "charge"
    refused = "charge could not be captured"

    async def load(self, unit: Unit, found: Sequence[str]) -> list[DueCharge]:
        return await store.due_charges(unit.connection, unit.account, found)

    async def reserve(
        self, unit: Unit, ready: Sequence[DueCharge]
    ) -> tuple[list[Claim[DueCharge]], list[Ended]]:
        claims = [Claim(each, each.amount_minor) for each in ready if _payable(each)]
        failed = [
            Ended(each, each.token, OccurrenceState.FAILED, NO_CARD, code=NO_CARD_CODE)
            for each in ready
            if not _payable(each)
        ]
        return claims, failed

    def intended_minor(self, due: DueCharge) -> int:
        return due.amount_minor

    def expected_minor(self, due: DueCharge) -> int | None:
        return due.amount_minor

    def intent(self, claim: Claim[DueCharge]) -> Intent:
        due = claim.due
        return Intent(due.id, due.token, claim.amount_minor, due.card.id if due.card else None, None)

    def target(self, due: DueCharge) -> str:
        return due.card.gateway_reference if due.card else ""

    def party(self, due: DueCharge) -> str:
        return due.customer_id

    def card_expired(self, due: DueCharge, today: date) -> bool:
        return due.card is not None and due.card.expired(today)

    def told(self, due: DueCharge) -> tuple[str | None, Mapping[str, object]]:
        return due.description, due.metadata

    def stale(self, due: DueCharge) -> bool:
        """Never: the card stands in the intent, and the gateway itself refuses one that is gone."""
        return False

    def results(
        self, account: Account, now: datetime, answered: Sequence[tuple[Claim[DueCharge], Outcome]]
    ) -> list[Charge | None]:
        charge_ids = ids.new_ids("chrg", len(answered), livemode=account.livemode, now=now)
        transaction_ids = ids.new_ids("trxn", len(answered), livemode=account.livemode, now=now)
        return [
            _charge(account, now, claim.due, outcome, charge_id, transaction_id)
            for (claim, outcome), charge_id, transaction_id in zip(
                answered, charge_ids, transaction_ids, strict=True
            )
        ]

    async def write(self, unit: Unit, made: Sequence[tuple[Claim[DueCharge], Charge | None]]) -> None:
        pairs = [(claim.due.id, charge) for claim, charge in made if charge is not None]
        charges = [charge for _, charge in pairs]
        occurrence_ids = [occurrence_id for occurrence_id, _ in pairs]
        await charge_store.insert_many(
            unit.connection, unit.account, charges, occurrence_ids=occurrence_ids, now=unit.now
        )
        await unit.record_all([("charge.create", charge) for charge in charges])
        entries = [
            transaction_of(charge, unit.account, charge.transaction_id)
            for charge in charges
            if charge.transaction_id
        ]
        await money.book(unit.connection, unit.account, entries)

    async def give_back(self, unit: Unit, claims: Sequence[Claim[DueCharge]]) -> None:
        """Nothing was held."""


CHARGES = Charges()


def _payable(due: DueCharge) -> bool:
    return due.card is not None and due.card.deleted_at is None and not due.customer_deleted


def _charge(
    account: Account, now: datetime, due: DueCharge, outcome: Outcome, charge_id: str, transaction_id: str
) -> Charge:
    return settled_charge(
        account,
        charge_id=charge_id,
        amount_minor=due.amount_minor,
        currency=due.currency,
        card=due.card,
        transaction_id=transaction_id,
        now=now,
        refusal=_refusal(outcome),
        capture=due.capture,
        customer_id=due.customer_id,
        schedule_id=due.schedule_id,
        description=due.description,
        metadata=due.metadata,
    )


def _refusal(outcome: Outcome) -> Refusal | None:
    return Refusal(outcome.code, outcome.message) if outcome.kind is OutcomeKind.REFUSED else None
