"""Transfers to recipients: values, and what makes one sendable."""

from dataclasses import dataclass, field
from datetime import datetime

from duerun.domain.parties import Recipient


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payout. `amount_minor` leaves the balance, `amount_minor - total_fee_minor` arrives."""

    id: str
    livemode: bool
    recipient: Recipient
    amount_minor: int
    currency: str
    fee_minor: int
    fee_vat_minor: int
    created_at: datetime
    fail_fast: bool = False
    idemp_key: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    sent_at: datetime | None = None
    paid_at: datetime | None = None
    failed_at: datetime | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    transaction_id: str | None = None
    schedule_id: str | None = None
    deleted_at: datetime | None = None
    gateway_state: str = "none"

    @property
    def total_fee_minor(self) -> int:
        return self.fee_minor + self.fee_vat_minor

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.total_fee_minor


def recipient_obstacle(*, verified: bool, active: bool, deleted: bool) -> str | None:
    """Why money cannot go to a recipient, in the words of its occurrence; None when it can."""
    if deleted:
        return "recipient was destroyed"
    if not verified:
        return "recipient is not verified"
    if not active:
        return "recipient is not active"
    return None
