"""Events: what happened to which object, with the object as it was then."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """`data` is JSON text in the account's version at that time; None until its first read where that is possible."""

    id: str
    livemode: bool
    key: str
    object_id: str
    api_version: str
    created_at: datetime
    data: str | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One entry in the account's book: money that came in (`credit`) or went out (`debit`)."""

    id: str
    livemode: bool
    direction: str
    key: str
    origin_id: str
    amount_minor: int
    currency: str
    transferable_at: datetime
    created_at: datetime

    @property
    def signed_minor(self) -> int:
        """What this entry does to the balance."""
        return self.amount_minor if self.direction == "credit" else -self.amount_minor


@dataclass(frozen=True, slots=True)
class Balance:
    """The money of an account in one mode: all of it, what may leave now, what transfers under way hold."""

    livemode: bool
    currency: str
    total_minor: int
    transferable_minor: int
    created_at: datetime
    held_minor: int = 0
