"""The book of an account: transactions, the balance, and what of it may leave."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from duerun import ids
from duerun.domain.accounts import Account
from duerun.domain.events import Transaction
from duerun.services.unit import Runtime
from duerun.storage import money

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def entry(direction: str, amount_minor: int, *, days: int = 0) -> Transaction:
    return Transaction(
        id=ids.new_id("trxn", livemode=False, now=NOW),
        livemode=False,
        direction=direction,
        key="charge.captured.net" if direction == "credit" else "transfer.sent.debit",
        origin_id="chrg_test_1",
        amount_minor=amount_minor,
        currency="THB",
        transferable_at=NOW + timedelta(days=days),
        created_at=NOW,
    )


async def test_entries_move_the_balance_by_their_sum(runtime: Runtime, account: Account) -> None:
    async with runtime.database.transaction() as connection:
        await money.book(connection, account, [entry("credit", 900), entry("debit", 250)])

        balance = await money.balance(connection, account, NOW, lock=True)

    assert (balance.total_minor, balance.transferable_minor, balance.held_minor) == (650, 650, 0)


async def test_a_credit_may_leave_once_it_is_settled(runtime: Runtime, account: Account) -> None:
    async with runtime.database.transaction() as connection:
        await money.book(connection, account, [entry("credit", 100), entry("credit", 900, days=7)])
        await money.book(connection, account, [entry("credit", 11, days=7), entry("debit", 1, days=7)])

        before = await money.balance(connection, account, NOW + timedelta(days=7, seconds=-1))
        after = await money.balance(connection, account, NOW + timedelta(days=7))

    assert (before.total_minor, before.transferable_minor) == (1_010, 100)
    assert (after.total_minor, after.transferable_minor) == (1_010, 1_010)


async def test_what_is_held_may_not_leave_and_is_released_once(runtime: Runtime, account: Account) -> None:
    async with runtime.database.transaction() as connection:
        await money.book(connection, account, [entry("credit", 900)])
        await money.hold(connection, account, 300)
        held = await money.balance(connection, account, NOW)
        await money.release(connection, account, 300)
        released = await money.balance(connection, account, NOW)

    assert (held.total_minor, held.transferable_minor, held.held_minor) == (900, 600, 300)
    assert released.transferable_minor == 900
    with pytest.raises(psycopg.errors.CheckViolation):
        async with runtime.database.transaction() as connection:
            await money.release(connection, account, 1)


async def test_an_empty_booking_changes_nothing(runtime: Runtime, account: Account) -> None:
    async with runtime.database.transaction() as connection:
        await money.book(connection, account, [])

        assert (await money.balance(connection, account, NOW)).total_minor == 0
