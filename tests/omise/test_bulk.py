"""Bulk files over HTTP: upload, job, report."""

import base64
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from duerun.domain.errors import RejectedError
from duerun.services import bulk
from duerun.services.unit import Runtime
from duerun.storage import accounts
from duerun.storage import bulk as store
from duerun.storage.database import execute

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
Finish = Callable[[Any], Awaitable[Any]]


@pytest.fixture
async def finish(runtime: Runtime, api: Any) -> Finish:
    """Let the importer work until a job is done; the job. What other tests left open is done first."""
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass

    async def wait(job: Any) -> Any:
        while await bulk.process_pending(runtime, datetime.now(UTC)):
            pass
        return api.get(f"/recurring_exports/{job['id']}")

    return wait


def upload(api: Any, text: str | bytes, *, content_type: str = "text/csv") -> Any:
    data = text.encode() if isinstance(text, str) else text
    answer = api.call("POST", "/schedules/upload", files={"file": ("members.csv", data, content_type)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused_upload(api: Any, data: bytes, content_type: str = "text/csv") -> Any:
    answer = api.call("POST", "/schedules/upload", files={"file": ("members.csv", data, content_type)})
    assert answer.status_code == 400, answer.text
    return answer.json()


def report(api: Any, job: Any, query: str = "") -> str:
    answer = api.call("GET", f"/recurring_exports/{job['id']}/download{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return str(answer.content.decode())


async def test_each_documented_row_error_is_reported_in_its_row(api: Any, finish: Finish) -> None:
    good, bare = api.customer()["id"], api.post("/customers", {})["id"]
    rows = [
        f"ok,{good},,100000,Monthly plan,1,month,1,,",
        "k1,cust_test_invalid,,50000,Basic plan,1,month,15,,",
        f"k2,{bare},,50000,,1,month,15,,",
        f"k3,{good},card_test_nope,50000,,1,month,15,,",
        f"k4,{good},,0,,1,month,15,,",
        f"k5,{good},,1999,,1,month,15,,",
        f"k6,{good},,50000,,1,year,15,,",
        f"k7,{good},,50000,,0,month,15,,",
        f"k8,{good},,50000,,1,month,29,,",
        f"k9,{good},,50000,,1,month,15,2025-02-30,",
        f"k10,{good},,50000,,1,month,15,2020-01-01,",
        f"k11,{good},,50000,,1,month,15,2099-02-01,2099-01-01",
        f"k12,{good},,100000,again,1,month,1,,",
        f"ok,{good},,777700,,1,month,1,,",
        f",{good},,777700,,1,month,1,,",
    ]

    job = await finish(upload(api, "\n".join([HEADER, *rows]) + "\n"))

    assert (job["state"], job["total_rows"], job["processed_rows"]) == ("completed", 15, 15)
    assert (job["successful_rows"], job["failed_rows"], job["progress_percentage"]) == (1, 14, 100)
    lines = report(api, job).splitlines()
    assert lines[0] == f"{HEADER},status,schedule_id,error_code,error_message"
    told = [line.removeprefix(row + ",") for line, row in zip(lines[1:], rows, strict=True)]
    schedule_id = told[0].split(",")[1]
    assert api.get(f"/schedules/{schedule_id}")["charge"]["customer"] == good
    assert told[1:] == [
        "failed,,invalid_customer,Customer not found",
        "failed,,no_card_attached,Customer has no payment card",
        "failed,,invalid_card,Card not found or expired",
        "failed,,invalid_amount,Amount must be a positive integer",
        "failed,,invalid_amount,Amount must be greater than or equal to 2000 (thb subunits)",
        'failed,,invalid_period,"Period must be day, week, or month"',
        "failed,,invalid_period,Every must be a positive integer",
        "failed,,invalid_days_of_month,Days of month must be values 1-28",
        "failed,,invalid_date_format,Date must be in YYYY-MM-DD format",
        "failed,,start_date_in_past,Start date is in the past",
        "failed,,end_date_before_start,End date is before start date",
        "failed,,duplicate_schedule,Schedule already exists for customer: row 1 of this file",
        "failed,,duplicate_schedule,Schedule already exists for customer: row 1 of this file",
        "failed,,missing_customer_key,Customer key is missing",
    ]


async def test_the_same_rows_twice_create_each_schedule_once(api: Any, finish: Finish) -> None:
    customers = [api.customer()["id"] for _ in range(3)]
    text = "\n".join([HEADER, *(f"key-{c},{c},,5000,,1,month,5,," for c in customers)])

    first = await finish(upload(api, text))
    second = await finish(upload(api, f"{text}\n"))

    assert (first["successful_rows"], second["successful_rows"]) == (3, 0)
    assert api.get("/schedules")["total"] == 3
    assert report(api, second).count("duplicate_schedule") == 3


async def test_a_duplicate_names_the_schedule_that_is_there(api: Any, finish: Finish) -> None:
    customer, other = api.customer()["id"], api.customer()["id"]
    first = await finish(upload(api, f"{HEADER}\nk1,{customer},,5000,,1,month,5,,\n"))
    made = report(api, first).splitlines()[1].split(",")[-3]

    again = await finish(
        upload(api, f"{HEADER}\nk2,{customer},,5000,,1,month,5,,\nk1,{other},,7000,,1,month,5,,\n")
    )

    told = [line.split(",")[-1] for line in report(api, again).splitlines()[1:]]
    assert told == [f"Schedule already exists for customer: {made}"] * 2


async def test_rows_pay_recipients_and_carry_metadata(api: Any, finish: Finish) -> None:
    customer, recipient = api.customer()["id"], api.recipient()["id"]
    header = f"{HEADER},recipient,percentage_of_balance,transfer,metadata.plan,metadata.ref,note"
    rows = [
        f"c1,{customer},,5000,Club,1,month,5,,,,,,gold,,x",
        f"t1,,,50000,,1,week,,,,{recipient},,,,,",
        f"t2,,,,,1,month,7,,,{recipient},12.5,,,,",
        f"t3,,,,,1,day,,,,{recipient},,balance,,,",
        f"t4,,,,,1,day,,,,{recipient},,,,,",
        "t5,,,50000,,1,day,,,,recp_test_none,,,,,",
        f"t6,{customer},,50000,,1,day,,,,{recipient},,,,,",
        f"t7,,,50000,,1,day,,,,{recipient},5,,,,",
        f"t8,,,1,,1,day,,,,{recipient},,,,,",
        f"t9,,,,,1,day,,,,{recipient},101,,,,",
        f"t10,{customer},,5000,,1,day,,,,,5,,,,",
    ]

    job = await finish(upload(api, "\n".join([header, *rows]) + "\n"))

    told = [
        line.removeprefix(row + ",").split(",", 3)[2:]
        for line, row in zip(report(api, job).splitlines()[1:], rows, strict=True)
    ]
    assert told == [
        ["", ""],
        ["", ""],
        ["", ""],
        ["", ""],
        ["invalid_amount", '"Transfer needs exactly one of amount, percentage and balance"'],
        ["invalid_recipient", "Recipient not found"],
        ["conflicting_columns", "Only one of customer and recipient may be given"],
        ["invalid_amount", '"Transfer needs exactly one of amount, percentage and balance"'],
        ["invalid_amount", "Amount must be greater than or equal to 3000 (thb subunits)"],
        ["invalid_amount", "Percentage must be greater than 0 and at most 100"],
        ["conflicting_columns", "Percentage and transfer belong to rows with a recipient"],
    ]
    charge, weekly, percent, whole = api.get("/schedules")["data"]
    assert (charge["charge"]["metadata"], charge["charge"]["description"]) == ({"plan": "gold"}, "Club")
    assert (weekly["period"], weekly["transfer"]["amount"], weekly["transfer"]["recipient"]) == (
        "week",
        50_000,
        recipient,
    )
    assert (percent["transfer"]["amount"], percent["transfer"]["percentage_of_balance"]) == (None, 12.5)
    assert (whole["transfer"]["amount"], whole["transfer"]["percentage_of_balance"]) == (None, None)


async def test_original_cells_come_back_byte_for_byte(api: Any, finish: Finish) -> None:
    customer = api.customer()["id"]
    header = "note,customer_key,customer,amount,every,period,description"
    row = f'" a ""b"", c",ключ,{customer}, 5000,1,month,"two\r\nlines"'
    good = f'" a ""b"", c",ключ,{customer},5000,1,day,"two\r\nlines"'

    job = await finish(upload(api, f"\ufeff{header}\r\n{row}\r\n\r\n{good}\r\n"))

    text = report(api, job)
    lines = [f"{header},status", f"{row},failed,,invalid_amount", f"{good},success,schd_test_"]
    for line in lines:
        assert line in text
    assert text.startswith("note,")
    assert text.count("\r\n") == 5


async def test_a_corrected_report_can_be_uploaded_again(api: Any, finish: Finish) -> None:
    customer = api.customer()["id"]
    first = await finish(upload(api, f"{HEADER}\nk,{customer},,1,,1,month,5,,\n"))
    corrected = report(api, first, "?only=failed").replace(",1,,1,month", ",5000,,1,month")

    second = await finish(upload(api, corrected))

    assert second["successful_rows"] == 1
    assert (
        report(api, second).splitlines()[0].endswith("end_date,status,schedule_id,error_code,error_message")
    )


async def test_a_row_may_name_an_unused_token_once(api: Any, finish: Finish) -> None:
    bare, token = api.post("/customers", {})["id"], api.token()
    rows = [f"a,{bare},{token},5000,,1,month,5,,", f"b,{bare},{token},6000,,1,month,5,,"]

    job = await finish(upload(api, "\n".join([HEADER, *rows])))

    assert (job["successful_rows"], job["failed_rows"]) == (1, 1)
    customer = api.get(f"/customers/{bare}")
    assert customer["cards"]["total"] == 1
    assert customer["default_card"] == customer["cards"]["data"][0]["id"]
    api.refused("POST", "/customers", {"card": token})


async def test_created_schedules_run_and_tell(api: Any, finish: Finish) -> None:
    customer = api.customer()["id"]
    today = api.get("/clock")["now"]

    job = await finish(upload(api, f"{HEADER}\nk,{customer},,5000,Gym,1,week,,,\n"))
    api.advance(days=15)

    assert job["created_at"][:10] == today[:10]
    schedule = api.get("/schedules")["data"][0]
    assert schedule["occurrences"]["total"] >= 2
    charge = api.get("/charges")["data"][0]
    assert (charge["amount"], charge["description"], charge["schedule"]) == (5000, "Gym", schedule["id"])
    created = [e for e in api.get("/events")["data"] if e["key"] == "schedule.create"]
    assert created[0]["data"]["id"] == schedule["id"]
    assert created[0]["data"]["occurrences"]["total"] == 0


async def test_a_report_is_not_there_before_the_job_is_completed(api: Any, finish: Finish) -> None:
    job = upload(api, f"{HEADER}\nk,cust_test_x,,5000,,1,month,5,,\n")

    early = api.refused("GET", f"/recurring_exports/{job['id']}/download")
    await finish(job)

    assert job["state"] == "pending"
    assert early["message"] == "job is not completed"
    assert report(api, job).count("invalid_customer") == 1


async def test_a_job_of_another_account_mode_or_month_is_not_found(
    api: Any, other_api: Any, finish: Finish
) -> None:
    job = await finish(upload(api, f"{HEADER}\nk,cust_test_x,,5000,,1,month,5,,\n"))
    path = f"/recurring_exports/{job['id']}/download"

    unknown = api.refused("GET", "/recurring_exports/recr_test_nope/download", status=404)
    foreign = other_api.refused("GET", path, status=404)
    other_mode = api.refused("GET", path, status=404, key=api.live_keys.secret)
    api.refused("GET", path, status=401, key=api.keys.public)
    api.advance(days=30)
    old = api.refused("GET", path, status=404)

    assert foreign == other_mode == old
    assert unknown["message"].replace("recr_test_nope", job["id"]) == old["message"]
    assert api.refused("GET", "/recurring_exports/abc/download")["message"] == "recurring_id is invalid"


async def test_both_prefixes_name_the_same_job(api: Any, finish: Finish) -> None:
    job = await finish(upload(api, f"{HEADER}\nk,cust_test_x,,5000,,1,month,5,,\n"))

    older = api.get(f"/recurring_exports/{job['id'].replace('recr_', 'recurr_')}")

    assert older == api.get(f"/recurring_exports/{job['id']}")


async def test_cells_that_spreadsheets_would_run_are_defused_on_request(api: Any, finish: Finish) -> None:
    job = await finish(upload(api, f'{HEADER}\n=1+1,cust_test_x,,-5,"@cmd",1,month,5,,\n'))

    plain, safe = report(api, job), report(api, job, "?spreadsheet_safe=true")

    assert '=1+1,cust_test_x,,-5,"@cmd",' in plain
    assert "'=1+1,cust_test_x,,-5,\"'@cmd\"," in safe


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "file is empty"),
        (HEADER.encode(), "file has no rows"),
        (b"customer_key,customer\na,b\n", "file lacks the column(s) amount, every, period"),
        (f"{HEADER},amount\n".encode(), "file has the column amount twice"),
        (f"{HEADER}\na,b,c\n".encode(), "row 1 has 3 cells, the header has 10"),
        (f"{HEADER}\n\xff".encode("latin-1"), "file is not UTF-8 (row 1)"),
        (f"{HEADER}\na,b\0,,,,,,,,\n".encode(), "row 1 contains a NUL byte"),
        (f'{HEADER}\n"a,b,,,,,,,,\n'.encode(), "row 1 has a quote that is not closed"),
        (f"{HEADER}\n".encode() + b"a,b,,1,,1,day,,,\n" * 10_001, "file has more than 10000 rows"),
        (
            f"{HEADER}\n".encode() + (b"x" * 1_099 + b",b,,1,,1,day,,,\n") * 9_900,
            "file is larger than 10485760 bytes",
        ),
    ],
    ids=["empty", "no rows", "columns", "twice", "cells", "utf-8", "nul", "quote", "rows", "bytes"],
)
def test_a_broken_file_is_refused_and_makes_no_job(api: Any, data: bytes, message: str) -> None:
    error = refused_upload(api, data)

    assert error["message"] == message
    assert api.get("/schedules")["total"] == 0


