"""What an account may change of itself (source: the wire specification, 9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.addresses import AllowList
from duerun.domain.audit_chain import changes, public_address
from duerun.domain.errors import NotFoundError
from duerun.domain.webhooks import check_uri
from duerun.services.unit import THE_API, Unit
from duerun.storage import accounts

# What is kept for the account and used for nothing.
KEPT = ("chain_enabled", "metadata_export_keys", "zero_interest_installments")


@dataclass(frozen=True, slots=True)
class AccountChange:
    """None leaves a member as it is; an empty `webhook_uri` takes the address away. `kept` is stored as it is."""

    webhook_uri: str | None
    kept: Mapping[str, Any]


async def update_account(unit: Unit, change: AccountChange, allow: AllowList) -> Account:
    """The changed account; raises `RejectedError` for an address that may not be called."""
    if change.webhook_uri:
        check_uri(change.webhook_uri, allow, livemode=unit.account.livemode)
    await accounts.lock(unit.connection, unit.account.id)
    before = await accounts.fetch(unit.connection, unit.account.id, livemode=unit.account.livemode)
    await accounts.update(unit.connection, unit.account, webhook_uri=change.webhook_uri, settings=change.kept)
    changed = await accounts.fetch(unit.connection, unit.account.id, livemode=unit.account.livemode)
    if before is None or changed is None:
        raise NotFoundError("account", unit.account.public_id)
    _note(unit, before, changed)
    return changed


def _note(unit: Unit, before: Account, after: Account) -> None:
    """Tell the audit log what is set otherwise, also where a key of the API has done it."""
    if before.webhook_uri != after.webhook_uri:
        pair = [public_address(before.webhook_uri), public_address(after.webhook_uri)]
        unit.note("webhooks.set_address", after.public_id, by=THE_API, webhook_uri=pair)
    if before.chain_return_uri != after.chain_return_uri:
        pair = [public_address(before.chain_return_uri), public_address(after.chain_return_uri)]
        unit.note("settings.set", after.public_id, by=THE_API, chain_return_uri=pair)
    if found := changes(*({name: getattr(each, name) for name in KEPT} for each in (before, after))):
        unit.note("settings.set", after.public_id, by=THE_API, **found)
