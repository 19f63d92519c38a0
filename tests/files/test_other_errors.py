"""A dry run tells all that is wrong with a row, and that it would be a duplicate besides."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from duerun.services import bulk
from duerun.services.unit import Runtime

from .conftest import Files

HEADER = "customer_key,customer,card,amount,every,period,days_of_month"
KNOWN = "Schedule already exists for customer"


async def tried(files: Files, *rows: str) -> list[str]:
    """The other errors of each row of a dry run."""
    file = {"file": ("members.csv", "\n".join((HEADER, *rows)) + "\n", "text/csv")}
    job = files.api.call("POST", "/schedules/upload?dry_run=true", files=file).json()
    await files.settle()
    found = files.report(job, "?format=ndjson").text.splitlines()
    return [line.partition('"other_errors":')[2].partition(',"in_words"')[0] for line in found]


async def test_a_row_with_a_bad_amount_and_a_known_key_is_told_both(api: Any, files: Files) -> None:
    customer = api.customer()["id"]
    await files.apply(f"{HEADER}\nk1,{customer},,5000,1,month,5\n".encode())
    made = api.get("/schedules")["data"][0]["id"]

    [known, unknown, late] = await tried(
        files,
        f"k1,{customer},,5,1,month,5",
        f"k2,{customer},,5,1,month,5",
        f"k1,{customer},,5,1,year,5",
    )

    duplicate = f'{{"error_code":"duplicate_schedule","error_message":"{KNOWN}: {made}"}}'
    assert (known, unknown) == (f"[{duplicate}]", "[]")
    assert "invalid_period" in late
    assert late.endswith(f"{duplicate}]")


async def test_a_row_with_a_bad_card_and_known_terms_is_told_both(api: Any, files: Files) -> None:
    customer = api.customer()["id"]
    await files.apply(f"{HEADER}\nk1,{customer},,5000,1,month,5\n".encode())

    [same, other] = await tried(
        files, f"k2,{customer},card_test_x,5000,1,month,5", f"k3,{customer},card_test_x,5000,1,month,6"
    )

    assert KNOWN in same
    assert other == "[]"


async def test_a_failing_row_that_repeats_a_key_of_its_file_is_told_which(api: Any, files: Files) -> None:
    customer = api.customer()["id"]

    [_, repeated, blank, first] = await tried(
        files,
        f"k1,{customer},,5000,1,month,5",
        f"k1,{customer},,5,1,month,5",
        f" ,{customer},,5,1,month,5",
        f"k9,{customer},,5,1,month,5",
    )

    assert f"{KNOWN}: row 1 of this file" in repeated
    assert "duplicate_schedule" not in blank + first


@pytest.mark.parametrize(("rule", "told"), [("key", True), ("terms", False), ("off", False)])
async def test_the_duplicate_rule_counts_for_other_errors_too(
    api: Any, files: Files, runtime: Runtime, rule: str, told: bool
) -> None:
    customer = api.customer()["id"]
    await files.apply(f"{HEADER}\nk1,{customer},,5000,1,month,5\n".encode())
    file = {"file": ("members.csv", f"{HEADER}\nk1,{customer},,5,1,month,5\n", "text/csv")}
    job = api.call("POST", "/schedules/upload?dry_run=true", files=file).json()

    ruled = replace(runtime, bulk=replace(runtime.bulk, duplicate_rule=rule))
    await bulk.process_pending(ruled, datetime.now(UTC))

    assert (KNOWN in files.report(job).text) is told
