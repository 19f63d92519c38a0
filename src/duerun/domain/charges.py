"""Charges and refunds: values, fees and the arrows between their states."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from duerun.domain.accounts import Account, Fees
from duerun.domain.errors import RejectedError
from duerun.domain.events import Transaction
from duerun.domain.money import percent_half_up
from duerun.domain.parties import Card

UNCAPTURED_DAYS = {"JP": 30}
UNCAPTURED_DAYS_DEFAULT = 7
REFUNDS_MAX = 14
REFUND_DAYS_MAX = 365
AUTHORIZATION_TYPES = ("pre_auth", "final_auth")
NO_FEES = Fees()


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
class Refusal:
    """Why a gateway declined: a code of the wire specification, 7.4, and its text."""

    code: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge of a card. Amounts in the smallest unit of `currency`.

    `settles_at` is the moment from which the captured money may leave; `fees` are the account's rates.
    """

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
    settles_at: datetime | None = None
    funding_currency: str = ""
    fees: Fees = NO_FEES
    refunds: "tuple[Refund, ...]" = ()

    @property
    def net_minor(self) -> int:
        return self.captured_minor - self.fee_minor - self.fee_vat_minor

    @property
    def capturable(self) -> bool:
        return self.status is ChargeStatus.PENDING and self.authorized_at is not None and self.paid_at is None

    @property
    def refundable_minor(self) -> int:
        """What was captured and not yet given back."""
        return self.captured_minor - self.refunded_minor

    def refundable(self, now: datetime) -> bool:
        """Whether money may still be given back at `now`."""
        return self.paid_at is not None and self.refundable_minor > 0 and now <= _last_refund_at(self.paid_at)

    def voidable(self, now: datetime) -> bool:
        """Whether a whole refund at `now` undoes the charge before its money is settled."""
        unsettled = self.settles_at is not None and now < self.settles_at
        return unsettled and self.refunded_minor == 0 and self.captured_minor > 0


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
    funding_currency: str = ""


def fees_of(amount_minor: int, fees: Fees) -> tuple[int, int]:
    """Fee and VAT on the fee for a captured amount, each rounded half up."""
    fee = percent_half_up(amount_minor, fees.charge_rate)
    return fee, percent_half_up(fee, fees.vat_rate)


def expires_at(created_at: datetime, country: str) -> datetime:
    """When an authorisation that was not captured lapses."""
    return created_at + timedelta(days=UNCAPTURED_DAYS.get(country, UNCAPTURED_DAYS_DEFAULT))


def settled_charge(
    account: Account,
    *,
    charge_id: str,
    amount_minor: int,
    currency: str,
    card: Card | None,
    transaction_id: str,
    now: datetime,
    refusal: Refusal | None = None,
    capture: bool = True,
    customer_id: str | None = None,
    schedule_id: str | None = None,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
) -> Charge:
    """A charge of `now` whose outcome is known: captured, authorised (`capture` false) or refused."""
    charge = Charge(
        id=charge_id,
        livemode=account.livemode,
        amount_minor=amount_minor,
        currency=currency,
        status=ChargeStatus.PENDING,
        capture=capture,
        expires_at=expires_at(now, account.country),
        created_at=now,
        card=card,
        customer_id=customer_id,
        schedule_id=schedule_id,
        description=description,
        metadata=metadata or {},
        funding_currency=account.currency,
        fees=account.fees,
    )
    return settle(charge, account, refusal, transaction_id=transaction_id, now=now)


def settle(
    charge: Charge, account: Account, refusal: Refusal | None, *, transaction_id: str, now: datetime
) -> Charge:
    """A pending charge with the gateway's answer; `transaction_id` is taken only when money was captured."""
    if refusal is not None:
        return replace(
            charge,
            status=apply(charge.status, ChargeEvent.FAIL),
            gateway_state="settled",
            authorized_at=None,
            failure_code=refusal.code,
            failure_message=refusal.message,
        )
    if not charge.capture:
        return replace(charge, gateway_state="settled", authorized_at=now)
    return captured(charge, account, amount_minor=charge.amount_minor, transaction_id=transaction_id, now=now)


def captured(
    charge: Charge, account: Account, *, amount_minor: int, transaction_id: str, now: datetime
) -> Charge:
    """The charge once `amount_minor` of it is taken; the fees follow what is taken."""
    fee, vat = fees_of(amount_minor, account.fees)
    return replace(
        charge,
        status=apply(charge.status, ChargeEvent.SUCCEED),
        gateway_state="settled",
        authorized_at=charge.authorized_at or now,
        paid_at=now,
        captured_minor=amount_minor,
        fee_minor=fee,
        fee_vat_minor=vat,
        transaction_id=transaction_id,
        settles_at=now + timedelta(days=account.settlement_days),
    )


