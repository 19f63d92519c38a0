"""Bulk jobs in steps: tried first, committed, approved, paused, cancelled, sent again."""

import csv
import io
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from duerun.services import access, bulk
from duerun.services.unit import BulkPolicy, Runtime
from duerun.storage import accounts

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
Work = Callable[[], Awaitable[None]]


@pytest.fixture
async def work(runtime: Runtime) -> Work:
    """Let the importer work until nothing is open."""

    async def until_done() -> None:
        while await bulk.process_pending(runtime, datetime.now(UTC)):
            pass

    await until_done()
    return until_done


def upload(api: Any, rows: list[str], query: str = "", *, header: str = HEADER, **options: Any) -> Any:
    files = {"file": ("members.csv", "\n".join([header, *rows]) + "\n", "text/csv")}
    answer = api.call("POST", f"/schedules/upload{query}", files=files, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(api: Any, job: Any, path: str = "download", query: str = "") -> list[dict[str, str]]:
    answer = api.call("GET", f"/recurring_exports/{job['id']}/{path}{query}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def step(api: Any, job: Any, name: str) -> Any:
    return api.post(f"/recurring_exports/{job['id']}/{name}", {})


def job_of(api: Any, job: Any) -> Any:
    return api.get(f"/recurring_exports/{job['id']}")


async def test_a_dry_run_creates_nothing_and_tells_everything(api: Any, work: Work) -> None:
    good, bare = api.customer()["id"], api.post("/customers", {})["id"]
    start = api.today() + timedelta(days=1)
    end = start + timedelta(days=9)
    rows = [
        f"k1,{good},,5000,,2,day,,{start},{end}",
        f"k2,{good},,7000,,1,month,1;15,,",
        f"k3,{bare},,x,,0,year,29,2020-01-01,2019-01-01",
        f",{good},,1,,1,month,40,2025-02-30,",
        f"k1,{good},,9000,,1,month,5,,",
    ]

    job = upload(api, rows, "?dry_run=true")
    await work()
    done = job_of(api, job)
    report = read(api, job)

    assert (done["state"], done["dry_run"], done["successful_rows"], done["failed_rows"]) == (
        "completed",
        True,
        2,
        3,
    )
    assert (done["schedule_created_count"], api.get("/schedules")["total"]) == (0, 0)
    assert [each["status"] for each in report] == ["success", "success", "failed", "failed", "failed"]
    assert {each["schedule_id"] for each in report} == {""}
    first = report[0]
    assert (first["in_words"], first["first_date"], first["second_date"]) == (
        "Every 2 day(s)", str(start), str(start + timedelta(days=2)),
    )  # fmt: skip
    assert (first["last_date"], first["occurrence_count"]) == (str(start + timedelta(days=8)), "5")
    assert (report[1]["last_date"], report[1]["occurrence_count"]) == ("", "")
    assert report[2]["error_code"] == "no_card_attached"
    assert report[2]["other_errors"] == (
        "invalid_amount: Amount must be a positive integer; invalid_period: Period must be day, week, or month; "
        "invalid_period: Every must be a positive integer; start_date_in_past: Start date is in the past; "
        "end_date_before_start: End date is before start date"
    )
    assert report[3]["error_code"] == "missing_customer_key"
    assert [each.split(":")[0] for each in report[3]["other_errors"].split("; ")] == [
        "invalid_amount", "invalid_days_of_month", "invalid_date_format",
    ]  # fmt: skip
    assert report[4]["error_message"] == "Schedule already exists for customer: row 1 of this file"


async def test_the_totals_of_a_dry_run_are_what_then_is_charged(api: Any, work: Work) -> None:
    good, recipient = api.customer()["id"], api.recipient()["id"]
    start = api.today() + timedelta(days=1)
    rows = [f"k1,{good},,5000,,1,week,,{start},,", f"k2,{good},,7000,,1,month,1;15,{start},,"]
    rows.append(f"k3,,,30000,,1,month,9,{start},,{recipient}")

    job = upload(api, rows, "?dry_run=true", header=f"{HEADER},recipient")
    await work()
    totals = job_of(api, job)["totals"]
    step(api, job, "commit")
    await work()
    api.advance(days=200)

    charged: dict[str, int] = {}
    offset = 0
    while page := api.get("/charges", params={"limit": 100, "offset": offset})["data"]:
        offset += 100
        for each in page:
            month = (datetime.fromisoformat(each["created_at"]) + timedelta(hours=7)).strftime("%Y-%m")
            charged[month] = charged.get(month, 0) + each["amount"]
    whole_months = sorted(charged)[:-1]
    assert len(whole_months) >= 5
    told = {each["month"]: each["charge_amount"] for each in totals}
    assert {month: told[month] for month in whole_months} == {month: charged[month] for month in whole_months}
    assert {each["transfer_amount"] for each in totals[1:-1]} == {30_000}


async def test_a_commit_applies_what_was_tried(api: Any, work: Work) -> None:
    good, bare = api.customer()["id"], api.post("/customers", {})["id"]
    job = upload(api, [f"k1,{good},,5000,,1,month,5,,", f"k2,{bare},,5000,,1,month,5,,"], "?dry_run=true")
    await work()

    committed = step(api, job, "commit")
    await work()
    done = job_of(api, job)

    assert (committed["state"], committed["dry_run"]) == ("pending", False)
    assert (done["state"], done["successful_rows"], done["failed_rows"]) == ("completed", 1, 1)
    assert done["schedule_created_count"] == 1
    assert done["committed_at"] is not None
    [one, two] = read(api, job)
    assert api.get(f"/schedules/{one['schedule_id']}")["charge"]["amount"] == 5_000
    assert (two["error_code"], "other_errors" in two) == ("no_card_attached", False)
    again = api.refused("POST", f"/recurring_exports/{job['id']}/commit", {})
    assert again["message"] == "only a dry run that is completed can be committed"


@pytest.mark.parametrize("change", ["customer", "card", "mended", "schedule", "date"])
async def test_a_commit_is_refused_when_something_has_changed(api: Any, work: Work, change: str) -> None:
    good, bare = api.customer(), api.post("/customers", {})["id"]
    start = api.today() + timedelta(days=1)
    rows = [f"k0,{api.customer()['id']},,5000,,1,month,5,,", f"k1,{good['id']},,5000,,1,day,,{start},"]
    rows.append(f"k2,{bare},,5000,,1,month,5,,")
    job = upload(api, rows, "?dry_run=true")
    await work()

    if change == "customer":
        api.delete(f"/customers/{good['id']}")
    elif change == "card":
        added = api.patch(f"/customers/{good['id']}", {"card": api.token("5555555555554444")})
        api.patch(f"/customers/{good['id']}", {"default_card": added["cards"]["data"][-1]["id"]})
    elif change == "mended":
        api.patch(f"/customers/{bare}", {"card": api.token()})
    elif change == "schedule":
        charge = {"customer": good["id"], "amount": 5_000}
        api.post("/schedules", {"every": 1, "period": "day", "start_date": str(start), "charge": charge})
    else:
        api.advance(days=3)

    error = api.refused("POST", f"/recurring_exports/{job['id']}/commit", {})

    told = {
        "customer": "row 2 has changed since the dry run: Customer not found",
        "card": "row 2 has changed since the dry run: its card is another one",
        "mended": "row 3 has changed since the dry run: no_card_attached is mended",
        "schedule": "row 2 has changed since the dry run: Schedule already exists for customer: schd_test_",
        "date": f"row 2 has changed since the dry run: its first date {start} has passed",
    }[change]
    assert error["message"].startswith(told)
    await work()
    assert api.get("/schedules")["total"] == (1 if change == "schedule" else 0)


async def test_a_change_between_commit_and_its_rows_fails_the_row_alone(api: Any, work: Work) -> None:
    one, two = api.customer()["id"], api.customer()
    job = upload(api, [f"k1,{one},,5000,,1,month,5,,", f"k2,{two['id']},,5000,,1,month,5,,"], "?dry_run=true")
    await work()
    step(api, job, "commit")
    added = api.patch(f"/customers/{two['id']}", {"card": api.token("5555555555554444")})
    api.patch(f"/customers/{two['id']}", {"default_card": added["cards"]["data"][-1]["id"]})

    await work()

    assert [each["error_code"] for each in read(api, job)] == ["", "changed_since_dry_run"]


async def test_rows_that_fail_behind_the_commit_are_told_as_changed(api: Any, work: Work) -> None:
    gone, bare, taken = api.customer()["id"], api.post("/customers", {})["id"], api.customer()["id"]
    rows = [f"k{n},{each},,5000,,1,month,5,," for n, each in enumerate((gone, bare, taken))]
    job = upload(api, rows, "?dry_run=true")
    await work()
    step(api, job, "commit")
    api.delete(f"/customers/{gone}")
    terms = {"every": 1, "period": "month", "on": {"days_of_month": [5]}}
    made = api.post("/schedules", terms | {"charge": {"customer": taken, "amount": 5_000}})["id"]

    await work()

    assert [(each["error_code"], each["error_message"]) for each in read(api, job)] == [
        ("changed_since_dry_run", "Row changed after the dry run: Customer not found"),
        ("no_card_attached", "Customer has no payment card"),
        (
            "changed_since_dry_run",
            f"Row changed after the dry run: Schedule already exists for customer: {made}",
        ),
    ]


async def test_failed_rows_are_sent_again_once_they_are_mended(api: Any, work: Work) -> None:
    good, bare = api.customer()["id"], api.post("/customers", {})["id"]
    note = '"a, ""b"""'
    rows = [f"k1,{good},,5000,,1,month,5,,,x", f"k2,{bare},,5000,{note},1,month,5,,,{note}"]
    job = upload(api, rows, header=f"{HEADER},remark")
    await work()
    api.patch(f"/customers/{bare}", {"card": api.token()})

    failed = api.call("GET", f"/recurring_exports/{job['id']}/failed")
    files = {"file": ("failed.csv", failed.content, "text/csv")}
    again = api.call("POST", "/schedules/upload", files=files).json()
    await work()

    assert failed.text == (
        f"{HEADER},remark,what_to_fix\n{rows[1]},no_card_attached: Customer has no payment card\n"
    )
    assert job_of(api, again)["successful_rows"] == 1
    assert read(api, again)[0]["remark"] == 'a, "b"'
    assert api.get("/schedules")["total"] == 2


async def test_the_same_file_is_the_same_job_unless_rows_have_failed(api: Any, work: Work) -> None:
    good, bare = api.customer()["id"], api.post("/customers", {})["id"]
    sound, broken = [f"k1,{good},,5000,,1,month,5,,"], [f"k2,{bare},,6000,,1,month,5,,"]

    first, second_click = upload(api, sound), upload(api, sound)
    await work()
    later, forced, tried = (
        upload(api, sound),
        upload(api, sound, "?again=true"),
        upload(api, sound, "?dry_run=true"),
    )
    faulty = upload(api, broken)
    await work()
    faulty_again = upload(api, broken)
    await work()

    assert first["id"] == second_click["id"] == later["id"]
    assert len({first["id"], forced["id"], tried["id"], faulty["id"], faulty_again["id"]}) == 5
    assert api.get("/schedules")["total"] == 1


async def test_a_paused_job_stands_still_and_a_cancelled_one_keeps_what_is_done(
    api: Any, runtime: Runtime, work: Work
) -> None:

    customer = api.customer()["id"]
    job = upload(api, [f"k{n},{customer},,{5_000 + n},,1,month,5,," for n in range(30)])
    small = replace(runtime, bulk=BulkPolicy(chunk_rows=10))
    await bulk.process_pending(small, datetime.now(UTC))

    paused = step(api, job, "pause")
    await work()
    stood_still = job_of(api, job)
    step(api, job, "resume")
    await bulk.process_pending(small, datetime.now(UTC))
    cancelled = step(api, job, "cancel")
    await work()

    assert (paused["state"], stood_still["processed_rows"]) == ("paused", 10)
    assert (cancelled["state"], cancelled["processed_rows"], cancelled["successful_rows"]) == (
        "cancelled",
        20,
        20,
    )
    assert api.get("/schedules")["total"] == 20
    assert [each["status"] for each in read(api, job)] == ["success"] * 20 + ["not_processed"] * 10
    counts = {
        name: len(read(api, job, query=f"?only={name}")) for name in ("success", "failed", "not_processed")
    }
    assert counts == {"success": 20, "failed": 0, "not_processed": 10}
    assert step(api, job, "cancel")["state"] == "cancelled"
    refused = api.refused("POST", f"/recurring_exports/{job['id']}/resume", {})
    assert refused["message"] == "a job that is cancelled cannot be resumed"


async def test_a_large_job_waits_for_another_user(api: Any, runtime: Runtime, work: Work) -> None:
    now = datetime.now(UTC)
    keys = {
        user: (await access.create_keys(runtime, api.account_id, livemode=False, now=now, user=user)).secret
        for user in ("mali", "somchai")
    }
    await access.set_options(runtime, api.account_id, {"bulk_approval_rows": "1"})
    customer = api.customer()["id"]

    small = upload(api, [f"k0,{customer},,5000,,1,month,5,,"], key=keys["mali"])
    job = upload(api, [f"k{n},{customer},,{6_000 + n},,1,month,5,," for n in range(2)], key=keys["mali"])
    await work()
    waiting = job_of(api, job)
    path = f"/recurring_exports/{job['id']}/approve"
    nobody = api.refused("POST", path, {})
    himself = api.refused("POST", path, {}, key=keys["mali"])
    approved = api.call("POST", path, json={}, key=keys["somchai"]).json()
    await work()

    assert job_of(api, small)["state"] == "completed"
    assert (waiting["state"], waiting["processed_rows"], waiting["uploaded_by"]) == (
        "awaiting_approval",
        0,
        "mali",
    )
    assert "key that has a user" in nobody["message"]
    assert himself["message"] == "a job is approved by another user than the one who uploaded it"
    assert (approved["state"], approved["approved_by"]) == ("pending", "somchai")
    assert job_of(api, job)["state"] == "completed"
    assert api.refused("POST", path, {}, key=keys["somchai"])["message"].startswith("a job that is completed")


async def test_an_amount_over_the_limit_waits_and_may_be_refused(
    api: Any, runtime: Runtime, work: Work
) -> None:
    await access.set_options(runtime, api.account_id, {"bulk_approval_amount": "10000"})
    customer = api.customer()["id"]

    job = upload(api, [f"k{n},{customer},,{5_001 + n},,1,month,5,," for n in range(2)])
    refused = step(api, job, "cancel")
    await work()

    assert job["state"] == "awaiting_approval"
    assert refused["state"] == "cancelled"
    assert api.get("/schedules")["total"] == 0


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        pytest.param(["k1,CUST,,6000,usd,,,", "k2,CUST,,4000,usd,,,"], "pending", id="at the limit"),
        pytest.param(["k1,CUST,,6000,usd,,,", "k2,CUST,,4001,usd,,,"], "awaiting_approval", id="foreign sum"),
        pytest.param(["k1,CUST,,6000,usd,,,", "k2,CUST,,6000,eur,,,"], "pending", id="two currencies"),
        pytest.param(["k1,,,,,RECP,1.5,"], "awaiting_approval", id="percentage"),
        pytest.param(["k1,,,,,RECP,,balance"], "awaiting_approval", id="whole balance"),
        pytest.param(["k1,,,,,RECP,,"], "pending", id="transfer that fails"),
        pytest.param(["k1,,,9000,,RECP,,"], "pending", id="transfer of an amount"),
    ],
)
@pytest.mark.parametrize("tried", [False, True])
async def test_an_amount_cannot_pass_the_limit_in_another_form(
    api: Any, runtime: Runtime, work: Work, rows: list[str], state: str, tried: bool
) -> None:
    await access.set_options(runtime, api.account_id, {"bulk_approval_amount": "10000"})
    ids = {"CUST": api.customer()["id"], "RECP": api.recipient()["id"]}
    header = (
        "customer_key,customer,card,amount,currency,recipient,percentage_of_balance,transfer,every,period"
    )
    lines = [f"{row.replace('CUST', ids['CUST']).replace('RECP', ids['RECP'])},1,day" for row in rows]

    job = upload(api, lines, "?dry_run=true" if tried else "", header=header)
    if tried:
        await work()
        job = step(api, job, "commit")

    assert job["state"] == state


def test_unknown_sets_and_foreign_jobs_are_refused(api: Any, other_api: Any) -> None:
    job = upload(other_api, [f"k1,{other_api.customer()['id']},,5000,,1,month,5,,"])

    for name in ("commit", "approve", "pause", "resume", "cancel"):
        error = api.refused("POST", f"/recurring_exports/{job['id']}/{name}", {}, status=404)
        assert error["message"] == f"recurring_export {job['id']} was not found"
    for path in ("failed", "download"):
        api.refused("GET", f"/recurring_exports/{job['id']}/{path}", status=404)
    error = other_api.refused("GET", f"/recurring_exports/{job['id']}/download?only=some")
    assert error["message"] == "only must be one of failed, success, not_processed"


async def test_an_account_knows_its_limits_of_approval(runtime: Runtime, api: Any) -> None:
    await access.set_options(
        runtime, api.account_id, {"bulk_approval_rows": "7", "bulk_approval_amount": "9"}
    )
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)

    assert account is not None
    assert (account.bulk_approval_rows, account.bulk_approval_amount) == (7, 9)
