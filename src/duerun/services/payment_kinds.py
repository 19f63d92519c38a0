"""What charges and transfers have of their own on the money path, as `services.due_payments` calls it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

from duerun.domain.accounts import Account
from duerun.gateways.base import Outcome
from duerun.services.gateway_calls import Way
from duerun.services.settling import Ended
from duerun.services.unit import Unit
from duerun.storage.occurrences import DuePayment, Intent

DueT = TypeVar("DueT", bound=DuePayment)
ResultT = TypeVar("ResultT", bound="Identified")


class Identified(Protocol):
    """What a payment made: a charge or a transfer."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Claim(Generic[DueT]):
    """A due payment whose amount is decided; `due` carries the token under which it is sent. `way` is known once it
    was sent, or is about to be. `ran_at` is the moment of one that somebody else has sent before."""

    due: DueT
    amount_minor: int
    way: Way | None = None
    ran_at: datetime | None = None


class PaymentKind(ABC, Generic[DueT, ResultT]):
    """What one kind of payment does in its own way. `refused` is what its failed occurrences say."""

    name: str
    refused: str

    @abstractmethod
    async def load(self, unit: Unit, found: Sequence[str]) -> list[DueT]:
        """Locked occurrences with all that their payment needs, in order of time."""

    @abstractmethod
    async def reserve(self, unit: Unit, ready: Sequence[DueT]) -> tuple[list[Claim[DueT]], list[Ended]]:
        """Who is paid how much, and who cannot be paid at all; what the claims need is held."""

    @abstractmethod
    def intended_minor(self, due: DueT) -> int:
        """The amount that was committed with the intent."""

    @abstractmethod
    def expected_minor(self, due: DueT) -> int | None:
        """The amount that would be committed with an intent; None where the balance decides it."""

    async def hold(self, unit: Unit, claims: Sequence[Claim[DueT]]) -> None:
        """Set apart what claims need that were not reserved."""

    @abstractmethod
    def intent(self, claim: Claim[DueT]) -> Intent:
        """What is committed before the send."""

    @abstractmethod
    def target(self, due: DueT) -> str:
        """Where the money comes from or goes to, as the gateway is told it."""

    @abstractmethod
    def party(self, due: DueT) -> str:
        """The customer who pays, or the recipient who is paid."""

    def card_expired(self, due: DueT, today: date) -> bool:
        """Whether the payment comes from a card whose month has passed."""
        return False

    def told(self, due: DueT) -> tuple[str | None, Mapping[str, object]]:
        """The description and the metadata that the gateway is told at the first send."""
        return None, {}

    @abstractmethod
    def stale(self, due: DueT) -> bool:
        """Whether an intent that never arrived must not be sent any more."""

    @abstractmethod
    def results(
        self, account: Account, now: datetime, answered: Sequence[tuple[Claim[DueT], Outcome]]
    ) -> list[ResultT | None]:
        """What each answer makes; None where a refusal leaves nothing but its occurrence."""

    @abstractmethod
    async def write(self, unit: Unit, made: Sequence[tuple[Claim[DueT], ResultT | None]]) -> None:
        """Results, their events and their entries in the book."""

    @abstractmethod
    async def give_back(self, unit: Unit, claims: Sequence[Claim[DueT]]) -> None:
        """Free what was held for claims that are withdrawn."""
