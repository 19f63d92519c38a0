"""Customers (source: the wire specification, 6.3)."""

from datetime import datetime
from typing import Any

import msgspec

from duerun.domain.parties import Customer
from duerun.services import parties
from duerun.services.parties import CustomerChange
from duerun.web.omise import cards, params
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import Destroyed, Version, WireList, embedded, moment


class WireCustomer(msgspec.Struct, kw_only=True):
    object: str = "customer"
    id: str
    livemode: bool
    location: str
    deleted: bool
    metadata: dict[str, str]
    cards: WireList
    default_card: str | None
    description: str | None
    email: str | None
    linked_account: None = None
    linked_accounts: list[Any]
    created_at: datetime
    created: datetime


def render(customer: Customer, version: Version, now: datetime) -> WireCustomer | Destroyed:
    """A customer with its first cards."""
    if customer.deleted_at is not None and version is Version.V2017:
        return Destroyed("customer", customer.id, customer.livemode)
    location = f"/customers/{customer.id}"
    attached = [cards.render(card) for card in customer.cards]
    created_at = moment(customer.created_at)
    return WireCustomer(
        id=customer.id,
        livemode=customer.livemode,
        location=location,
        deleted=customer.deleted_at is not None,
        metadata=customer.metadata,
        cards=embedded(
            attached, total=customer.cards_total, location=f"{location}/cards", now=now, version=version
        ),
        default_card=customer.default_card_id,
        description=customer.description,
        email=customer.email,
        linked_accounts=[],
        created_at=created_at,
        created=created_at,
    )


def _change(call: Call) -> CustomerChange:
    return CustomerChange(
        email=params.free_text(call.params, "email", chars_max=320),
        description=params.free_text(call.params, "description"),
        metadata=params.metadata(call.params),
        token_id=params.text(call.params, "card", chars_max=64) or None,
        default_card_id=params.text(call.params, "default_card", chars_max=64) or None,
    )


async def create(call: Call) -> WireCustomer | Destroyed:
    change = _change(call)
    async with call.unit() as unit:
        customer = await parties.create_customer(unit, change)
    return render(customer, call.version, call.now)


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await parties.list_customers(unit, query)
    data = [render(customer, call.version, call.now) for customer in page.rows]
    return call.listed(data, query, total=page.total, location="/customers")


async def retrieve(call: Call) -> WireCustomer | Destroyed:
    async with call.reading() as unit:
        customer = await parties.get_customer(unit, call.path["id"])
    return render(customer, call.version, call.now)


async def update(call: Call) -> WireCustomer | Destroyed:
    change = _change(call)
    async with call.unit() as unit:
        customer = await parties.update_customer(unit, call.path["id"], change)
    return render(customer, call.version, call.now)


async def destroy(call: Call) -> WireCustomer | Destroyed:
    async with call.unit() as unit:
        customer = await parties.destroy_customer(unit, call.path["id"])
    return render(customer, call.version, call.now)


ENDPOINTS = (
    Endpoint("POST", "/customers", create),
    Endpoint("GET", "/customers", index),
    Endpoint("GET", "/customers/{id}", retrieve),
    Endpoint("PATCH", "/customers/{id}", update),
    Endpoint("DELETE", "/customers/{id}", destroy),
)
