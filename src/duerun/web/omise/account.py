"""The account of the key (source: the wire specification, 9)."""

from datetime import datetime

import msgspec

from duerun.domain.accounts import Account
from duerun.domain.currencies import accepted
from duerun.web.omise import wire
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
    chain_enabled: bool = False
    chain_return_uri: str | None = None
    metadata_export_keys: dict[str, list[str]]
    zero_interest_installments: bool = False
    created_at: datetime
    created: datetime


def render(account: Account, version: Version) -> WireAccount:
    """An account; chains, export keys and instalments are never in use."""
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
        metadata_export_keys={name: [] for name in EXPORTED},
        created_at=created_at,
        created=created_at,
    )


async def retrieve(call: Call) -> WireAccount:
    return render(call.account, call.version)


ENDPOINTS = (Endpoint("GET", "/account", retrieve),)
