"""A chunk of a bulk file is applied in two halves at once, and nobody can tell from what comes of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from duerun.domain.accounts import Account
from duerun.services import bulk, bulk_steps
from duerun.services.unit import BulkPolicy, Runtime
from duerun.storage import bulk as store

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
ROWS = 60
MIDDLE = ROWS // 2


@pytest.fixture
async def eager(runtime: Runtime) -> Runtime:
    """Takes the smallest chunks in halves; what other tests left open is done first."""
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass
    return replace(runtime, bulk=BulkPolicy(chunk_rows=ROWS, halves_rows_min=2))


def lines_of(customer: str, *, cards: dict[int, str] | None = None) -> list[str]:
    cards = cards or {}
    return [f"k{n},{customer},{cards.get(n, '')},{5_000 + n},,1,month,5,," for n in range(ROWS)]


def uploaded(api: Any, lines: list[str]) -> Any:
    file = ("members.csv", "\n".join([HEADER, *lines]).encode(), "text/csv")
    answer = api.call("POST", "/schedules/upload", files={"file": file})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def applied(runtime: Runtime, api: Any, job: Any) -> tuple[list[int], list[list[str]]]:
    """How many schedules came of each transaction, in their order, and the cells of the report."""
    assert await bulk.process_pending(runtime, datetime.now(UTC)) == ROWS
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT count(*) AS schedules FROM schedules WHERE bulk_job_id = %s"
            " GROUP BY xmin::text ORDER BY min(created_at)",
            [job["id"]],
        )
        pieces = [int(row["schedules"]) for row in await cursor.fetchall()]
    report = api.call("GET", f"/recurring_exports/{job['id']}/download").content.decode()
    return pieces, [line.split(",") for line in report.splitlines()[1:]]


async def test_two_halves_make_what_one_piece_makes(eager: Runtime, api: Any) -> None:
    customer = api.customer()["id"]
    lines = lines_of(customer)
    lines[3] = lines[3].replace(customer, "cust_test_none")
    lines[ROWS - 3] = lines[ROWS - 3].replace(",5,,", ",99,,")
    pieces, report = await applied(eager, api, job := uploaded(api, lines))

    assert pieces == [MIDDLE - 1, MIDDLE - 1]
    assert [cells[0] for cells in report] == [f"k{n}" for n in range(ROWS)]
    assert [n for n, cells in enumerate(report) if cells[10] == "failed"] == [3, ROWS - 3]
    done = api.get(f"/recurring_exports/{job['id']}")
    assert (done["state"], done["successful_rows"], done["failed_rows"]) == ("completed", ROWS - 2, 2)
    listed = api.get("/schedules?limit=100&order=chronological")["data"]
    assert [each["id"] for each in listed] == [cells[11] for cells in report if cells[10] == "success"]
    assert [each["key"] for each in api.get("/events?limit=100")["data"]].count("schedule.create") == ROWS - 2


@pytest.mark.parametrize("repeat", ["key", "terms"])
async def test_rows_that_repeat_one_another_are_taken_in_one_piece(
    eager: Runtime, api: Any, repeat: str
) -> None:
    lines = lines_of(api.customer()["id"])
    key, rest = (lines[1].partition(",") if repeat == "key" else lines[ROWS - 1].partition(","))[::2]
    other = lines[ROWS - 1].partition(",")[2] if repeat == "key" else lines[1].partition(",")[2]
    assert rest != other
    lines[ROWS - 1] = f"{key},{other}"
    pieces, report = await applied(eager, api, uploaded(api, lines))

    assert pieces == [ROWS - 1]
    assert report[ROWS - 1][10:13] == ["failed", "", "duplicate_schedule"]
    assert "row 2 of this file" in ",".join(report[ROWS - 1])


async def test_rows_with_tokens_are_taken_in_one_piece(eager: Runtime, api: Any) -> None:
    token = api.token()
    lines = lines_of(api.customer()["id"], cards={2: token, ROWS - 2: token})
    pieces, report = await applied(eager, api, uploaded(api, lines))

    assert pieces == [ROWS - 1]
    assert report[ROWS - 2][12] == "invalid_card"


async def test_a_half_that_breaks_is_taken_again_in_one_piece(
    eager: Runtime, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = uploaded(api, lines_of(api.customer()["id"]))
    apply = store.apply_chunk
    calls = 0

    async def fail_once(*given: Any, **named: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("the second half breaks")
        return await apply(*given, **named)

    monkeypatch.setattr(store, "apply_chunk", fail_once)
    pieces, report = await applied(eager, api, job)

    assert (pieces, calls) == ([ROWS], 3)
    assert {cells[10] for cells in report} == {"success"}


async def test_a_job_that_is_cancelled_between_its_halves_keeps_the_first(
    eager: Runtime, api: Any, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person has waited for the first half to be committed, and comes before the second one."""
    job = uploaded(api, lines_of(api.customer()["id"]))
    move_on: Callable[..., Any] = store.move_on

    async def cancelled(connection: Any, job: Any, *, after: int, **named: Any) -> bool:
        if after == MIDDLE:
            async with eager.unit(account, datetime.now(UTC)) as unit:
                await bulk_steps.cancel(unit, job.id)
        return bool(await move_on(connection, job, after=after, **named))

    monkeypatch.setattr(store, "move_on", cancelled)
    assert await bulk.process_pending(eager, datetime.now(UTC)) == MIDDLE
    assert await bulk.process_pending(eager, datetime.now(UTC)) == 0

    done = api.get(f"/recurring_exports/{job['id']}")
    assert (done["state"], done["processed_rows"]) == ("cancelled", MIDDLE)
    assert api.get("/schedules")["total"] == MIDDLE
    report = api.call("GET", f"/recurring_exports/{job['id']}/download").content.decode()
    results = [line.split(",")[10] for line in report.splitlines()[1:]]
    assert results == ["success"] * MIDDLE + ["not_processed"] * MIDDLE


async def test_importers_side_by_side_apply_each_row_once(eager: Runtime, api: Any) -> None:
    customer = api.customer()["id"]
    job = uploaded(api, lines_of(customer))
    small = replace(eager, bulk=BulkPolicy(chunk_rows=6, halves_rows_min=2))

    async def work() -> int:
        count = 0
        while rows := await bulk.process_pending(small, datetime.now(UTC)):
            count += rows
        return count

    assert sum(await asyncio.gather(*(work() for _ in range(3)))) == ROWS
    done = api.get(f"/recurring_exports/{job['id']}")
    assert (done["state"], done["successful_rows"]) == ("completed", ROWS)
    assert api.get("/schedules")["total"] == ROWS
