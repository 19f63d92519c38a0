"""The account's book as it is read (source: the wire specification, 9)."""

from duerun.domain.errors import NotFoundError
from duerun.domain.events import Transaction
from duerun.domain.lists import ListQuery
from duerun.services.unit import Unit
from duerun.storage import money as store
from duerun.storage.lists import Page


async def list_transactions(unit: Unit, query: ListQuery) -> Page[Transaction]:
    return await store.list_transactions(unit.connection, unit.account, query)


async def get_transaction(unit: Unit, transaction_id: str) -> Transaction:
    transaction = await store.fetch_transaction(unit.connection, unit.account, transaction_id)
    if transaction is None:
        raise NotFoundError("transaction", transaction_id)
    return transaction