def transaction_of(charge: Charge, account: Account, transaction_id: str) -> Transaction:
    """The credit of a captured charge: its net amount, to leave once it is settled."""
    if charge.paid_at is None or charge.settles_at is None:
        raise RejectedError(f"charge {charge.id} was not captured")
    return Transaction(
        id=transaction_id,
        livemode=charge.livemode,
        direction="credit",
        key="charge.captured.net",
        origin_id=charge.id,
        amount_minor=charge.net_minor,
        currency=account.currency,
        transferable_at=charge.settles_at,
        created_at=charge.paid_at,
    )


def capture_amount(charge: Charge, asked_minor: int | None, now: datetime) -> int:
    """The amount to capture: all of it, or less of a pre-authorisation.

    Raises `failed_capture`, or `expired_charge` once the authorisation has lapsed.
    """
    if charge.status is ChargeStatus.EXPIRED or (charge.capturable and now >= charge.expires_at):
        raise RejectedError("charge expired", code="expired_charge")
    if charge.paid_at is not None:
        raise RejectedError("charge was already captured", code="failed_capture")
    if not charge.capturable:
        raise RejectedError("charge is not capturable", code="failed_capture")
    amount = charge.amount_minor if asked_minor is None else asked_minor
    if not 1 <= amount <= charge.amount_minor:
        unit = f"({charge.currency.lower()} subunits)"
        message = f"capture_amount must be between 1 and {charge.amount_minor} {unit}"
        raise RejectedError(message, code="failed_capture")
    if amount < charge.amount_minor and charge.authorization_type != "pre_auth":
        raise RejectedError("capture_amount needs a charge of the type pre_auth", code="failed_capture")
    return amount


def reversed_charge(charge: Charge, now: datetime) -> Charge:
    """The charge without its authorisation; raises `failed_reverse` where there is none to give up."""
    if not charge.capturable:
        message = "only uncaptured authorized charges can be reversed"
        raise RejectedError(message, code="failed_reverse")
    return replace(charge, status=apply(charge.status, ChargeEvent.REVERSE), reversed_at=now)


def expired_charge(charge: Charge, now: datetime) -> Charge:
    """The charge once its authorisation has lapsed; raises `failed_expire` where there is none."""
    if not charge.capturable:
        raise RejectedError("expire failed", code="failed_expire")
    return replace(charge, status=apply(charge.status, ChargeEvent.EXPIRE), expired_at=now)


def refund_of(
    charge: Charge,
    *,
    refund_id: str,
    transaction_id: str,
    amount_minor: int,
    void: bool,
    metadata: dict[str, str],
    now: datetime,
) -> Refund:
    """A refund by the rules of the wire specification, 7.5; raises `failed_refund`.

    `void` asks for one that undoes the charge; a whole refund before settlement is one anyway.
    """
    _check_refund(charge, amount_minor, now)
    voided = amount_minor == charge.captured_minor and charge.voidable(now)
    if void and not voided:
        raise _failed_refund("charge cannot be voided")
    return Refund(
        id=refund_id,
        livemode=charge.livemode,
        charge_id=charge.id,
        amount_minor=amount_minor,
        currency=charge.currency,
        voided=voided,
        transaction_id=transaction_id,
        created_at=now,
        metadata=metadata,
        funding_currency=charge.funding_currency,
    )


def refund_transaction(charge: Charge, refund: Refund) -> Transaction:
    """The debit of a refund: its amount, or, for a void, the net amount that the charge had brought.

    It is taken from money that is still to be settled, as long as there is such.
    """
    return Transaction(
        id=refund.transaction_id,
        livemode=refund.livemode,
        direction="debit",
        key="refund.debit",
        origin_id=refund.id,
        amount_minor=charge.net_minor if refund.voided else refund.amount_minor,
        currency=charge.funding_currency,
        transferable_at=max(refund.created_at, charge.settles_at or refund.created_at),
        created_at=refund.created_at,
    )


def _check_refund(charge: Charge, amount_minor: int, now: datetime) -> None:
    if charge.paid_at is None:
        raise _failed_refund("charge was not captured")
    if amount_minor < 1:
        raise _failed_refund("amount must be greater than or equal to 1")
    if amount_minor > charge.refundable_minor:
        raise _failed_refund("amount is greater than the refundable amount")
    if len(charge.refunds) >= REFUNDS_MAX:
        raise _failed_refund(f"charge was already refunded {REFUNDS_MAX} times")
    if now > _last_refund_at(charge.paid_at):
        raise _failed_refund(f"charge was captured more than {REFUND_DAYS_MAX} days ago")


def _failed_refund(message: str) -> RejectedError:
    return RejectedError(message, code="failed_refund")


def _last_refund_at(captured_at: datetime) -> datetime:
    return captured_at + timedelta(days=REFUND_DAYS_MAX)
