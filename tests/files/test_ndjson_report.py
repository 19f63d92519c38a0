"""The report of a bulk file for programs: one JSON object a row."""

import json
from typing import Any

import pytest

from duerun.services import bulk_results

from .conftest import Files

HEADER = 'customer_key,customer,amount,every,period,days_of_month,"my ""note""",,column 8,'
CARD = "4242424242424242"


async def applied(api: Any, files: Files, count: int = 1) -> tuple[Any, list[str]]:
    """A job of good and bad rows in turn, and their lines."""
    customer = api.customer()["id"]
    rows = [
        line
        for n in range(count)
        for line in (
            f'good-{n},{customer},{5_000 + n},1,month,"1;15","a, ""b""\r\nc",x,y,',
            f"bad-{n},cust_test_none,5000,1,month,5,,,,{CARD if n == 1 else ''}",
        )
    ]
    return await files.apply("\r\n".join([HEADER, *rows]).encode()), rows


def told(files: Files, job: Any, query: str = "?format=ndjson") -> list[Any]:
    answer = files.report(job, query)
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"].endswith('.ndjson"')
    assert answer.content.endswith(b"\n")
    return [json.loads(line) for line in answer.content.decode().removesuffix("\n").split("\n")]


async def test_each_row_is_an_object_with_its_outcome_and_its_cells(api: Any, files: Files) -> None:
    job, _ = await applied(api, files)
    schedule = api.get("/schedules")["data"][0]

    good, bad = told(files, job)

    assert good == {
        "row": 1,
        "status": "success",
        "schedule_id": schedule["id"],
        "error_code": None,
        "error_message": None,
        "cells": {
            "customer_key": "good-0",
            "customer": schedule["charge"]["customer"],
            "amount": "5000",
            "every": "1",
            "period": "month",
            "days_of_month": "1;15",
            'my "note"': 'a, "b"\r\nc',
            "column 8 without a name": "x",
            "column 8": "y",
            "column 10": "",
        },
    }
    assert (bad["row"], bad["status"], bad["schedule_id"]) == (2, "failed", None)
    assert (bad["error_code"], bad["error_message"]) == ("invalid_customer", "Customer not found")
    assert bad["cells"]["customer_key"] == "bad-0"


async def test_rows_keep_their_numbers_on_all_pages_and_among_the_failed_ones(
    api: Any, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, rows = await applied(api, files, count=11)
    monkeypatch.setattr(bulk_results, "PAGE_ROWS", 5)

    everything, failed = told(files, job), told(files, job, "?format=ndjson&only=failed")

    assert [each["row"] for each in everything] == list(range(1, len(rows) + 1))
    assert [each["cells"]["customer_key"] for each in everything] == [row.split(",")[0] for row in rows]
    assert failed == [each for each in everything if each["status"] == "failed"]
    assert [each["row"] for each in failed] == list(range(2, len(rows) + 1, 2))


async def test_a_card_number_is_starred_here_as_well(api: Any, files: Files) -> None:
    job, _ = await applied(api, files, count=2)

    answer = files.report(job, "?format=ndjson")

    assert CARD not in answer.text
    assert '"column 10":"************4242"' in answer.text


@pytest.mark.parametrize("query", ["", "?format=csv", "?format="])
async def test_the_report_is_csv_unless_something_else_is_asked_for(
    api: Any, files: Files, query: str
) -> None:
    job, _ = await applied(api, files)

    answer = files.report(job, query)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("customer_key,")


async def test_another_format_is_refused_naming_the_field(api: Any, files: Files) -> None:
    job, _ = await applied(api, files)

    refused = api.refused("GET", f"{job['location']}/download?format=xml")

    assert (refused["code"], refused["message"]) == ("bad_request", "format must be csv or ndjson")


async def test_a_job_that_is_not_completed_has_no_report_in_any_format(api: Any, files: Files) -> None:
    job = files.send(f"{HEADER}\nk,cust_test_none,5000,1,month,5,,,,\n".encode()).json()

    refused = api.refused("GET", f"{job['location']}/download?format=ndjson")

    assert refused["message"] == "job is not completed"
    await files.settle()


async def test_a_dry_run_tells_all_mistakes_and_the_dates_ahead(api: Any, files: Files) -> None:
    good = f"k,{api.customer()['id']},5000,1,month,28,,,,"
    bad = "b,cust_test_none,1,0,month,5,,,,"
    file = {"file": ("members.csv", f"{HEADER}\n{good}\n{bad}\n".encode(), "text/csv")}
    job = api.call("POST", "/schedules/upload?dry_run=true", files=file).json()
    await files.settle()

    sound, unsound = told(files, job)
    columns = files.report(job).text.splitlines()[0].split(",")[-6:]

    assert (sound["row"], sound["status"], sound["schedule_id"]) == (1, "success", None)
    assert list(sound)[-6:] == list(unsound)[-6:] == columns
    assert sound["other_errors"] == []
    assert sound["in_words"] == "Every 1 month(s) on the 28th"
    assert sound["first_date"] < sound["second_date"]
    assert (sound["last_date"], sound["occurrence_count"]) == (None, None)
    assert unsound["error_code"] == "invalid_customer"
    assert [each["error_code"] for each in unsound["other_errors"]] == ["invalid_amount", "invalid_period"]
    assert all(each["error_message"] for each in unsound["other_errors"])
    assert unsound["in_words"] is None
