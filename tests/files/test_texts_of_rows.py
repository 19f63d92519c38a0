"""Texts of rows come out as they went in, whatever they mean to the database on their way."""

from datetime import UTC, datetime
from typing import Any

import pytest

from duerun.services import bulk
from duerun.services.unit import Runtime

HEADER = "customer_key,customer,amount,description,every,period,days_of_month,metadata.note"
TEXTS = (
    "plain",
    "\\N",
    "\\t",
    "back\\slash\\",
    "tab\there",
    "two\nlines",
    "old\rline",
    "\\.",
    'quoted "words"',
    "comma, and é",
)


@pytest.mark.parametrize("column", ["description", "metadata", "customer_key"])
async def test_a_text_is_kept_as_it_is(runtime: Runtime, api: Any, column: str) -> None:
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass
    customer = api.customer()["id"]
    rows = []
    for number, text in enumerate(TEXTS):
        cell = '"' + text.replace('"', '""') + '"'
        key = cell if column == "customer_key" else f"k{number}"
        description = cell if column == "description" else "Plan"
        note = cell if column == "metadata" else ""
        rows.append(f"{key},{customer},{50_000 + number},{description},1,month,5,{note}")
    text = "\n".join([HEADER, *rows, ""])

    answer = api.call("POST", "/schedules/upload", files={"file": ("members.csv", text.encode(), "text/csv")})
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass
    job = api.get(f"/recurring_exports/{answer.json()['id']}")
    made = api.get("/schedules?limit=100")["data"]
    report = api.call("GET", f"/recurring_exports/{job['id']}/download").content.decode()

    assert (job["state"], job["successful_rows"]) == ("completed", len(TEXTS))
    assert [each["charge"]["amount"] for each in made] == [50_000 + number for number in range(len(TEXTS))]
    for row in rows:
        assert f"{row}," in report
    if column == "description":
        assert [each["charge"]["description"] for each in made] == list(TEXTS)
    if column == "metadata":
        assert [each["charge"]["metadata"] for each in made] == [{"note": each} for each in TEXTS]
