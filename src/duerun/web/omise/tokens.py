"""Tokens (source: the wire specification, 6.1)."""

import re
from datetime import datetime

import msgspec

from duerun.domain.card_numbers import passes_luhn
from duerun.domain.errors import RejectedError
from duerun.domain.parties import Token
from duerun.gateways.base import CardDetails
from duerun.services import parties
from duerun.web.omise import cards, params
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import moment

NO_NUMBERS_IN_LIVE_MODE = (
    "card numbers are not accepted in live mode, create the token at your payment gateway"
)
_NUMBER = re.compile(r"[0-9]{13,19}")


class WireToken(msgspec.Struct, kw_only=True):
    """`location` is absolute here, as recorded."""

    object: str = "token"
    id: str
    livemode: bool
    location: str
    used: bool
    charge_status: str
    card: cards.WireCard
    created_at: datetime
    created: datetime


def render(token: Token, call: Call) -> WireToken:
    """A token and its card; the card inside has no location."""
    created_at = moment(token.created_at)
    card = cards.render(token.card)
    card.location = None
    return WireToken(
        id=token.id,
        livemode=token.livemode,
        location=f"{_vault_base(call)}/tokens/{token.id}",
        used=token.used_at is not None,
        charge_status=token.charge_status,
        card=card,
        created_at=created_at,
        created=created_at,
    )


def _vault_base(call: Call) -> str:
    base = call.request.base_url
    return call.options.vault_base or f"{base.scheme}://{base.netloc}"


async def create(call: Call) -> WireToken:
    if call.account.livemode:
        raise RejectedError(NO_NUMBERS_IN_LIVE_MODE)
    given = params.mapping(call.params, "card") or {}
    details = _details(given)
    address = parties.Address(
        street1=params.free_text(given, "street1", chars_max=255),
        street2=params.free_text(given, "street2", chars_max=255),
        city=params.free_text(given, "city", chars_max=255),
        state=params.free_text(given, "state", chars_max=255),
        postal_code=params.digits(given, "postal_code", chars_max=32),
        phone_number=params.digits(given, "phone_number", chars_max=64),
    )
    gateway = call.runtime.gateway(call.account)
    facts = await gateway.tokenize(details, account=call.account.public_id)
    async with call.unit() as unit:
        return render(await parties.create_token(unit, details, facts, address), call)


def _details(given: dict[str, object]) -> CardDetails:
    return CardDetails(
        name=_required(params.free_text(given, "name", chars_max=255), "name"),
        number=_number(params.digits(given, "number")),
        expiration_month=_given(params.integer(given, "expiration_month"), "expiration_month"),
        expiration_year=_given(params.integer(given, "expiration_year"), "expiration_year"),
        security_code=params.digits(given, "security_code", chars_max=8),
    )


def _number(text: str | None) -> str:
    number = _required(text, "number").replace(" ", "").replace("-", "")
    if not _NUMBER.fullmatch(number) or not passes_luhn(number):
        raise RejectedError("number is invalid", code="invalid_card")
    return number


def _required(text: str | None, field: str) -> str:
    if not text or not text.strip():
        raise RejectedError(f"{field} can't be blank", code="invalid_card")
    return text


def _given(value: int | None, field: str) -> int:
    if value is None:
        raise RejectedError(f"{field} can't be blank", code="invalid_card")
    return value


async def retrieve(call: Call) -> WireToken:
    async with call.unit() as unit:
        return render(await parties.get_token(unit, call.path["id"]), call)


ENDPOINTS = (
    Endpoint("POST", "/tokens", create, public=True),
    Endpoint("GET", "/tokens/{id}", retrieve, public=True),
)
