"""A file whose verifiers die a hundred times: each line of it has one line in the results, in order."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from duerun.domain.payees.practice import MAGIC
from duerun.services import vop_tasks
from duerun.storage import vop_clients
from duerun.web.payees.ingest import Intake
from dying import killed

from .conftest import Requester, ndjson, record

SCRIPT = Path(__file__).with_name("verifiers_that_die.py")
RECORDS = 20_000
PART_RECORDS = 50
KILLS = 100


async def test_a_file_survives_a_hundred_deaths(requester: Requester) -> None:
    await requester.check_all()
    runtime = requester.runtime
    sent = [
        record(MAGIC - 1, "John Close Match")
        if number % 7 == 0
        else record(number, party={})
        if number % 50 == 0
        else record(number)
        for number in range(1, RECORDS + 1)
    ]
    async with runtime.database.connection() as connection:
        found = await vop_clients.by_id(connection, requester.client_id)
    assert found
    now = datetime.now(UTC)
    task = await vop_tasks.begin(runtime, found[0], end_user=None, language=None, now=now)
    intake = Intake(replace(runtime.payees.policy, chunk_records=PART_RECORDS))
    for part in (*intake.feed(ndjson(sent)), *intake.finish()):
        await vop_tasks.add(runtime, task, part)
    task_id = await vop_tasks.finish(
        runtime,
        task,
        records=intake.records,
        chunks=intake.parts,
        failure=None,
        key=None,
        digest=intake.digest,
        now=now,
    )

    died = await killed(str(SCRIPT), runtime.database.dsn, str(task_id), str(KILLS))
    while requester.status(str(task_id))["status"] != "PROCESSED":
        await requester.check_all()
        await asyncio.sleep(0.02)

    lines = requester.results(str(task_id))
    assert died == KILLS
    assert [line["uetr"] for line in lines] == [each["uetr"] for each in sent]
    assert [("errors" in line) for line in lines] == [not each["party"] for each in sent]
    assert [line.get("partyNameMatch") == "CMTC" for line in lines] == [
        each["party"].get("name") == "John Close Match" for each in sent
    ]
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT matched + close + unmatched + not_applicable + faulty AS counted, records, chunks, chunks_done "
            "FROM vop_tasks WHERE task_id = %s",
            (task_id,),
        )
        row = await cursor.fetchone()
    assert row == {"counted": RECORDS, "records": RECORDS, "chunks": 400, "chunks_done": 400}
