"""The same bytes again: when they are the job that they made before, and when they are taken anew."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from duerun.services import bulk
from duerun.services.unit import BulkPolicy, Runtime

from .conftest import Files

HEADER = "customer_key,customer,amount,every,period,days_of_month"


def file_of(*rows: str) -> bytes:
    return ("\n".join((HEADER, *rows)) + "\n").encode()


def sent(api: Any, data: bytes, query: str = "", **headers: str) -> Any:
    file = {"file": ("members.csv", data, "text/csv")}
    answer = api.call("POST", f"/schedules/upload{query}", files=file, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_dry_run_is_checked_anew_each_time(api: Any, files: Files) -> None:
    customer = api.customer()["id"]
    data = file_of(f"k1,{customer},5000,1,month,5")

    async def tried() -> str:
        job = sent(api, data, "?dry_run=true").json()
        await files.settle()
        row = files.report(job).text.splitlines()[1]
        return "".join(code for code in ("success", "duplicate_schedule", "invalid_customer") if code in row)

    before = await tried()
    await files.apply(data)
    applied = await tried()
    api.delete(f"/customers/{customer}")
    deleted = await tried()

    assert (before, applied, deleted) == ("success", "duplicate_schedule", "invalid_customer")


async def test_a_dry_run_under_a_key_is_replayed(api: Any, files: Files) -> None:
    data = file_of(f"k1,{api.customer()['id']},5000,1,month,5")

    first, again = (sent(api, data, "?dry_run=true", **{"Idempotency-Key": "t"}) for _ in range(2))

    assert first.json()["id"] == again.json()["id"]
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_the_same_file_is_its_job_and_the_answer_says_so(api: Any, files: Files) -> None:
    data = file_of(f"k1,{api.customer()['id']},5000,1,month,5")

    first, again = sent(api, data), sent(api, data)
    await files.settle()
    later = sent(api, data)

    assert first.json()["id"] == again.json()["id"] == later.json()["id"]
    assert [each.headers.get("Idempotent-Replayed") for each in (first, again, later)] == [
        None,
        "true",
        "true",
    ]


async def test_a_file_whose_schedules_were_deleted_makes_them_again(api: Any, files: Files) -> None:
    customer = api.customer()["id"]
    data = file_of(f"k1,{customer},5000,1,month,5", f"k2,{customer},6000,1,month,6")
    first = await files.apply(data)
    row = files.report(first).text.splitlines()[1]
    api.delete(f"/schedules/{row.split(',')[-3]}")

    again = sent(api, data)
    await files.settle()
    report = files.report(again.json()).text.splitlines()

    assert "Idempotent-Replayed" not in again.headers
    assert again.json()["id"] != first["id"]
    assert ",success," in report[1]
    assert ",duplicate_schedule," in report[2]
    assert len(api.get("/schedules?limit=100")["data"]) == 2 + 1


async def test_a_job_stands_for_its_file_as_long_as_a_key_counts(api: Any, files: Files) -> None:
    data = file_of(f"k1,{api.customer()['id']},5000,1,month,5")
    first = await files.apply(data)

    api.advance(days=2)
    soon = sent(api, data).json()
    api.advance(days=2)
    late = sent(api, data).json()
    await files.settle()

    assert soon["id"] == first["id"] != late["id"]
    assert ",duplicate_schedule," in files.report(late).text


async def test_an_open_job_of_which_a_schedule_was_deleted_does_not_stand_for_the_file(
    api: Any, files: Files, runtime: Runtime
) -> None:
    customer = api.customer()["id"]
    data = file_of(f"k1,{customer},5000,1,month,5", f"k2,{customer},6000,1,month,6")
    first = sent(api, data).json()
    await bulk.process_pending(replace(runtime, bulk=BulkPolicy(chunk_rows=1)), datetime.now(UTC))
    api.post(f"{first['location']}/pause", {})
    same = sent(api, data).json()

    api.delete(f"/schedules/{api.get('/schedules')['data'][0]['id']}")
    other = sent(api, data).json()

    assert first["id"] == same["id"] != other["id"]
