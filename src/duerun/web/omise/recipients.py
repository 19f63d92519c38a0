"""Recipients (source: the wire specification, 8.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from duerun.domain import banks
from duerun.domain.banks import Bank
from duerun.domain.parties import Recipient
from duerun.services import recipients
from duerun.services.recipients import BankAccountChange, RecipientChange
from duerun.web.omise import params
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import Destroyed, Version, WireList, moment

VISIBLE_DIGITS = 4


class WireBankAccount(msgspec.Struct, kw_only=True):
    """`brand` is a code in 2017 and a name since; of the account number only the last four digits show."""

    object: str = "bank_account"
    livemode: bool
    brand: str
    bank_code: str
    branch_code: str | None
    type: str | None
    account_type: str | None
    account_number: str
    last_digits: str
    name: str
    created_at: datetime
    created: datetime


class WireRecipient(msgspec.Struct, kw_only=True):
    object: str = "recipient"
    id: str
    livemode: bool
    location: str
    deleted: bool
    bank_account: WireBankAccount
    active: bool
    activated_at: datetime | None
    verified: bool
    verified_at: datetime | None
    default: bool
    name: str
    email: str | None
    description: str | None
    type: str
    tax_id: str | None
    failure_code: str | None
    metadata: dict[str, str]
    schedule: str | None = None
    created_at: datetime
    created: datetime


def render_bank_account(recipient: Recipient, version: Version) -> WireBankAccount:
    """The bank account of a recipient, its number masked."""
    code = recipient.bank_brand or recipient.bank_code or ""
    last_digits = recipient.bank_account_number[-VISIBLE_DIGITS:]
    created_at = moment(recipient.bank_account_created_at)
    return WireBankAccount(
        livemode=recipient.livemode,
        brand=code if version is Version.V2017 else banks.name_of(code),
        bank_code=recipient.bank_code or code,
        branch_code=recipient.branch_code,
        type=recipient.bank_account_type,
        account_type=recipient.bank_account_type,
        account_number=last_digits.rjust(len(recipient.bank_account_number), "X"),
        last_digits=last_digits,
        name=recipient.bank_account_name,
        created_at=created_at,
        created=created_at,
    )


def render(recipient: Recipient, version: Version) -> WireRecipient | Destroyed:
    """A recipient with its bank account."""
    if recipient.deleted_at is not None and version is Version.V2017:
        return Destroyed("recipient", recipient.id, recipient.livemode)
    created_at = moment(recipient.created_at)
    return WireRecipient(
        id=recipient.id,
        livemode=recipient.livemode,
        location=f"/recipients/{recipient.id}",
        deleted=recipient.deleted_at is not None,
        bank_account=render_bank_account(recipient, version),
        active=recipient.activated_at is not None,
        activated_at=moment(recipient.activated_at),
        verified=recipient.verified_at is not None,
        verified_at=moment(recipient.verified_at),
        default=recipient.is_default,
        name=recipient.name,
        email=recipient.email,
        description=recipient.description,
        type=recipient.type,
        tax_id=recipient.tax_id,
        failure_code=recipient.failure_code,
        metadata=recipient.metadata,
        created_at=created_at,
        created=created_at,
    )


def _change(call: Call) -> RecipientChange:
    given = call.params
    return RecipientChange(
        name=_free_text(given, "name"),
        type=_text(given, "type"),
        email=_free_text(given, "email", chars_max=320),
        description=params.free_text(given, "description") or None,
        tax_id=_text(given, "tax_id", chars_max=64),
        metadata=params.metadata(given),
        bank_account=_bank_account(params.mapping(given, "bank_account") or {}),
    )


def _bank_account(given: Mapping[str, Any]) -> BankAccountChange:
    return BankAccountChange(
        bank=Bank(
            brand=_digits(given, "brand"),
            bank_code=_digits(given, "bank_code"),
            branch_code=_digits(given, "branch_code"),
        ),
        type=_text(given, "type") or _text(given, "account_type"),
        number=_digits(given, "number"),
        name=_free_text(given, "name"),
    )


def _text(given: Mapping[str, Any], field: str, *, chars_max: int = 255) -> str | None:
    """A text; an empty or blank one means "not given"."""
    text = params.text(given, field, chars_max=chars_max)
    return text if text and text.strip() else None


def _free_text(given: Mapping[str, Any], field: str, *, chars_max: int = 255) -> str | None:
    """A text that people write; an empty or blank one means "not given"."""
    text = params.free_text(given, field, chars_max=chars_max)
    return text if text and text.strip() else None


def _digits(given: Mapping[str, Any], field: str) -> str | None:
    """A text that may come as an integer; an empty one means "not given"."""
    return params.digits(given, field) or None


async def create(call: Call) -> WireRecipient | Destroyed:
    change = _change(call)
    async with call.unit() as unit:
        recipient = await recipients.create_recipient(unit, change)
    return render(recipient, call.version)


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await recipients.list_recipients(unit, query)
    data = [render(recipient, call.version) for recipient in page.rows]
    return call.listed(data, query, total=page.total, location="/recipients")


async def retrieve(call: Call) -> WireRecipient | Destroyed:
    async with call.reading() as unit:
        recipient = await recipients.get_recipient(unit, call.path["id"])
    return render(recipient, call.version)


async def update(call: Call) -> WireRecipient | Destroyed:
    change = _change(call)
    async with call.unit() as unit:
        recipient = await recipients.update_recipient(unit, call.path["id"], change)
    return render(recipient, call.version)


async def verify(call: Call) -> WireRecipient | Destroyed:
    async with call.unit() as unit:
        recipient = await recipients.verify_recipient(unit, call.path["id"])
    return render(recipient, call.version)


async def destroy(call: Call) -> WireRecipient | Destroyed:
    async with call.unit() as unit:
        recipient = await recipients.destroy_recipient(unit, call.path["id"])
    return render(recipient, call.version)


ENDPOINTS = (
    Endpoint("POST", "/recipients", create),
    Endpoint("GET", "/recipients", index),
    Endpoint("GET", "/recipients/{id}", retrieve),
    Endpoint("PATCH", "/recipients/{id}", update),
    Endpoint("DELETE", "/recipients/{id}", destroy),
    Endpoint("PATCH", "/recipients/{id}/verify", verify),
)
