"""Events, written in the transaction that changes their object."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from duerun.domain.accounts import Account
from duerun.storage.database import Connection, execute


class NewEvent(NamedTuple):
    """A row to write; `data` is JSON text, or None while it can be rendered from columns that never change."""

    id: str
    key: str
    object_id: str
    data: str | None


async def insert(connection: Connection, account: Account, events: Sequence[NewEvent], now: datetime) -> None:
    """Write some events of one moment in one statement."""
    if not events:
        return
    ids, keys, object_ids, data = zip(*events, strict=True)
    await execute(
        connection,
        "events_insert",
        ids=list(ids),
        keys=list(keys),
        object_ids=list(object_ids),
        data=list(data),
        account_id=account.id,
        livemode=account.livemode,
        api_version=account.api_version,
        now=now,
    )
