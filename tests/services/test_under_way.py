"""Payments and files share a process with each other and with calls: none of them takes all of it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from duerun.domain.accounts import Account
from duerun.domain.bulk_rows import BulkRow, check_row
from duerun.services import bulk, bulk_halves, due_payments, rounds
from duerun.services.due_charges import CHARGES
from duerun.services.under_way import UnderWay
from duerun.services.unit import Runtime

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date\n"
ROWS = 3_000


def test_it_is_busy_until_the_last_one_ends() -> None:
    under_way = UnderWay()
    assert not under_way.is_busy
    with under_way.begun():
        with pytest.raises(LookupError), under_way.begun():
            raise LookupError
        assert under_way.is_busy
    assert not under_way.is_busy


@contextmanager
def beside(runtime: Runtime, others: int) -> Iterator[None]:
    """While as many batches or chunks are under way."""
    with ExitStack() as stack:
        for _ in range(others):
            stack.enter_context(runtime.under_way.begun())
        yield


@pytest.mark.parametrize(("others", "lanes"), [(0, 2), (1, 1)])
async def test_payments_have_one_lane_beside_others(
    runtime: Runtime, api: Any, account: Account, monkeypatch: pytest.MonkeyPatch, others: int, lanes: int
) -> None:
    day = account.today(datetime.now(UTC)) + timedelta(days=1)
    charge = {"customer": api.customer()["id"], "amount": 100_000}
    days = {"every": 1, "period": "day", "start_date": f"{day}", "end_date": f"{day}"}
    api.post("/schedules", {**days, "charge": charge})
    batches: list[int] = []

    async def run(*given: Any, **named: Any) -> int:
        batches.append(ran := await due_payments.run(*given, **named))
        return ran

    monkeypatch.setitem(rounds.RUNS, CHARGES.name, partial(run, CHARGES))
    with beside(runtime, others):
        later = datetime.now(UTC) + timedelta(days=3)
        assert await rounds.run_due(runtime, account, later, lanes=2) == 1

    assert sorted(batches) == [0, 1][-lanes:]


@pytest.mark.parametrize("others", [0, 1])
async def test_a_file_is_not_taken_in_halves_beside_others(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    asks = 0

    async def process(*given: Any) -> int | None:
        nonlocal asks
        asks += 1
        return await in_halves(*given)

    in_halves = bulk_halves.process
    monkeypatch.setattr(bulk_halves, "process", process)
    with beside(runtime, others):
        await bulk.process_pending(runtime, datetime.now(UTC))

    assert asks == 1 - others


async def test_others_are_served_while_the_rows_of_a_file_are_checked(
    runtime: Runtime, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much of it comes at once."""
    turn, rows_of_turn = 0, Counter[int]()
    row = "k{n},cust_test_none,,100000,Monthly,1,month,5,,\n"
    file = (HEADER + "".join(row.format(n=n) for n in range(ROWS))).encode()

    async def others() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    def checked(*given: Any) -> BulkRow:
        rows_of_turn[turn] += 1
        return check_row(*given)

    async def at_once() -> AsyncIterator[bytes]:
        yield file

    monkeypatch.setattr("duerun.services.bulk_checks.check_row", checked)
    beside = asyncio.create_task(others())
    job = await bulk.receive(runtime, account, datetime.now(UTC), at_once(), bulk.Upload)
    beside.cancel()

    assert (job.total_rows, rows_of_turn.total()) == (ROWS, ROWS)
    assert max(rows_of_turn.values()) <= bulk.PIECE_BYTES_MAX // len(row.format(n=0)) + 1
