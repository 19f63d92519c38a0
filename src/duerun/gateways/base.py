"""The port of everything that moves money.

A gateway takes whole batches, so that one that can work in bulk does, and one that cannot fans out by itself.
It never raises for what happened to a payment: each request gets an outcome, `UNKNOWN` when nobody can tell yet.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Protocol, runtime_checkable

# A call begins within this part of the time that it may take, or not at all.
LEAVES_IN_A_CALL = 4


class OutcomeKind(StrEnum):
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a gateway says of one key. `code` and `message` tell why it refused; `is_conflict` that it knows another
    request under the key, which is no refusal but an alarm.

    `amount_minor` is told where the question left it open. `contradicts`: it knows the key, and does not agree with us,
    which is an outcome as unknown as any. `not_taken`: unknown as long as somebody wants proof, but the request was not
    begun, or turned away for being one too many.
    """

    kind: OutcomeKind
    code: str | None = None
    message: str | None = None
    amount_minor: int | None = None
    is_conflict: bool = field(default=False, compare=False)
    contradicts: bool = field(default=False, compare=False)
    not_taken: bool = field(default=False, compare=False)


SUCCEEDED = Outcome(OutcomeKind.SUCCEEDED)
UNKNOWN = Outcome(OutcomeKind.UNKNOWN)
NOT_TAKEN = Outcome(OutcomeKind.UNKNOWN, not_taken=True)
CONFLICT = Outcome(OutcomeKind.UNKNOWN, is_conflict=True)
NOT_FOUND = Outcome(OutcomeKind.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """One effect that is asked for, under its idempotency key.

    `target` is the gateway's own reference of the card, or the bank account of the recipient; `party` is the customer
    or the recipient; `subject` and `attempt` say which payment this is a try at (a schedule and its date, or a payment
    made by hand, whose subject is its key); `sends` counts how often this key was sent; `card_expired` tells that the
    month printed on the card has passed, which a gateway may know better. The rest is settled by the key for good,
    `description` and `metadata` only where the gateway declares `keeps_requests`.
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
    party: str | None = None
    description: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)

    @property
    def told_attempt(self) -> int:
        """The number of the try as it is told: a payment by hand is its own subject and has one."""
        return 0 if self.subject == self.key else self.attempt

    def digest(self, kind: str) -> bytes:
        """SHA-256 of all that a key stands for: the same key with another digest must never be sent."""
        told = (
            kind,
            self.key,
            self.account,
            self.livemode,
            self.amount_minor,
            self.currency,
            self.target,
            self.subject,
            self.told_attempt,
            self.party,
            self.description,
            self.metadata,
        )
        return sha256(json.dumps(told, sort_keys=True).encode()).digest()


class Question(Protocol):
    """What became of a key: it counts as the effect that was asked for only with this amount and currency.

    Without an amount any counts, and the answer tells it.
    """

    @property
    def key(self) -> str: ...

    @property
    def amount_minor(self) -> int | None: ...

    @property
    def currency(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a key, where the request itself is not at hand."""

    key: str
    amount_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a gateway says of itself; it decides what may follow an unknown outcome.

    `supports_key`: a second send under the same key has no second effect, for `key_window_seconds` behind the first
    one (None is for good). `lookup_by_reference`: it can be asked what became of a key. `max_processing_seconds`: how
    long behind the last send "not found" proves nothing. `call_seconds_max`: how long a call with a batch takes at
    most, and `batch_rows_max` how many requests it takes; `wave_rows` of them are under way at once, None for all of
    them. `ask_again_seconds`: the wait before the first question.
    `keeps_requests`: it is told descriptions and metadata, which are kept with the intent. `lists_effects`: it may be
    asked for the list of its effects (`ListsEffects`).
    `is_outside`: its ledger is not in our database, so that a copy of that would move money again.
    """

    supports_key: bool = True
    key_window_seconds: float | None = None
    lookup_by_reference: bool = True
    max_processing_seconds: float = 0.0
    call_seconds_max: float = 0.0
    batch_rows_max: int | None = None
    wave_rows: int | None = None
    ask_again_seconds: float = 0.0
    keeps_requests: bool = False
    lists_effects: bool = False
    is_outside: bool = True

    @property
    def leave_seconds_max(self) -> float:
        """How long behind its intent a call may begin at the latest."""
        return self.call_seconds_max / LEAVES_IN_A_CALL

    @property
    def proof_seconds(self) -> float:
        """Behind the intent: its last byte may leave as late as a call that began at the latest moment ends."""
        return self.max_processing_seconds + self.leave_seconds_max + self.call_seconds_max

    def may_send_again(self, sent_seconds_ago: float, first_sent_seconds_ago: float | None = None) -> bool:
        """Whether what was not found this long behind its last send never arrived, and the same key may be sent."""
        first = sent_seconds_ago if first_sent_seconds_ago is None else first_sent_seconds_ago
        return self.lookup_by_reference and self._keeps(first) and sent_seconds_ago >= self.proof_seconds

    def may_repeat(self, first_sent_seconds_ago: float) -> bool:
        """Whether the same key may be sent although it may have arrived: for a gateway that cannot be asked and has no
        second effect under a key that it still knows."""
        return not self.lookup_by_reference and self.supports_key and self._keeps(first_sent_seconds_ago)

    def may_follow(self, first_sent_seconds_ago: float) -> bool:
        """Whether what was not taken on may be sent under its key again without a question: it can do no harm even if
        a copy of the request was."""
        return self.supports_key and self._keeps(first_sent_seconds_ago)

    def _keeps(self, first_sent_seconds_ago: float) -> bool:
        """Whether the key is still known when the last byte of another send arrives."""
        window = self.key_window_seconds
        call_seconds = self.leave_seconds_max + self.call_seconds_max
        return window is None or first_sent_seconds_ago + call_seconds < window


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
    """Who moves money, and what it declares of itself."""

    name: str

    @property
    def declared(self) -> Declaration: ...

    async def tokenize(self, card: CardDetails, *, account: str) -> Tokenized: ...

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]: ...

    async def transfer(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]: ...

    async def lookup(self, questions: Sequence[Question]) -> Sequence[Outcome]: ...


@dataclass(frozen=True, slots=True)
class Effect:
    """One charge or transfer in a gateway's own ledger. `kind` is charge or transfer, `at` its moment in UTC."""

    id: str
    key: str
    reference: str
    kind: str
    amount_minor: int
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EffectsPage:
    """A part of the list, and the cursor of the next one; None behind the last."""

    effects: tuple[Effect, ...]
    next_cursor: str | None


class EffectsNotOfferedError(Exception):
    """The gateway has no list of its effects."""


class EffectsUnavailableError(Exception):
    """The list cannot be had now; the text tells why, and quotes nothing."""


@runtime_checkable
class Rests(Protocol):
    """A gateway that can be asked to be left alone for a while."""

    def rest_seconds(self) -> float:
        """How long from now nothing is to be sent."""
        ...


@runtime_checkable
class ListsEffects(Protocol):
    """What a gateway can do that declares `lists_effects`."""

    async def list_effects(self, since: datetime, cursor: str | None = None) -> EffectsPage:
        """The effects since a moment, in any order, page by page.

        Raises `EffectsNotOfferedError` or `EffectsUnavailableError`.
        """
        ...
