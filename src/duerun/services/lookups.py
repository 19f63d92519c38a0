"""Objects by their ids, one statement for each kind of object: what searches find, and what answers refer to."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from duerun.services import transfers
from duerun.services.unit import Unit
from duerun.storage import charges, events, money, parties, recipients, schedules

Finder = Callable[[Unit, Sequence[str]], Awaitable[Sequence[Any]]]


def _of(store: Callable[..., Awaitable[Sequence[Any]]]) -> Finder:
    return lambda unit, ids: store(unit.connection, unit.account, ids)


async def _recipients(unit: Unit, ids: Sequence[str]) -> Sequence[Any]:
    return list((await recipients.fetch_many(unit.connection, unit.account, ids)).values())


_FINDERS: dict[str, Finder] = {
    "card": _of(parties.fetch_cards),
    "charge": _of(charges.fetch_many),
    "customer": _of(parties.fetch_customers),
    "event": _of(events.fetch_many),
    "recipient": _recipients,
    "refund": _of(charges.fetch_refunds),
    "schedule": _of(schedules.fetch_some),
    "transaction": _of(money.fetch_transactions),
    "transfer": transfers.get_transfers,
}


async def by_ids(unit: Unit, kind: str, ids: Sequence[str]) -> dict[str, Any]:
    """The objects of one kind by their ids, destroyed ones too; unknown ids are left out."""
    found = await _FINDERS[kind](unit, ids) if ids else ()
    return {each.id: each for each in found}
