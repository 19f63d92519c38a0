"""Webhooks for people: deliveries found, and a range of events delivered once more."""

from datetime import datetime

from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.services import webhook_replays
from duerun.services.console_lists import ROWS_MAX, Slice, Wanted
from duerun.services.unit import Runtime, Unit
from duerun.storage import console_lists
from duerun.storage import console_webhooks as store
from duerun.storage.console_webhooks import DeliveryRow

__all__ = ["DeliveryRow"]

RANGE_EVENTS_MAX = 1_000


async def list_deliveries(unit: Unit, wanted: Wanted) -> Slice[DeliveryRow]:
    """Deliveries of the newest events first; the state `failing` is that of those that are to be tried again."""
    found = await console_lists.deliveries(
        unit.connection, unit.account, wanted.before, rows_max=ROWS_MAX, text=wanted.text, state=wanted.state
    )
    rows = await store.fetch(unit.connection, unit.account, found.ids)
    return Slice(tuple(rows[each] for each in found.ids if each in rows), found.older, found.is_cut)


async def replay_range(
    runtime: Runtime,
    account: Account,
    real_now: datetime,
    since: datetime,
    until: datetime,
    *,
    only_failed: bool,
) -> int:
    """Queue the events of a time once more, all of them or none; how many. Raises `RejectedError` for too many."""
    async with runtime.unit(account, account.now(real_now)) as unit:
        ids = await store.events_between(
            unit.connection,
            account,
            since,
            until,
            only_failed=only_failed,
            rows_max=RANGE_EVENTS_MAX + 1,
        )
    if len(ids) > RANGE_EVENTS_MAX:
        raise RejectedError(f"these are more than {RANGE_EVENTS_MAX:,} events: choose a shorter time")
    if ids:
        await webhook_replays.replay(runtime, account, real_now, ids)
    return len(ids)
