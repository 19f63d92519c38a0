"""The account of the key (source: the wire specification, 9)."""

from datetime import datetime
from typing import Any

import msgspec

from duerun.domain.accounts import Account
from duerun.domain.currencies import accepted
from duerun.domain.errors import RejectedError
from duerun.domain.metadata import METADATA_BYTES_MAX
from duerun.domain.webhooks import URI_CHARACTERS_MAX
from duerun.services import accounts
from duerun.services.accounts import AccountChange
from duerun.web.omise import params, wire
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import Version, moment

EXPORTED = ("charge", "transfer", "refund", "dispute")


class WireAccount(msgspec.Struct, kw_only=True):
    object: str = "account"
    id: str
    livemode: bool
    location: str = "/account"
    email: str
    currency: str
    supported_currencies: list[str]
    team: str
    country: str
    webhook_uri: str | None
    api_version: str
    auto_activate_recipients: bool
    chain_enabled: bool
    chain_return_uri: str | None
    metadata_export_keys: dict[str, list[str]]
    zero_interest_installments: bool
    created_at: datetime
    created: datetime


def render(account: Account, version: Version) -> WireAccount:
    """An account; what it says of chains, export keys and instalments is kept for it and used for nothing."""
    created_at = moment(account.created_at)
    return WireAccount(
        id=account.public_id,
        livemode=account.livemode,
        email=account.email,
        currency=wire.currency(account.currency, version),
        supported_currencies=[wire.currency(code, version) for code in sorted(accepted(account.country))],
        team=account.team_id,
        country=account.country,
        webhook_uri=account.webhook_uri,
        api_version=account.api_version,
        auto_activate_recipients=account.auto_activate_recipients,
        chain_enabled=account.chain_enabled,
        chain_return_uri=account.chain_return_uri,
        metadata_export_keys={name: list(account.metadata_export_keys.get(name, ())) for name in EXPORTED},
        zero_interest_installments=account.zero_interest_installments,
        created_at=created_at,
        created=created_at,
    )


async def retrieve(call: Call) -> WireAccount:
    return render(call.account, call.version)


async def update(call: Call) -> WireAccount:
    change = AccountChange(
        webhook_uri=params.text(call.params, "webhook_uri", chars_max=URI_CHARACTERS_MAX), kept=_kept(call)
    )
    async with call.unit() as unit:
        account = await accounts.update_account(unit, change, call.runtime.webhooks.allow)
    return render(account, call.version)


def _kept(call: Call) -> dict[str, Any]:
    """The members that are kept as they are sent; those that were not given are left out."""
    given = {
        "chain_enabled": params.boolean(call.params, "chain_enabled"),
        "chain_return_uri": params.text(call.params, "chain_return_uri", chars_max=URI_CHARACTERS_MAX),
        "metadata_export_keys": _export_keys(params.mapping(call.params, "metadata_export_keys")),
        "zero_interest_installments": params.boolean(call.params, "zero_interest_installments"),
    }
    return {name: value for name, value in given.items() if value is not None}


def _export_keys(given: dict[str, Any] | None) -> dict[str, list[str]] | None:
    if given is None:
        return None
    message = "metadata_export_keys must be an object of arrays of texts"
    keys = {name: params.text_list(given, name, message=message) or [] for name in EXPORTED}
    if len(msgspec.json.encode(keys)) > METADATA_BYTES_MAX:
        raise RejectedError(f"metadata_export_keys is larger than {METADATA_BYTES_MAX} bytes")
    return keys


ENDPOINTS = (Endpoint("GET", "/account", retrieve), Endpoint("PATCH", "/account", update))
