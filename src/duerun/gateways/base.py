"""The port of everything that moves money.

A gateway takes whole batches, so that one that can work in bulk does, and one that cannot fans out by itself.
It never raises for what happened to a payment: each request gets an outcome, `UNKNOWN` when nobody can tell yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class OutcomeKind(StrEnum):
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a gateway says of one key. `code` and `message` tell why it refused."""

    kind: OutcomeKind
    code: str | None = None
    message: str | None = None


SUCCEEDED = Outcome(OutcomeKind.SUCCEEDED)
UNKNOWN = Outcome(OutcomeKind.UNKNOWN)
NOT_FOUND = Outcome(OutcomeKind.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """One effect that is asked for, under its idempotency key.

    `target` is the gateway's own reference of the card, or the bank account of the recipient; `subject` and
    `attempt` say which payment this is a try at (a card and its date); `sends` counts how often this key was sent;
    `card_expired` tells that the month printed on the card has passed, which a gateway may know better.
    """

    key: str
    account: str
    livemode: bool
    amount_minor: int
    currency: str
    target: str
    subject: str
    attempt: int = 0
    sends: int = 1
    card_expired: bool = False


@dataclass(frozen=True, slots=True)
class CardDetails:
    """A card number as it arrives. It is passed to the gateway and dropped: nothing of ours keeps it."""

    name: str
    number: str = field(repr=False)
    expiration_month: int
    expiration_year: int
    security_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Tokenized:
    """What may be kept of a card: its public facts and the gateway's own reference."""

    reference: str
    brand: str
    bank: str
    country: str
    financing: str
    first_digits: str
    last_digits: str
    fingerprint: str
    security_code_check: bool


class Gateway(Protocol):
    """Who moves money. `ask_after_seconds`: how long "not found" proves nothing after a send."""

    name: str
    ask_after_seconds: float

    async def tokenize(self, card: CardDetails, *, account: str) -> Tokenized: ...

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]: ...

    async def transfer(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]: ...

    async def lookup(self, keys: Sequence[str]) -> Sequence[Outcome]: ...
