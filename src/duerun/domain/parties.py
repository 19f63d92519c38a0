"""Customers with their cards, and recipients with their bank accounts."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it may be kept: first six and last four digits, and the gateway's own reference."""

    id: str
    livemode: bool
    customer_id: str | None
    name: str
    brand: str
    bank: str
    country: str
    financing: str
    first_digits: str | None
    last_digits: str
    fingerprint: str
    expiration_month: int
    expiration_year: int
    security_code_check: bool
    gateway_reference: str
    created_at: datetime
    attached_at: datetime | None = None
    deleted_at: datetime | None = None
    street1: str | None = None
    street2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    phone_number: str | None = None

    def expired(self, today: date) -> bool:
        """Whether the month printed on the card has passed."""
        return (self.expiration_year, self.expiration_month) < (today.year, today.month)


@dataclass(frozen=True, slots=True)
class Token:
    """Stands for a card until it is used once: for one charge, or to attach the card to a customer."""

    id: str
    livemode: bool
    card: Card
    charge_status: str
    used_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is charged. `cards` holds at most the first 20 that are attached; `cards_total` counts all.

    `version` differs once the customer does, by whomever it is changed.
    """

    id: str
    livemode: bool
    email: str | None
    description: str | None
    metadata: dict[str, str]
    default_card_id: str | None
    created_at: datetime
    deleted_at: datetime | None = None
    cards: tuple[Card, ...] = ()
    cards_total: int = 0
    version: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is paid, and the bank account that the money goes to."""

    id: str
    livemode: bool
    name: str
    type: str
    bank_account_number: str
    bank_account_name: str
    bank_account_created_at: datetime
    created_at: datetime
    bank_brand: str | None = None
    bank_code: str | None = None
    branch_code: str | None = None
    bank_account_type: str | None = None
    email: str | None = None
    description: str | None = None
    tax_id: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    is_default: bool = False
    verified_at: datetime | None = None
    activated_at: datetime | None = None
    failure_code: str | None = None
    deleted_at: datetime | None = None
