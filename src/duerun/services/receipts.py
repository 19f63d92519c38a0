"""Receipts of the fees of a day (source: the wire specification, 9)."""

from duerun.domain.errors import NotFoundError
from duerun.domain.lists import ListQuery
from duerun.domain.receipts import Receipt
from duerun.domain.search import Search
from duerun.services.unit import Unit
from duerun.storage import receipts as store
from duerun.storage.lists import Page
from duerun.storage.search import containing


async def list_receipts(unit: Unit, query: ListQuery) -> Page[Receipt]:
    return await store.list_receipts(unit.connection, unit.account, query)


async def get_receipt(unit: Unit, receipt_id: str) -> Receipt:
    receipt = await store.fetch(unit.connection, unit.account, receipt_id)
    if receipt is None:
        raise NotFoundError("receipt", receipt_id)
    return receipt


async def find_receipts(unit: Unit, search: Search) -> Page[Receipt]:
    """A page of the receipts that a search finds; an id is found as the number that it stands for."""
    day = store.day_of(unit.account, search.text) if search.text else None
    text = store.number_of(day) if day else search.text
    return await store.list_receipts(
        unit.connection, unit.account, search.page, pattern=containing(text), criteria=search.criteria
    )
