"""The sandbox gateway: behaves by the documented test cards and keeps a ledger of its own.

Source of the numbers: the wire specification, 15.1. Its ledger is the judge of "once": each effect stands there
under its idempotency key, whatever Duerun's own tables say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from duerun.domain.errors import RejectedError
from duerun.gateways.base import (
    NOT_FOUND,
    SUCCEEDED,
    UNKNOWN,
    CardDetails,
    Declaration,
    Outcome,
    OutcomeKind,
    PaymentRequest,
    Question,
    Tokenized,
)

MESSAGES = {
    "insufficient_fund": "insufficient funds in the account or the card has reached the credit limit",
    "failed_fraud_check": "failed fraud check",
    "stolen_or_lost_card": "stolen or lost card",
    "failed_processing": "processing failed",
    "payment_rejected": "payment rejected",
    "invalid_security_code": "invalid security code",
    "invalid_account_number": "invalid account number",
    "expired_card": "card is expired",
}

# What a card does, by its number. `first:N` refuses the first N attempts at a date, then succeeds.
EFFECTS: dict[str, tuple[str, ...]] = {
    "successful": (
        "4242424242424242", "4111111111111111", "5555555555554444", "5454545454545454", "3530111333300000",
        "3566111111111113", "378282246310005", "6447032400000000001", "36021042000004", "6250947000000006",
    ),
    "insufficient_fund": ("4111111111140011", "5555551111110011", "3530111111190011", "6250947000000014"),
    "stolen_or_lost_card": ("4111111111130012", "5555551111100012", "3530111111180012", "6250947000000022"),
    "failed_processing": (
        "4111111111120013", "5555551111190013", "3530111111170013", "377138160000009", "6447032400001111005",
        "36021042111108", "6250947000000030",
    ),
    "payment_rejected": (
        "4111111111110014", "5555551111180014", "3530111111160014", "4111111111150002", "5555551111120002",
        "3530111111100002", "4111111111140003", "5555551111110003", "3530111111190003",
    ),
    "failed_fraud_check": ("4111111111190016", "5555551111160016", "3530111111140016"),
    "invalid_account_number": ("4111111111180017", "5555551111150017", "3530111111130017"),
    "invalid_security_code": ("4111111111160001", "5555551111130001", "3530111111110001"),
    "first:1": ("4111111111170091",),
    "first:2": ("4111111111160092",),
    "answer_lost": ("4111111111150093",),
    "request_lost": ("4111111111140094",),
    "expired_card": ("4111111111130095",),
}  # fmt: skip
EFFECT_OF = {number: effect for effect, numbers in EFFECTS.items() for number in numbers}
BRANDS = (
    ("4", "Visa"), ("34", "American Express"), ("37", "American Express"), ("35", "JCB"), ("36", "Diners Club"),
    ("644", "Discover"), ("62", "UnionPay"), ("5", "MasterCard"),
)  # fmt: skip
BANK = "Duerun Sandbox Bank"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One decision of the sandbox: what it did, or why it refused, under its key."""

    key: str
    kind: str
    account: str
    livemode: bool
    amount_minor: int
    currency: str
    target: str
    outcome: str
    code: str | None


class Ledger(Protocol):
    """The sandbox's own durable book."""

    async def record(self, entries: Sequence[LedgerEntry]) -> Sequence[LedgerEntry]:
        """Write the entries whose key is new and answer, for each, the entry that stands under its key."""
        ...

    async def find(self, keys: Sequence[str]) -> dict[str, LedgerEntry]:
        """The entries that stand under these keys."""
        ...


class SandboxGateway:
    """A gateway for tests and practice: no money moves, everything else is real."""

    name = "sandbox"
    declared = Declaration(is_outside=False)

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def tokenize(self, card: CardDetails, *, account: str) -> Tokenized:
        """The facts of a test card; raises `invalid_card` for any other number."""
        effect = EFFECT_OF.get(card.number)
        if effect is None:
            raise RejectedError("number is not a test card", code="invalid_card")
        digest = sha256(f"{account}|{card.number}".encode()).hexdigest()
        return Tokenized(
            reference=f"sandbox:{effect}:{digest[:16]}",
            brand=next(brand for prefix, brand in BRANDS if card.number.startswith(prefix)),
            bank=BANK,
            country="th",
            financing="credit",
            first_digits=card.number[:6],
            last_digits=card.number[-4:],
            fingerprint=digest[16:48],
            security_code_check=effect != "invalid_security_code",
        )

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        """Decide each request by its card; what is decided once stays so for its key."""
        arrived = [request for request in requests if not _is_lost_on_the_way(request)]
        entries = await self._ledger.record([_decide(request) for request in arrived])
        standing = {entry.key: entry for entry in entries}
        return [_answer(request, standing.get(request.key)) for request in requests]

    async def transfer(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        """Every payout of the sandbox arrives."""
        entries = await self._ledger.record([_entry(request, "transfer", None) for request in requests])
        standing = {entry.key: entry for entry in entries}
        return [_outcome(standing[request.key]) for request in requests]

    async def lookup(self, questions: Sequence[Question]) -> Sequence[Outcome]:
        """What stands in the ledger under each key."""
        found = await self._ledger.find([question.key for question in questions])
        return [_told(each, found.get(each.key)) for each in questions]


def _effect(request: PaymentRequest) -> str:
    return request.target.split(":", 1)[1].rsplit(":", 1)[0]


def _is_lost_on_the_way(request: PaymentRequest) -> bool:
    return _effect(request) == "request_lost" and request.sends == 1


def _decide(request: PaymentRequest) -> LedgerEntry:
    effect = _effect(request)
    if effect.startswith("first:"):
        code = "insufficient_fund" if request.attempt < int(effect[6:]) else None
    else:
        code = effect if effect in MESSAGES else None
    if code is None and request.card_expired:
        code = "expired_card"
    return _entry(request, "charge", code)


def _entry(request: PaymentRequest, kind: str, code: str | None) -> LedgerEntry:
    return LedgerEntry(
        request.key,
        kind,
        request.account,
        request.livemode,
        request.amount_minor,
        request.currency,
        request.target,
        "refused" if code else "succeeded",
        code,
    )


def _answer(request: PaymentRequest, entry: LedgerEntry | None) -> Outcome:
    if entry is None or (_effect(request) == "answer_lost" and request.sends == 1):
        return UNKNOWN
    return _outcome(entry)


def _told(question: Question, entry: LedgerEntry | None) -> Outcome:
    if entry is None:
        return NOT_FOUND
    outcome = _outcome(entry)
    return replace(outcome, amount_minor=entry.amount_minor) if question.amount_minor is None else outcome


def _outcome(entry: LedgerEntry) -> Outcome:
    if entry.outcome == "succeeded":
        return SUCCEEDED
    return Outcome(OutcomeKind.REFUSED, entry.code, MESSAGES.get(entry.code or "", "refused"))
