"""Deliveries as a person looks at them: how far each has come, and once more from the beginning."""

from collections.abc import Sequence
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.services.unit import Runtime
from duerun.services.webhooks import SWITCHED_OFF
from duerun.storage import webhooks as store
from duerun.storage.webhooks import Listed

DELIVERIES_SHOWN_MAX = 1_000


async def list_deliveries(runtime: Runtime, account: Account, *, only_failed: bool = False) -> list[Listed]:
    """The deliveries of an account in one mode, the newest event first; `only_failed` leaves out what never failed."""
    async with runtime.database.connection() as connection:
        return await store.list_deliveries(
            connection, account, only_failed=only_failed, rows_max=DELIVERIES_SHOWN_MAX
        )


async def replay(runtime: Runtime, account: Account, real_now: datetime, event_ids: Sequence[str]) -> None:
    """Queue events once more, whatever became of them: all of them, or none.

    Raises `NotFoundError` that names the unknown ones, `RejectedError` for an account without an address.
    """
    if account.webhook_uri is None:
        raise RejectedError(SWITCHED_OFF)
    async with runtime.database.transaction() as connection:
        queued = await store.replay(connection, account, event_ids, account.webhook_uri, now=real_now)
        if unknown := [each for each in event_ids if each not in queued]:
            raise NotFoundError("event", ", ".join(unknown))
