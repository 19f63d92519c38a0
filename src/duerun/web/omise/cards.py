"""Cards of a customer (source: the wire specification, 6.2)."""

from datetime import datetime

import msgspec

from duerun.domain.parties import Card
from duerun.services import parties
from duerun.web.omise import params, wire
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import Destroyed, Version, WireList, moment


class WireCard(msgspec.Struct, kw_only=True):
    """A card; `location` is null inside a token."""

    object: str = "card"
    id: str
    livemode: bool
    location: str | None
    deleted: bool
    street1: str | None
    street2: str | None
    city: str | None
    state: str | None
    phone_number: str | None
    postal_code: str | None
    country: str
    financing: str
    bank: str
    brand: str
    fingerprint: str
    first_digits: str | None
    last_digits: str
    name: str
    expiration_month: int
    expiration_year: int
    security_code_check: bool
    tokenization_method: str | None = None
    created_at: datetime
    created: datetime


def render(card: Card) -> WireCard:
    """A card with all its members."""
    created_at = moment(card.created_at)
    path = f"/customers/{card.customer_id}/cards/{card.id}" if card.customer_id else None
    return WireCard(
        id=card.id,
        livemode=card.livemode,
        location=path,
        deleted=card.deleted_at is not None,
        street1=card.street1,
        street2=card.street2,
        city=card.city,
        state=card.state,
        phone_number=card.phone_number,
        postal_code=card.postal_code,
        country=card.country,
        financing=card.financing,
        bank=card.bank,
        brand=card.brand,
        fingerprint=card.fingerprint,
        first_digits=card.first_digits,
        last_digits=card.last_digits,
        name=card.name,
        expiration_month=card.expiration_month,
        expiration_year=card.expiration_year,
        security_code_check=card.security_code_check,
        created_at=created_at,
        created=created_at,
    )


def render_own(card: Card, version: Version) -> WireCard | Destroyed:
    """A card as the answer to a call about it."""
    if card.deleted_at is not None and version is Version.V2017:
        return Destroyed("card", card.id, card.livemode)
    return render(card)


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await parties.list_cards(unit, call.path["id"], query)
    location = f"/customers/{call.path['id']}/cards"
    return call.listed([render(card) for card in page.rows], query, total=page.total, location=location)


async def retrieve(call: Call) -> WireCard:
    async with call.reading() as unit:
        customer = await parties.get_live_customer(unit, call.path["id"])
        return render(await parties.get_card(unit, customer.id, call.path["card"]))


async def update(call: Call) -> WireCard:
    given = {
        "name": params.free_text(call.params, "name", chars_max=255),
        "city": params.free_text(call.params, "city", chars_max=255),
        "postal_code": params.digits(call.params, "postal_code", chars_max=32),
        "expiration_month": params.integer(call.params, "expiration_month"),
        "expiration_year": params.integer(call.params, "expiration_year"),
    }
    async with call.unit() as unit:
        return render(await parties.update_card(unit, call.path["id"], call.path["card"], **given))


async def destroy(call: Call) -> wire.Destroyed | WireCard:
    async with call.unit() as unit:
        card = await parties.destroy_card(unit, call.path["id"], call.path["card"])
    return render_own(card, call.version)


ENDPOINTS = (
    Endpoint("GET", "/customers/{id}/cards", index),
    Endpoint("GET", "/customers/{id}/cards/{card}", retrieve),
    Endpoint("PATCH", "/customers/{id}/cards/{card}", update),
    Endpoint("DELETE", "/customers/{id}/cards/{card}", destroy),
)