def test_a_request_without_a_file_is_refused(api: Any) -> None:
    error = api.refused("POST", "/schedules/upload")

    assert (error["code"], error["message"]) == ("missing_file", "missing file or filename")


def test_a_file_of_another_type_is_refused(api: Any) -> None:
    error = refused_upload(api, b"%PDF", "application/pdf")

    assert (error["code"], error["message"]) == ("invalid_file_type", "invalid content-type")


async def test_an_import_that_is_killed_after_a_chunk_goes_on_behind_it(
    api: Any, runtime: Runtime, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = api.customer()["id"]
    lines = [f"key-{n},{customer},,{5000 + n},,1,month,5,," for n in range(6_000)]
    job = upload(api, "\n".join([HEADER, *lines]))
    small = replace(runtime, bulk=replace(runtime.bulk, chunk_rows=5_000))
    assert await bulk.process_pending(small, datetime.now(UTC)) == 5_000

    async def die(*_: object, **__: object) -> None:
        raise ConnectionError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("duerun.storage.bulk.execute", die)
        with pytest.raises(ConnectionError):
            await bulk.process_pending(small, datetime.now(UTC))
    half = api.get(f"/recurring_exports/{job['id']}")
    done = await finish(job)

    assert (half["state"], half["processed_rows"], half["progress_percentage"]) == ("processing", 5_000, 83)
    assert (done["successful_rows"], done["failed_rows"]) == (6_000, 0)
    assert api.get("/schedules")["total"] == 6_000


def test_far_dates_and_unpadded_dates_are_taken(api: Any) -> None:
    soon = datetime.now(UTC).date() + timedelta(days=40)
    row = f"k,cust_test_x,,5000,,1,month,5,{soon.year}-{soon.month}-{soon.day},2126-1-5"

    assert upload(api, f"{HEADER}\n{row}\n")["total_rows"] == 1


async def test_a_fault_of_the_server_stops_the_job_and_keeps_what_is_done(
    api: Any, runtime: Runtime, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = api.customer()["id"]
    lines = [f"key-{n},{customer},,{5000 + n},,1,month,5,," for n in range(30)]
    job = upload(api, "\n".join([HEADER, *lines]))
    small = replace(runtime, bulk=replace(runtime.bulk, chunk_rows=20))
    await bulk.process_pending(small, datetime.now(UTC))

    async def break_down(*_: object, **__: object) -> None:
        raise ArithmeticError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr("duerun.storage.bulk.apply_chunk", break_down)
        await bulk.process_pending(small, datetime.now(UTC))
    stopped = await finish(job)

    assert (stopped["state"], stopped["processed_rows"]) == ("failed", 20)
    assert api.get("/schedules")["total"] == 20
    early = api.refused("GET", f"/recurring_exports/{job['id']}/download")
    assert early["message"] == "job is not completed"


async def test_a_job_that_was_stopped_goes_on_where_an_operator_lets_it(
    api: Any, runtime: Runtime, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = api.customer()["id"]
    job = upload(api, f"{HEADER}\nk1,{customer},,5000,,1,month,5,,\n")
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
    assert account is not None

    async def break_down(*_: object, **__: object) -> None:
        raise ArithmeticError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr("duerun.storage.bulk.apply_chunk", break_down)
        await bulk.process_pending(runtime, datetime.now(UTC))
    async with runtime.unit(account, datetime.now(UTC)) as unit:
        resumed = await bulk.resume_failed(unit, job["id"])
    done = await finish(job)
    async with runtime.unit(account, datetime.now(UTC)) as unit:
        with pytest.raises(RejectedError, match="job is completed: only a failed one can be resumed"):
            await bulk.resume_failed(unit, job["id"])

    assert resumed.state == "processing"
    assert (done["state"], done["successful_rows"]) == ("completed", 1)
    assert api.get("/schedules")["total"] == 1


async def test_an_advance_takes_the_dates_of_an_uploaded_file_along(api: Any, finish: Finish) -> None:
    customer = api.customer()["id"]
    job = upload(api, f"{HEADER}\nk,{customer},,5000,,1,day,,,\n")

    api.advance(days=5)

    assert api.get(f"/recurring_exports/{job['id']}")["state"] == "completed"
    schedule = api.get("/schedules")["data"][0]
    assert schedule["occurrences"]["total"] >= 5
    assert {each["status"] for each in schedule["occurrences"]["data"]} == {"successful"}


async def test_uploads_that_stand_still_leave_the_rest_of_the_server_alone(api: Any) -> None:
    address = urlsplit(api.url)
    head = (
        "POST /schedules/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n"
        f"Authorization: Basic {base64.b64encode(f'{api.keys.secret}:'.encode()).decode()}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
        f"{HEADER}\n"
    )
    slow = [socket.create_connection((address.hostname, address.port or 80)) for _ in range(25)]
    for each in slow:
        each.sendall(head.encode())

    answers = [api.call("GET", "/balance", timeout=8).status_code for _ in range(5)]

    for each in slow:
        each.close()
    assert answers == [200] * 5


async def test_an_old_job_is_dropped_part_by_part(
    runtime: Runtime, api: Any, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PRUNED_ROWS_MAX", 2)
    customer = api.customer()["id"]
    rows = "".join(f"k{place},{customer},,{3_000 + place},,1,month,1,,\n" for place in range(5))
    job = await finish(upload(api, f"{HEADER}\n{rows}"))
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
    assert account is not None
    later = datetime.now(UTC) + timedelta(days=31)

    early = await bulk.prune(runtime, account, datetime.now(UTC))
    dropped = [await bulk.prune(runtime, account, later) for _ in range(4)]

    assert early == 0
    assert dropped == [2, 2, 2, 0]
    assert api.refused("GET", f"/recurring_exports/{job['id']}", status=404)["code"] == "not_found"
    assert api.get("/schedules")["total"] == 5


async def test_the_event_of_a_created_schedule_shows_the_card_it_was_created_with(
    api: Any, finish: Finish
) -> None:
    customer = api.customer()
    changed = api.patch(f"/customers/{customer['id']}", {"card": api.token("5555555555554444")})
    own = changed["cards"]["data"][-1]["id"]
    await finish(upload(api, f"{HEADER}\nk1,{customer['id']},{own},5000,,1,month,1,,\n"))

    api.delete(f"/customers/{customer['id']}/cards/{own}")

    [event] = [each for each in api.get("/events")["data"] if each["key"] == "schedule.create"]
    told = event["data"]["charge"]
    assert (told["card"], told["default_card"]) == (own, False)
    assert api.get("/schedules")["data"][0]["charge"]["default_card"] is True


async def test_a_token_that_is_used_while_its_chunk_is_checked_is_no_card(runtime: Runtime, api: Any) -> None:
    token, untouched = api.token(), api.token()
    api.post("/charges", {"amount": 5_000, "currency": "thb", "card": token})
    async with runtime.database.transaction() as connection:
        await execute(connection, "bulk_chunk_table")
        for number, each in enumerate((token, untouched)):
            await connection.execute(
                "INSERT INTO bulk_chunk (row_number, customer_key, customer_id, default_card, token_id, id_tails)"
                " VALUES (%s, '', '', false, %s, '')",
                (number, each),
            )
        await execute(connection, "bulk_check_tokens")
        cursor = await connection.execute("SELECT error_code FROM bulk_chunk ORDER BY row_number")
        codes = [row["error_code"] for row in await cursor.fetchall()]

    assert codes == ["invalid_card", None]
