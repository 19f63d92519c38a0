"""The same bytes again: when they are the job that they made before, and when they are taken anew."""

from typing import Any

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
