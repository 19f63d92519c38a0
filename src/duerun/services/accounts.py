"""What an account may change of itself (source: the wire specification, 9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duerun.domain.accounts import Account
from duerun.domain.addresses import AllowList
from duerun.domain.errors import NotFoundError
from duerun.domain.webhooks import check_uri
from duerun.services.unit import Unit
from duerun.storage import accounts


@dataclass(frozen=True, slots=True)
class AccountChange:
    """None leaves a member as it is; an empty `webhook_uri` takes the address away. `kept` is stored as it is."""

    webhook_uri: str | None
    kept: Mapping[str, Any]


async def update_account(unit: Unit, change: AccountChange, allow: AllowList) -> Account:
    """The changed account; raises `RejectedError` for an address that may not be called."""
    if change.webhook_uri:
        check_uri(change.webhook_uri, allow, livemode=unit.account.livemode)
    await accounts.update(unit.connection, unit.account, webhook_uri=change.webhook_uri, settings=change.kept)
    changed = await accounts.fetch(unit.connection, unit.account.id, livemode=unit.account.livemode)
    if changed is None:
        raise NotFoundError("account", unit.account.public_id)
    return changed
