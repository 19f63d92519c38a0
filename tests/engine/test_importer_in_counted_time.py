"""A job goes on whose rows fall into time that lists have counted, as where an account is busy meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conftest import Api
from duerun.domain.accounts import Account
from duerun.domain.bulk_jobs import BulkJob
from duerun.engine.counter import Counter
from duerun.services import bulk, clocks
from duerun.services.unit import BulkPolicy, Runtime
from duerun.storage import bulk_halves, list_blocks

ROWS = 6_000
CHUNK_ROWS = 3_000
LISTS = ("events", "schedules", "charge_schedules")
PATIENCE_SECONDS = 60.0
BLOCKS = """
INSERT INTO list_blocks (list, account_id, livemode, since, until, objects, is_counted)
SELECT name, %(account)s, false, edge, lead, 0, true
FROM unnest(%(lists)s::text[]) AS name,
  (SELECT edge, lead(edge) OVER (ORDER BY edge) FROM unnest(%(edges)s::timestamptz[]) AS edge) AS span
WHERE lead IS NOT NULL
"""

DATED = """
SELECT s.customer_key, s.created_at,
  (SELECT e.created_at FROM events e WHERE e.object_id = s.id AND e.key = 'schedule.create') = s.created_at AS is_told,
  (SELECT o.created_at FROM occurrences o WHERE o.schedule_id = s.id) = s.created_at AS is_planned
