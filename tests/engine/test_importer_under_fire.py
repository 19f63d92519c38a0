"""A bulk job whose importers die a hundred times: each row has one result, and no schedule is there twice."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from duerun.services import bulk, bulk_reports, bulk_steps
from duerun.services.unit import BulkPolicy, Runtime
from duerun.storage import accounts
from dying import killed

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
SCRIPT = Path(__file__).with_name("importers_that_die.py")
ROWS = 20_000
KILLS = 100
FAILED_EVERY = 50


async def test_a_job_survives_a_hundred_deaths(runtime: Runtime, api: Any) -> None:
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
    assert account is not None
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass
    customer = api.customer()["id"]

    async def file() -> AsyncIterator[bytes]:
        yield f"{HEADER}\n".encode()
        for number in range(ROWS):
            payer = "cust_test_none" if number % FAILED_EVERY == 0 else customer
            yield f"k{number},{payer},,{5_000 + number},,1,month,5,,\n".encode()

    roomy = replace(runtime, bulk=BulkPolicy(rows_max=ROWS))
    job = await bulk.receive(roomy, account, datetime.now(UTC), file(), bulk.Upload)
    died = await killed(str(SCRIPT), runtime.database.dsn, job.id, str(KILLS))
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass

    done = api.get(f"/recurring_exports/{job.id}")
    assert died == KILLS
    assert (done["state"], done["total_rows"], done["failed_rows"]) == (
        "completed",
        ROWS,
        ROWS // FAILED_EVERY,
    )
    async with runtime.unit(account, datetime.now(UTC)) as unit:
        ended = await bulk_steps.get_job(unit, job.id)
    report = b"".join([part async for part in bulk_reports.report(runtime, ended)]).decode().splitlines()[1:]
    results = Counter(line.split(",")[10] for line in report)
    assert results == {"success": ROWS - ROWS // FAILED_EVERY, "failed": ROWS // FAILED_EVERY}
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT count(*) AS schedules, count(DISTINCT customer_key) AS keys,"
            " (SELECT count(*) FROM occurrences o WHERE o.account_id = %(account)s) AS occurrences,"
            " (SELECT count(*) FROM events e WHERE e.account_id = %(account)s AND e.key = 'schedule.create') AS told"
            " FROM schedules WHERE account_id = %(account)s",
            {"account": account.id},
        )
        counts = await cursor.fetchone()
    expected = ROWS - ROWS // FAILED_EVERY
    assert counts == dict.fromkeys(("schedules", "keys", "occurrences", "told"), expected)
    told = {line.split(",")[0]: line.split(",")[11] for line in report if ",success," in line}
    assert len(set(told.values())) == expected
