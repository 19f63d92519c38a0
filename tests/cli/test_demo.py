"""The demonstration, with a handful of members."""

import csv
import signal
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest

from duerun.cli.demo_file import SPOILS, Enrolled, Member, Strangers, read_members, upload_rows
from duerun.cli.demo_tables import chart, total
from duerun.domain.bulk_rows import RowContext, check_row
from duerun.domain.csv_records import Record, parse_header
from duerun.domain.errors import RejectedError
from duerun.services.statistics import MonthOfSchedules

from .conftest import COMMAND, START_SECONDS_MAX, Dev, environment, free_port

MEMBERS = Path(__file__).parents[2] / "examples" / "members.csv"
# What these mistakes are can only be told with the database.
FOUND_BY_LOOKING_UP = ("invalid_customer", "no_card_attached", "invalid_card", "duplicate_schedule")
TODAY = date(2026, 11, 23)


def few_members(path: Path, count: int = 60) -> Path:
    """The first members of the example, and the first who is paid out."""
    lines = MEMBERS.read_text(encoding="utf-8").splitlines()
    paid = next(line for line in lines[count + 1 :] if ",yes," in line)
    path.write_text("\n".join([*lines[: count + 1], paid, ""]), encoding="utf-8")
    return path


def enrolled(count: int) -> list[Enrolled]:
    members = read_members(MEMBERS)[:count]
    return [
        Enrolled(member, f"cust_test_{place:019d}", f"card_test_{place:019d}")
        for place, member in enumerate(members)
    ]


def test_the_upload_file_is_wrong_in_each_documented_way_a_few_dozen_times() -> None:
    rows = list(upload_rows(enrolled(5_000), Strangers(["cust_test_poor"], TODAY)))

    wrong = [row for row in rows if row["customer_key"].startswith("wrong_")]

    assert len(SPOILS) == 10
    assert len(rows) == 5_000 + len(wrong)
    assert 24 * 10 <= len(wrong) <= 60 * 10


@pytest.mark.parametrize("code", [code for code in SPOILS if code not in FOUND_BY_LOOKING_UP])
def test_a_spoilt_row_has_the_mistake_that_it_is_meant_to_have(code: str) -> None:
    context = RowContext.of_country("TH", today=TODAY)
    good = next(upload_rows(enrolled(1), Strangers(["cust_test_poor"], TODAY)))
    header = parse_header(Record(0, ",".join(good), list(good)))

    for number in range(4):
        row = SPOILS[code](good, number, Strangers(["cust_test_poor"], TODAY))
        cells = list(row.values())

        assert check_row(Record(1, ",".join(cells), cells), header, context).error_code == code


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("name,email\n", id="other columns"),
        pytest.param(",".join(Member._fields) + "\nmember_1,Mali\n", id="too few cells"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "members.csv"
    path.write_text(text)

    with pytest.raises(RejectedError, match="is not a members file"):
        read_members(path)


def test_a_year_adds_up_and_its_longest_bar_is_its_best_month() -> None:
    months = [
        MonthOfSchedules(date(2026, 11, 1), 2, 50_000, 1, 0, 0, 0),
        MonthOfSchedules(date(2026, 12, 1), 4, 100_000, 0, 1, 3, 70_000),
    ]

    whole = total(months)
    bars = [len(cell) for cell in chart(months, "THB").columns[1].cells]  # type: ignore[arg-type]

    assert (whole.charged, whole.charged_minor, whole.transferred_minor) == (6, 150_000, 70_000)
    assert bars[1] == 2 * bars[0]


def test_the_demonstration_plays_serves_on_and_begins_anew(folder: Path, tmp_path: Path) -> None:
    members, port = few_members(tmp_path / "members.csv"), free_port()
    command = [*COMMAND, "demo", "--data", str(folder), "--port", str(port), "--members", str(members)]
    log = folder / "demo.log"
    with log.open("w") as file:
        staying = subprocess.Popen(command, env=environment(), stdout=file, stderr=subprocess.STDOUT)
    dev = Dev(folder / "demo", port, staying, log)  # type: ignore[arg-type]
    _wait_for(dev, "goes on serving")
    charged = dev.call("GET", "/charges?limit=1").json()["total"]
    status = dev.stop(signal.SIGTERM)
    again = subprocess.run(
        [*command, "--exit"], env=environment(), capture_output=True, text=True, timeout=60, check=False
    )

    assert status == again.returncode == 0, dev.said + again.stderr
    assert charged > 500
    assert _lines(dev.said, "success") == _lines(again.stdout, "success") != []
    with (folder / "demo" / "members-report.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["error_code"] for row in rows} == {"", *SPOILS}
    assert sum(row["status"] == "success" for row in rows) == 61
    assert "total" in again.stdout
    assert dev.postgres() == []


def _lines(text: str, beginning: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip().startswith(beginning)]


def _wait_for(dev: Dev, text: str) -> None:
    deadline = time.monotonic() + 2 * START_SECONDS_MAX
    while text not in dev.said:
        assert dev.process.poll() is None, dev.said
        assert time.monotonic() < deadline, dev.said
        time.sleep(0.1)
