"""Transfers to recipients: values, what makes one sendable, and what follows from its outcome."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b

from duerun.domain.accounts import Account
from duerun.domain.events import Transaction
from duerun.domain.parties import Recipient
from duerun.domain.retries import INSUFFICIENT_BALANCE

SENT_KEY = "transfer.sent.debit"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payout. `amount_minor` leaves the balance, `amount_minor - total_fee_minor` arrives.

    `sendable` is the answer of `blocked` at the moment at which the value was read; it is not kept.
    """

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
    sendable: bool = False

    @property
    def total_fee_minor(self) -> int:
        return self.fee_minor + self.fee_vat_minor

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.total_fee_minor

    @property
    def waiting(self) -> bool:
        """Whether nothing has been done with it yet: neither instructed, nor failed, nor destroyed."""
        return self.gateway_state == "none" and self.failed_at is None and self.deleted_at is None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a transfer cannot be sent: a code of the wire specification, 8.2, and a sentence."""

    code: str
    message: str


def recipient_obstacle(recipient: Recipient) -> str | None:
    """Why money cannot go to a recipient, in the words of its occurrence; None when it can."""
    if recipient.deleted_at is not None:
        return "recipient was destroyed"
    if recipient.verified_at is None:
        return "recipient is not verified"
    if recipient.activated_at is None:
        return "recipient is not active"
    return None


def obstacle(recipient: Recipient, amount_minor: int, transferable_minor: int) -> Obstacle | None:
    """Why an amount cannot go to a recipient out of what is transferable; None when it can."""
    message = recipient_obstacle(recipient)
    if message:
        return Obstacle("invalid_recipient", message)
    if amount_minor > transferable_minor:
        return Obstacle("insufficient_balance", INSUFFICIENT_BALANCE)
    return None


def weighed(transfer: Transfer, transferable_minor: int) -> Transfer:
    """The transfer with its `sendable` as of a balance."""
    found = obstacle(transfer.recipient, transfer.amount_minor, transferable_minor)
    return replace(transfer, sendable=transfer.waiting and found is None)


def new_transfer(
    *,
    transfer_id: str,
    account: Account,
    recipient: Recipient,
    amount_minor: int,
    now: datetime,
    fail_fast: bool = False,
    idemp_key: str | None = None,
    metadata: dict[str, str] | None = None,
    schedule_id: str | None = None,
) -> Transfer:
    """A transfer that waits to be sent, with the account's fees and currency."""
    return Transfer(
        id=transfer_id,
        livemode=account.livemode,
        recipient=recipient,
        amount_minor=amount_minor,
        currency=account.currency,
        fee_minor=account.fees.transfer_minor,
        fee_vat_minor=account.fees.transfer_vat_minor,
        created_at=now,
        fail_fast=fail_fast,
        idemp_key=idemp_key,
        metadata=metadata or {},
        schedule_id=schedule_id,
    )


def sent(transfer: Transfer, *, transaction_id: str, now: datetime) -> Transfer:
    """The transfer after its gateway took it."""
    return replace(
        transfer, sent_at=now, transaction_id=transaction_id, gateway_state="settled", sendable=False
    )


def failed(transfer: Transfer, reason: Obstacle, now: datetime) -> Transfer:
    """The transfer after it came to nothing."""
    return replace(
        transfer,
        failed_at=now,
        failure_code=reason.code,
        failure_message=reason.message,
        gateway_state="settled",
        sendable=False,
    )


def sent_transfer(
    *,
    transfer_id: str,
    account: Account,
    recipient: Recipient,
    amount_minor: int,
    transaction_id: str,
    schedule_id: str,
    now: datetime,
) -> Transfer:
    """The transfer that a due date has made, once its gateway took it."""
    made = new_transfer(
        transfer_id=transfer_id,
        account=account,
        recipient=recipient,
        amount_minor=amount_minor,
        now=now,
        schedule_id=schedule_id,
    )
    return sent(made, transaction_id=transaction_id, now=now)


def transaction_of(transfer: Transfer, transaction_id: str, now: datetime) -> Transaction:
    """The entry by which a sent transfer leaves the book."""
    return Transaction(
        id=transaction_id,
        livemode=transfer.livemode,
        direction="debit",
        key=SENT_KEY,
        origin_id=transfer.id,
        amount_minor=transfer.amount_minor,
        currency=transfer.currency,
        transferable_at=now,
        created_at=now,
    )


def payout_target(recipient: Recipient) -> str:
    """The bank account as a gateway is told it: `bank:bbl:1234567890`, with a branch `bank:0001-123:1234567`."""
    bank = recipient.bank_brand or recipient.bank_code or ""
    branch = f"-{recipient.branch_code}" if recipient.branch_code else ""
    return f"bank:{bank}{branch}:{recipient.bank_account_number}"


def target_digest(recipient: Recipient) -> bytes:
    """16 bytes that stand for the bank account: kept with an intent, so that it is seen when the account changes."""
    return blake2b(payout_target(recipient).encode(), digest_size=16).digest()


def target_changed(recipient: Recipient, intended: bytes | None) -> bool:
    """Whether the bank account is another one than the intent names; None is an intent from before digests."""
    return intended is not None and intended != target_digest(recipient)