FROM schedules s WHERE s.bulk_job_id = %(job)s ORDER BY s.created_at, s.id
"""


async def in_chunks(runtime: Runtime, beside_work: int = CHUNK_ROWS) -> Runtime:
    """Takes files in chunks; what other tests left open is done."""
    policy = BulkPolicy(chunk_rows=CHUNK_ROWS, halves_rows_min=1_000, chunk_rows_beside_work=beside_work)
    own = replace(runtime, bulk=policy)
    while await bulk.process_pending(own, datetime.now(UTC)):
        pass
    return own


async def uploaded(runtime: Runtime, api: Api, account: Account, at: datetime) -> BulkJob:
    customer = api.customer()["id"]

    async def file() -> AsyncIterator[bytes]:
        yield b"customer_key,customer,amount,every,period,days_of_month\n"
        for number in range(ROWS):
            yield f"k{number},{customer},{5_000 + number},1,month,5\n".encode()

    return await bulk.receive(runtime, account, account.now(at), file(), bulk.Upload)


async def count_time(runtime: Runtime, account: Account, job: BulkJob) -> None:
    """Blocks of lists that end in the midst of the rows, and behind all of them."""
    edges = [job.created_at + timedelta(microseconds=each) for each in (0, 2_000, 4_000, 3_600_000_000)]
    async with runtime.database.connection() as connection:
        await connection.execute(BLOCKS, {"account": account.id, "lists": list(LISTS), "edges": edges})


async def totals(runtime: Runtime, account: Account) -> dict[str, list[int]]:
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT list, array_agg(objects ORDER BY until) AS objects FROM list_blocks"
            " WHERE account_id = %s GROUP BY list",
            (account.id,),
        )
        return {row["list"]: row["objects"] for row in await cursor.fetchall()}


@pytest.mark.parametrize("is_known_before", [True, False])
async def test_halves_do_not_wait_for_one_another(
    runtime: Runtime, api: Api, account: Account, is_known_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = await in_chunks(runtime)
    at = runtime.clock.now()
    job = await uploaded(own, api, account, at)
    await count_time(own, account, job)
    if not is_known_before:
        # As if the block was opened between the look and the rows.
        async def unseen(*_: Any) -> bool:
            return False

        monkeypatch.setattr(bulk_halves, "is_in_counted_time", unseen)

    async with asyncio.timeout(PATIENCE_SECONDS):
        while await bulk.process_pending(own, at):
            pass

    assert api.get(f"/recurring_exports/{job.id}")["successful_rows"] == ROWS
    assert await totals(own, account) == {name: [2_000 - 1, 2_000, 2_001] for name in LISTS}


@pytest.mark.parametrize(
    ("hours", "ahead"),
    [
        pytest.param((2, 5), -CHUNK_ROWS, id="later"),
        pytest.param((5, 5), 0, id="at-the-same-moment"),
        pytest.param((5, 2), 0, id="by-a-worker-whose-clock-is-behind"),
    ],
)
async def test_a_schedule_is_dated_when_it_is_made_and_behind_earlier_rows(
    runtime: Runtime, api: Api, account: Account, hours: tuple[int, int], ahead: int
) -> None:
    """So lists keep the order of the file, and get no rows into a time that they have counted."""
    own = await in_chunks(runtime)
    at = runtime.clock.now()
    job = await uploaded(own, api, account, at)

    for each in hours:
        assert await bulk.process_pending(own, at + timedelta(hours=each)) == CHUNK_ROWS

    async with runtime.database.connection() as connection:
        cursor = await connection.execute(DATED, {"job": job.id})
        rows = await cursor.fetchall()
    keys = [row["customer_key"] for row in rows]
    later = [row["created_at"] - account.now(at) for row in rows]
    step = timedelta(microseconds=1)
    assert keys == [f"k{number}" for number in range(ROWS)]
    assert later[:CHUNK_ROWS] == [
        timedelta(hours=hours[0]) + step * (n - CHUNK_ROWS) for n in range(CHUNK_ROWS)
    ]
    assert later[CHUNK_ROWS:] == [timedelta(hours=5) + step * (n + ahead) for n in range(CHUNK_ROWS)]
    assert all(row["is_told"] and row["is_planned"] for row in rows), (
        "the event and the first date have the same"
    )


async def test_a_clock_that_is_advanced_is_not_set_behind_what_its_files_made(
    runtime: Runtime, api: Api, account: Account
) -> None:
    own = await in_chunks(runtime)
    job = await uploaded(own, api, account, runtime.clock.now())

    advanced = await clocks.advance(own, account, days=0)

    async with runtime.database.connection() as connection:
        rows = await (await connection.execute(DATED, {"job": job.id})).fetchall()
    assert len(rows) == ROWS
    assert max(row["created_at"] for row in rows) <= advanced.now


async def test_a_chunk_beside_other_work_is_small(runtime: Runtime, api: Api, account: Account) -> None:
    own = await in_chunks(runtime, beside_work=500)
    at = runtime.clock.now()
    job = await uploaded(own, api, account, at)

    with own.under_way.begun():
        beside = await bulk.process_pending(own, at)
    alone = await bulk.process_pending(own, at)
    while await bulk.process_pending(own, at):
        pass

    assert (beside, alone) == (500, CHUNK_ROWS)
    assert api.get(f"/recurring_exports/{job.id}")["successful_rows"] == ROWS


async def test_a_file_beside_which_schedules_are_made_leaves_no_long_block(
    runtime: Runtime, api: Api, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page in the midst of a block walks through it: it must not hold all that a file makes."""
    monkeypatch.setattr(list_blocks, "BLOCK_OBJECTS", 50)
    monkeypatch.setattr(list_blocks, "FRESH_SECONDS", 0.0)
    own = await in_chunks(runtime)
    at = runtime.clock.now() - timedelta(minutes=1)
    job = await uploaded(own, api, account, at)
    await bulk.process_pending(own, at)
    customer = api.customer()["id"]
    for number in range(120):
        charge = {"customer": customer, "amount": 900_000 + number}
        api.post(
            "/schedules", {"every": 1, "period": "month", "on": {"days_of_month": [5]}, "charge": charge}
        )
    counter = Counter(own)
    while await counter.tick(datetime.now(UTC)):
        pass

    while await bulk.process_pending(own, datetime.now(UTC)):
        pass

    assert api.get(f"/recurring_exports/{job.id}")["successful_rows"] == ROWS
    totals_of_blocks = (await totals(own, account))["schedules"]
    assert sum(totals_of_blocks) >= CHUNK_ROWS
    assert max(totals_of_blocks) == list_blocks.BLOCK_OBJECTS
