"""Tokens, customers and their cards (source: the wire specification, 6)."""

from dataclasses import dataclass, replace
from typing import Any

from duerun.domain.audit_chain import changed_names
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.lists import ListQuery
from duerun.domain.parties import Card, Customer, Token
from duerun.gateways.base import CardDetails, Tokenized
from duerun.services.suspensions import suspend_for
from duerun.services.unit import Unit
from duerun.storage import parties as store
from duerun.storage.lists import Page

CARD_YEARS_MAX = 50


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """What a request asks to set; None leaves a value as it is."""

    email: str | None = None
    description: str | None = None
    metadata: dict[str, str] | None = None
    token_id: str | None = None
    default_card_id: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where the holder of a card lives, as far as it is given."""

    street1: str | None = None
    street2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    phone_number: str | None = None


def validate_expiry(unit: Unit, *, month: int, year: int) -> tuple[int, int]:
    """Month and four-digit year; raises `invalid_card` for a month that is none or has passed."""
    year = year + 2000 if 0 <= year < 100 else year
    today = unit.account.today(unit.now)
    if not 1 <= month <= 12:
        raise RejectedError("expiration month is invalid", code="invalid_card")
    if (year, month) < (today.year, today.month):
        raise RejectedError("expiration date is in the past", code="invalid_card")
    if year > today.year + CARD_YEARS_MAX:
        raise RejectedError("expiration year is invalid", code="invalid_card")
    return month, year


async def create_token(unit: Unit, details: CardDetails, facts: Tokenized, address: Address) -> Token:
    """A token for a card that the gateway has taken in."""
    month, year = validate_expiry(unit, month=details.expiration_month, year=details.expiration_year)
    card = Card(
        id=unit.new_id("card"),
        livemode=unit.account.livemode,
        customer_id=None,
        name=details.name,
        brand=facts.brand,
        bank=facts.bank,
        country=facts.country,
        financing=facts.financing,
        first_digits=facts.first_digits,
        last_digits=facts.last_digits,
        fingerprint=facts.fingerprint,
        expiration_month=month,
        expiration_year=year,
        security_code_check=facts.security_code_check,
        gateway_reference=facts.reference,
        created_at=unit.now,
        street1=address.street1,
        street2=address.street2,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        phone_number=address.phone_number,
    )
    token = Token(unit.new_id("tokn"), unit.account.livemode, card, "unknown", None, unit.now)
    await store.insert_token(unit.connection, unit.account, token)
    return token


async def get_token(unit: Unit, token_id: str) -> Token:
    token = await store.fetch_token(unit.connection, unit.account, token_id)
    if token is None:
        raise NotFoundError("token", token_id)
    return token


async def use_token(unit: Unit, token_id: str) -> Card:
    """The card of a token, which is used by this; the second use raises `used_token`."""
    token = await get_token(unit, token_id)
    if not await store.use_token(unit.connection, unit.account, token_id, unit.now):
        raise RejectedError("token was already used", code="used_token")
    return token.card


async def create_customer(unit: Unit, change: CustomerChange) -> Customer:
    customer = Customer(
        id=unit.new_id("cust"),
        livemode=unit.account.livemode,
        email=change.email,
        description=change.description,
        metadata=change.metadata or {},
        default_card_id=None,
        created_at=unit.now,
    )
    await store.insert_customer(unit.connection, unit.account, customer)
    happened: list[tuple[str, Any]] = []
    if change.token_id:
        customer, card = await _attach(unit, customer, change.token_id)
        await store.update_customer(unit.connection, unit.account, customer)
        happened = [("customer.update.card", card)]
    await unit.record_all([("customer.create", customer), *happened])
    unit.touch(customer.id)
    unit.note("customers.create", customer.id)
    return customer


async def update_customer(unit: Unit, customer_id: str, change: CustomerChange) -> Customer:
    """Set what is given; a card that is added becomes the default only when there is none."""
    before = customer = await get_live_customer(unit, customer_id, lock=True)
    customer = replace(
        customer,
        email=customer.email if change.email is None else change.email,
        description=customer.description if change.description is None else change.description,
        metadata=customer.metadata if change.metadata is None else change.metadata,
    )
    if change.token_id:
        customer, added = await _attach(unit, customer, change.token_id)
        await unit.record("customer.update.card", added)
    if change.default_card_id:
        card = await get_card(unit, customer.id, change.default_card_id)
        customer = replace(customer, default_card_id=card.id)
    await store.update_customer(unit.connection, unit.account, customer)
    await unit.record("customer.update", customer)
    unit.note("customers.change", customer_id, changed=changed_names(before, customer))
    return customer


async def destroy_customer(unit: Unit, customer_id: str) -> Customer:
    """Destroy a customer, once; a second call answers the same. Its charge schedules are suspended."""
    customer = await get_customer(unit, customer_id, lock=True)
    if customer.deleted_at is not None:
        return customer
    customer = replace(customer, deleted_at=unit.now)
    await store.update_customer(unit.connection, unit.account, customer)
    await suspend_for(unit, customer_id=customer.id)
    await unit.record("customer.destroy", customer)
    unit.note("customers.delete", customer_id)
    return customer


async def get_customer(unit: Unit, customer_id: str, *, lock: bool = False, cards: bool = True) -> Customer:
    """A customer, destroyed ones too; `cards` asks for its first ones."""
    customer = await store.fetch_customer(unit.connection, unit.account, customer_id, lock=lock, cards=cards)
    if customer is None:
        raise NotFoundError("customer", customer_id)
    return customer


async def get_live_customer(
    unit: Unit, customer_id: str, *, lock: bool = False, cards: bool = True
) -> Customer:
    """A customer that was not destroyed; `cards` asks for its first ones."""
    customer = await get_customer(unit, customer_id, lock=lock, cards=cards)
    if customer.deleted_at is not None:
        raise NotFoundError("customer", customer_id)
    return customer


async def known_customer(unit: Unit, customer_id: str, *, asks: bool) -> Customer:
    """A customer that was not destroyed, without cards; unless `asks`, as this process has read it last.

    What would be refused of that one is read anew: it may have changed.
    """
    known = None if asks else store.recall_customer(unit.connection, unit.account, customer_id)
    if known is not None and known.deleted_at is None and known.default_card_id is not None:
        return known
    return await get_live_customer(unit, customer_id, cards=False)


async def list_customers(unit: Unit, query: ListQuery) -> Page[Customer]:
    return await store.list_customers(unit.connection, unit.account, query)


async def list_cards(unit: Unit, customer_id: str, query: ListQuery) -> Page[Card]:
    customer = await get_live_customer(unit, customer_id)
    return await store.list_cards(unit.connection, unit.account, customer.id, query)


async def get_card(unit: Unit, customer_id: str, card_id: str) -> Card:
    """A card of this customer that was not destroyed."""
    card = await store.fetch_card(unit.connection, unit.account, card_id)
    if card is None or card.customer_id != customer_id or card.deleted_at is not None:
        raise NotFoundError("card", card_id)
    return card


async def update_card(unit: Unit, customer_id: str, card_id: str, **given: Any) -> Card:
    """Set name, city, postal code, expiration month or year, where given."""
    customer = await get_live_customer(unit, customer_id, lock=True)
    before = card = await get_card(unit, customer.id, card_id)
    card = replace(card, **{name: value for name, value in given.items() if value is not None})
    month, year = validate_expiry(unit, month=card.expiration_month, year=card.expiration_year)
    card = replace(card, expiration_month=month, expiration_year=year)
    await store.update_card(unit.connection, unit.account, card)
    await unit.record("card.update", card)
    unit.note("customers.change_card", customer_id, card=card_id, changed=changed_names(before, card))
    return card


async def destroy_card(unit: Unit, customer_id: str, card_id: str) -> Card:
    """Destroy a card; the card added last becomes the default if this one was."""
    customer = await get_live_customer(unit, customer_id, lock=True)
    card = await get_card(unit, customer.id, card_id)
    card = replace(card, deleted_at=unit.now)
    await store.update_card(unit.connection, unit.account, card)
    await store.release_card(unit.connection, unit.account, card)
    if customer.default_card_id == card.id:
        newest = await store.newest_card_id(unit.connection, unit.account, customer.id)
        customer = replace(customer, default_card_id=newest)
    # Also where nothing is changed by it: a schedule that is being made with the card is not made then.
    await store.update_customer(unit.connection, unit.account, customer)
    await unit.record("card.destroy", card)
    unit.note("customers.delete_card", customer_id, card=card_id)
    return card


async def _attach(unit: Unit, customer: Customer, token_id: str) -> tuple[Customer, Card]:
    """The customer with the card of a token, and that card."""
    card = await use_token(unit, token_id)
    card = await store.attach_card(unit.connection, unit.account, card, customer.id, unit.now)
    customer = replace(
        customer,
        cards=(*customer.cards, card)[: store.EMBEDDED_CARDS_MAX],
        cards_total=customer.cards_total + 1,
        default_card_id=customer.default_card_id or card.id,
    )
    return customer, card
