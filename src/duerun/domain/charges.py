"""Charges and refunds: values, fees and the arrows between their states."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from duerun.domain.accounts import Fees
from duerun.domain.errors import RejectedError
from duerun.domain.money import percent_half_up
from duerun.domain.parties import Card

UNCAPTURED_DAYS = {"JP": 30}
UNCAPTURED_DAYS_DEFAULT = 7
REFUNDS_MAX = 14
REFUND_DAYS_MAX = 365


class ChargeStatus(StrEnum):
    """The words of the wire are the words of the trade here (source: the wire specification, 7.2)."""

    PENDING = "pending"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    EXPIRED = "expired"
    REVERSED = "reversed"


class ChargeEvent(StrEnum):
    SUCCEED = "succeed"
    FAIL = "fail"
    EXPIRE = "expire"
    REVERSE = "reverse"


ARROWS = {
    (ChargeStatus.PENDING, ChargeEvent.SUCCEED): ChargeStatus.SUCCESSFUL,
    (ChargeStatus.PENDING, ChargeEvent.FAIL): ChargeStatus.FAILED,
    (ChargeStatus.PENDING, ChargeEvent.EXPIRE): ChargeStatus.EXPIRED,
    (ChargeStatus.PENDING, ChargeEvent.REVERSE): ChargeStatus.REVERSED,
}


def apply(status: ChargeStatus, event: ChargeEvent) -> ChargeStatus:
    """The next status; raises `RejectedError` where no arrow leads."""
    try:
        return ARROWS[status, event]
    except KeyError:
        raise RejectedError(f"a charge that is {status} cannot {event}") from None


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge of a card. Amounts in the smallest unit of `currency`."""

    id: str
    livemode: bool
    amount_minor: int
    currency: str
    status: ChargeStatus
    capture: bool
    expires_at: datetime
    created_at: datetime
    card: Card | None
    authorization_type: str | None = None
    authorized_at: datetime | None = None
    paid_at: datetime | None = None
    expired_at: datetime | None = None
    reversed_at: datetime | None = None
    captured_minor: int = 0
    refunded_minor: int = 0
    fee_minor: int = 0
    fee_vat_minor: int = 0
    failure_code: str | None = None
    failure_message: str | None = None
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    return_uri: str | None = None
    ip: str | None = None
    transaction_id: str | None = None
    customer_id: str | None = None
    schedule_id: str | None = None
    gateway_state: str = "settled"
    refunds: "tuple[Refund, ...]" = ()

    @property
    def net_minor(self) -> int:
        return self.captured_minor - self.fee_minor - self.fee_vat_minor

    @property
    def capturable(self) -> bool:
        return self.status is ChargeStatus.PENDING and self.authorized_at is not None and self.paid_at is None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back from a captured charge; voided when it is whole and before settlement."""

    id: str
    livemode: bool
    charge_id: str
    amount_minor: int
    currency: str
    voided: bool
    transaction_id: str
    created_at: datetime
    metadata: dict[str, str] = field(default_factory=dict)


def fees_of(amount_minor: int, fees: Fees) -> tuple[int, int]:
    """Fee and VAT on the fee for a captured amount, each rounded half up."""
    fee = percent_half_up(amount_minor, fees.charge_rate)
    return fee, percent_half_up(fee, fees.vat_rate)


def expires_at(created_at: datetime, country: str) -> datetime:
    """When an authorisation that was not captured lapses."""
    return created_at + timedelta(days=UNCAPTURED_DAYS.get(country, UNCAPTURED_DAYS_DEFAULT))
