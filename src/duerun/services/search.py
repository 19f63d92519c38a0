"""Searches (source: the wire specification, 9)."""

from typing import Any

from duerun.domain.search import Scope, Search
from duerun.services.lookups import by_ids
from duerun.services.receipts import find_receipts
from duerun.services.unit import Unit
from duerun.storage import search as store
from duerun.storage.lists import Page

_KINDS = {Scope.CHARGE_SCHEDULE: "schedule", Scope.TRANSFER_SCHEDULE: "schedule"}


async def find(unit: Unit, search: Search) -> Page[Any]:
    """One page of what is found, and how much there is in all."""
    if search.scope is Scope.RECEIPT:
        return await find_receipts(unit, search)
    page = await store.find_ids(unit.connection, unit.account, search)
    objects = await by_ids(unit, _KINDS.get(search.scope, str(search.scope)), page.rows)
    return Page(tuple(objects[each] for each in page.rows if each in objects), page.total)
