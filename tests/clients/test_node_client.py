"""The official Node client, unchanged, against a running server: `node/flow.js` acts, this module judges."""

from pathlib import Path
from typing import Any

import pytest

from duerun.services.unit import Runtime

from .npm import MANY, modules_of, payer_of_many_schedules, run_flow

PACKAGE = "omise@1.1.0"


@pytest.fixture(scope="session")
def node_modules(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return modules_of(PACKAGE, pytestconfig, tmp_path_factory)


async def test_the_node_client_runs_schedules_from_token_to_destroy(
    api: Any, runtime: Runtime, node_modules: Path
) -> None:
    many = await payer_of_many_schedules(api, runtime)

    told = run_flow("flow.js", api, node_modules, DUERUN_MANY=many)

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
