"""The commands for what is to come."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests

from .conftest import Dev, duerun


@pytest.fixture(scope="module")
def dev(start: Callable[[str], Dev]) -> Dev:
    return start("ahead")


@pytest.fixture(scope="module")
def schedule(dev: Dev) -> str:
    """A schedule that is paid every day, from the day after tomorrow on."""
    account = {"brand": "bbl", "number": "1234567890", "name": "SOMCHAI PRASERT"}
    recipient = dev.call(
        "POST", "/recipients", {"name": "Somchai", "type": "individual", "bank_account": account}
    ).json()["id"]
    dev.call("PATCH", f"/recipients/{recipient}/verify")
    start = datetime.now(UTC).date() + timedelta(days=2)
    transfer = {"recipient": recipient, "amount": 123_450}
    body = {"every": 1, "period": "day", "start_date": f"{start}", "transfer": transfer}
    return str(dev.call("POST", "/schedules", body).json()["id"])


def test_the_forecast_is_a_table_or_data(dev: Dev, schedule: str) -> None:
    shown = duerun("forecast", "--by", "month", "--data", dev.data)
    data = duerun("forecast", "--json", "--data", dev.data)

    assert shown.returncode == 0, shown.stderr
    assert "the balance falls short on" in shown.stdout
    told = json.loads(data.stdout)
    assert told["data"][0]["transfers"] == {"count": 1, "amount": 123_450}
    assert told["shortfall"]["missing"] == 123_450


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--by", "year"), "--by must be one of day, week, month"),
        (("--from", "soon"), "--from must be a date such as 2027-01-31"),
        (("--to", "2999-01-01"), "to must be at most 24 months after today"),
    ],
)
def test_what_cannot_be_forecast_is_one_line(dev: Dev, options: tuple[str, ...], told: str) -> None:
    done = duerun("forecast", *options, "--data", dev.data)

    assert done.returncode == 1
    assert done.stderr.startswith(f"duerun: {told}")


def test_a_calendar_token_is_made_listed_and_revoked(dev: Dev, schedule: str) -> None:
    made = duerun("calendar", "token", "add", "--schedule", schedule, "--data", dev.data)
    token_id, path = made.stdout.split()
    listed = duerun("calendar", "token", "list", "--data", dev.data)
    read = requests.get(dev.url + path, timeout=30)
    revoked = duerun("calendar", "token", "revoke", token_id, "--data", dev.data)
    again = requests.get(dev.url + path, timeout=30)

    assert token_id in listed.stdout
    assert path.rpartition("=")[2] not in listed.stdout
    assert read.text.startswith("BEGIN:VCALENDAR\r\n")
    assert "SUMMARY:Transfer 1\\,234.50 THB" in read.text
    assert revoked.stdout.strip() == f"{token_id} revoked"
    assert again.status_code == 404


def test_a_token_is_for_one_thing(dev: Dev) -> None:
    done = duerun("calendar", "token", "add", "--schedule", "a", "--customer", "b", "--data", dev.data)

    assert done.stderr.startswith("duerun: at most one of --customer, --recipient, --schedule may be given")


def test_an_occurrence_is_explained_as_text_or_as_data(dev: Dev, schedule: str) -> None:
    start = datetime.now(UTC).date() + timedelta(days=2)
    dev.call("POST", "/clock/advance", {"to": f"{start}T12:00:00+07:00"})
    occurrence = dev.call("GET", f"/schedules/{schedule}/occurrences").json()["data"][0]["id"]

    told = duerun("explain", occurrence, "--data", dev.data)
    data = duerun("explain", occurrence, "--json", "--data", dev.data)
    nothing = duerun("explain", "occu_test_0", "--data", dev.data)
    audited = duerun("audit", "decisions", "--json", "--data", dev.data)

    assert told.returncode == 0, told.stderr
    assert f"transfer of {start}, attempt 0, of {schedule}: failed" in told.stdout
    assert "failed: insufficient balance: nothing was sent" in told.stdout
    assert json.loads(data.stdout)["steps"][0]["what"] == "planned"
    assert (nothing.returncode, nothing.stderr) == (1, "duerun: occurrence occu_test_0 was not found\n")
    assert audited.returncode == 0, audited.stdout
    assert json.loads(audited.stdout)["differences"] == 0
    assert json.loads(audited.stdout)["occurrences"] > 0
