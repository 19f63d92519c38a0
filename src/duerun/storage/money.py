"""The account's book: transactions, and the balance that they add up to."""

from collections.abc import Sequence
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.domain.events import Balance, Transaction
from duerun.domain.lists import ListQuery
from duerun.storage.database import Connection, execute, fetch_all, fetch_one
from duerun.storage.lists import Page, fetch_page


async def book(connection: Connection, account: Account, entries: Sequence[Transaction]) -> None:
    """Write transactions and move the balance by their sum, each in one statement.

    What becomes transferable later than it was made waits under that moment; so does what is taken back from it.
    """
    if not entries:
        return
    await execute(
        connection,
        "transactions_insert",
        account_id=account.id,
        livemode=account.livemode,
        ids=[entry.id for entry in entries],
        directions=[entry.direction for entry in entries],
        keys=[entry.key for entry in entries],
        origin_ids=[entry.origin_id for entry in entries],
        amounts=[entry.amount_minor for entry in entries],
        currencies=[entry.currency for entry in entries],
        transferable_at=[entry.transferable_at for entry in entries],
        created_at=[entry.created_at for entry in entries],
    )
    await _move(connection, account, entries)


async def _move(connection: Connection, account: Account, entries: Sequence[Transaction]) -> None:
    await execute(
        connection,
        "balance_move",
        account_id=account.id,
        livemode=account.livemode,
        amount_minor=sum(entry.signed_minor for entry in entries),
    )
    later = [entry for entry in entries if entry.transferable_at > entry.created_at]
    if later:
        await execute(
            connection,
            "balance_mature",
            account_id=account.id,
            livemode=account.livemode,
            transferable_at=[entry.transferable_at for entry in later],
            amounts=[entry.signed_minor for entry in later],
        )


async def balance(connection: Connection, account: Account, now: datetime, *, lock: bool = False) -> Balance:
    """The money of the account at `now`; `lock` lets nobody else move it until the transaction ends."""
    mine = {"account_id": account.id, "livemode": account.livemode}
    if lock:
        # A statement of its own: what waits for the lock must then read what the one before it wrote.
        await execute(connection, "balance_lock", **mine)
    row = await fetch_one(connection, "balance_fetch", now=now, **mine)
    if row is None:
        raise LookupError(f"account {account.public_id} has no balance")
    return Balance(
        livemode=row["livemode"],
        currency=account.currency,
        total_minor=row["total_minor"],
        transferable_minor=row["total_minor"] - row["maturing_minor"] - row["held_minor"],
        created_at=row["created_at"],
        held_minor=row["held_minor"],
    )


async def hold(connection: Connection, account: Account, amount_minor: int) -> None:
    """Set an amount apart for a transfer that is under way."""
    await execute(
        connection,
        "balance_hold",
        account_id=account.id,
        livemode=account.livemode,
        amount_minor=amount_minor,
    )


async def release(connection: Connection, account: Account, amount_minor: int) -> None:
    """Give back what was held; the database refuses to release more than that."""
    await hold(connection, account, -amount_minor)


async def list_transactions(connection: Connection, account: Account, query: ListQuery) -> Page[Transaction]:
    rows, total = await fetch_page(
        connection,
        "transactions_list",
        query,
        counted="transactions",
        account_id=account.id,
        livemode=account.livemode,
    )
    return Page(tuple(Transaction(**row) for row in rows), total)


async def fetch_transactions(
    connection: Connection, account: Account, transaction_ids: Sequence[str]
) -> list[Transaction]:
    """Some transactions by their ids."""
    rows = await fetch_all(
        connection,
        "transactions_fetch",
        ids=list(transaction_ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    return [Transaction(**row) for row in rows]


async def fetch_transaction(
    connection: Connection, account: Account, transaction_id: str
) -> Transaction | None:
    row = await fetch_one(
        connection,
        "transaction_fetch",
        id=transaction_id,
        account_id=account.id,
        livemode=account.livemode,
    )
    return Transaction(**row) if row else None
