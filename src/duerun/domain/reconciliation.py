"""How an effect in a gateway's ledger agrees with what we asked for. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """How a gateway's ledger and ours differ.

    `duplicate`: a second effect under a key, or for a payment that has one. `unknown`: an effect that we never asked
    for. `wrong_amount`: of another amount, currency or kind. `not_paid_here`: for what counts as refused or withdrawn
    here. `missing`: what counts as paid here is not in the list.
    """

    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    WRONG_AMOUNT = "wrong_amount"
    NOT_PAID_HERE = "not_paid_here"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Told:
    """An effect as the gateway tells it."""

    id: str
    key: str
    reference: str
    kind: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Ours:
    """What we asked for under the key. `effect_id` is the first effect that was seen for it."""

    kind: str
    amount_minor: int
    currency: str
    effect_id: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Sibling:
    """The first effect of a key of ours with the same reference."""

    key: str
    effect_id: str


NOT_PAID = ("failed", "cancelled", "skipped")


def findings(told: Told, ours: Ours | None, siblings: tuple[Sibling, ...]) -> list[FindingKind]:
    """What is wrong with one effect; nothing for an effect that is as it should be, or of an open payment."""
    others = [each for each in siblings if each.key != told.key]
    if ours is None:
        return [FindingKind.DUPLICATE if others else FindingKind.UNKNOWN]
    found = []
    if ours.effect_id not in (None, told.id) or others:
        found.append(FindingKind.DUPLICATE)
    if (told.kind, told.amount_minor, told.currency) != (ours.kind, ours.amount_minor, ours.currency):
        found.append(FindingKind.WRONG_AMOUNT)
    if ours.state in NOT_PAID:
        found.append(FindingKind.NOT_PAID_HERE)
    return found
