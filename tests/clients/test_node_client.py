"""The official Node client, unchanged, against a running server: `node/flow.js` acts, this module judges."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from duerun.services import bulk
from duerun.services.unit import Runtime

PACKAGE = "omise@1.1.0"
FLOW = Path(__file__).parent / "node" / "flow.js"
INSTALL_SECONDS_MAX = 90
FLOW_SECONDS_MAX = 120
HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
MANY = 253
PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}


@pytest.fixture(scope="session")
def node_modules(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the client, kept from run to run; without node or the package the test is skipped."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not installed")
    name = PACKAGE.replace("@", "-")
    cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)
    folder = cache.mkdir(name) if cache else tmp_path_factory.mktemp(name)
    if not (folder / "node_modules" / "omise").is_dir():
        install(folder)
    return folder / "node_modules"


def install(folder: Path) -> None:
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--no-package-lock"]
    try:
        done = subprocess.run(
            [*command, "--ignore-scripts", PACKAGE],
            capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install {PACKAGE} within {INSTALL_SECONDS_MAX} seconds")
    if done.returncode:
        pytest.skip(f"npm could not install {PACKAGE}: {done.stderr.strip()[-200:]}")


async def payer_of_many_schedules(api: Any, runtime: Runtime) -> str:
    """A customer with more schedules than two pages hold, from one file."""
    payer = str(api.customer()["id"])
    rows = [f"key-{n},{payer},,{5000 + n},,1,month,5,," for n in range(MANY)]
    file = {"file": ("members.csv", "\n".join([HEADER, *rows]).encode(), "text/csv")}
    api.call("POST", "/schedules/upload", files=file)
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass
    return payer


def run_flow(api: Any, node_modules: Path, many: str) -> Any:
    plain = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
    given = {
        "NODE_PATH": str(node_modules),
        "DUERUN_PORT": api.url.rpartition(":")[2],
        "DUERUN_PUBLIC": api.keys.public,
        "DUERUN_SECRET": api.keys.secret,
        "DUERUN_MANY": many,
    }
    done = subprocess.run(
        ["node", str(FLOW)],
        env=plain | given, capture_output=True, text=True, timeout=FLOW_SECONDS_MAX, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def test_the_node_client_runs_schedules_from_token_to_destroy(
    api: Any, runtime: Runtime, node_modules: Path
) -> None:
    many = await payer_of_many_schedules(api, runtime)

    told = run_flow(api, node_modules, many)

    check_created(told)
    check_run(told)
    check_lists(told)
    check_errors(told["errors"])


def check_created(told: Any) -> None:
    assert told["customer"]["cards"]["data"][0]["last_digits"] == "4242"
    assert {shape: each["in_words"] for shape, each in told["created"].items()} == {
        "today": "Every 1 day(s)",
        "day": "Every 10 day(s)",
        "week": "Every 2 week(s) on Monday and Friday",
        "days": "Every 1 month(s) on the 1st and 15th",
        "weekday": "Every 1 month(s) on the 2nd Monday",
        "amount": "Every 1 month(s) on the 1st",
        "percentage": "Every 1 month(s) on the last Friday",
        "whole": "Every 1 month(s) on the 28th",
        "declined": "Every 1 day(s)",
    }
    assert told["created"]["today"]["occurrences"]["total"] == 1
    assert told["created"]["percentage"]["transfer"]["percentage_of_balance"] == 12.5
    assert told["created"]["whole"]["transfer"]["amount"] is None


def check_run(told: Any) -> None:
    for shape, ran in told["ran"].items():
        days = sorted({each["scheduled_on"] for each in ran})
        ahead = [day for day in days if day in told["created"][shape]["next_occurrences_on"]]
        assert len(days) >= 2, shape
        assert ahead == told["created"][shape]["next_occurrences_on"][: len(ahead)]
    assert {each["status"] for each in told["ran"]["days"]} == {"successful"}
    assert (told["charge"]["status"], told["charge"]["schedule"]) == (
        "successful",
        told["created"]["today"]["id"],
    )
    assert (told["transfer"]["amount"], told["transfer"]["recipient"]) == (20000, told["recipient"]["id"])
    assert told["suspended"]["status"] == "suspended"
    assert (told["destroyed"]["status"], told["destroyed"]["next_occurrences_on"]) == ("deleted", [])
    assert (told["captured"]["paid"], told["refund"]["amount"]) == (True, 100)


def check_lists(told: Any) -> None:
    chronological, reverse = told["chronological"], told["reverse"]
    assert chronological["total"] == reverse["total"] == len(set(chronological["ids"])) == MANY
    assert reverse["ids"] == chronological["ids"][::-1]
    assert told["scheduled"]["total"] == MANY + 6
    assert told["transferring"]["total"] == 3
    assert told["cards"]["total"] == 1


def check_errors(told: Any) -> None:
    assert {name: error["code"] for name, error in told.items()} == {name: name for name in told}
    assert told["not_found"]["message"] == "schedule schd_test_nope was not found"
    assert told["bad_request"]["message"] == "on must contain one of days_of_month, weekday_of_month"
