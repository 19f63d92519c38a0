"""opn-payments, a typed Node client of a third party, unchanged: `node/opn.js` acts, this module judges."""

from pathlib import Path
from typing import Any

import pytest

from duerun.services.unit import Runtime

from .npm import MANY, modules_of, payer_of_many_schedules, run_flow

PACKAGE = "opn-payments@0.0.19"
# Where its schemas ask for more than Omise documents or was recorded to answer (source: the wire specification, 3, 6.1,
# 7.2 and 8.1): a bank account tells its type and branch as null where there are none, a used token keeps its card, and
# these members of a charge are of 2015. The client itself does not parse, so its users get these answers all the same.
_BANK_ACCOUNT = ["bank_account.account_type", "bank_account.branch_code"]
_OF_2015 = ["offline", "offsite", "reference", "source_of_fund"]
UNLIKE: dict[str, dict[str, list[str]]] = {
    "2019-05-29": {
        "used token": ["used"],
        "recipient": _BANK_ACCOUNT,
        "recipients": [f"data.*.{member}" for member in _BANK_ACCOUNT],
        "transfer": _BANK_ACCOUNT,
        "charge": _OF_2015,
    }
}
# In 2017-11-02, which 2015-11-17 is served as, a list in an object has null for its order.
UNLIKE["2015-11-17"] = UNLIKE["2019-05-29"] | {
    "customer": ["cards.order"],
    "customers": ["data.*.cards.order"],
    "schedule": ["occurrences.order"],
    "schedules": ["data.*.occurrences.order"],
    "charge": sorted([*_OF_2015, "refunds.order"]),
}


@pytest.fixture(scope="session")
def node_modules(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return modules_of(PACKAGE, pytestconfig, tmp_path_factory)


@pytest.mark.parametrize("version", UNLIKE)
async def test_the_typed_client_runs_schedules_from_token_to_destroy(
    api: Any, runtime: Runtime, node_modules: Path, version: str
) -> None:
    many = await payer_of_many_schedules(api, runtime)

    told = run_flow("opn.js", api, node_modules, DUERUN_MANY=many, DUERUN_VERSION=version)

    assert {what: paths for what, paths in told["found"].items() if paths} == UNLIKE[version]
    check_created(told)
    check_run(told)
    check_lists(told["lists"])
    assert len(set(told["paged"])) == len(told["paged"]) == MANY + 5
    check_errors(told["errors"])


def check_created(told: Any) -> None:
    assert {shape: each["in_words"] for shape, each in told["created"].items()} == {
        "today": "Every 1 day(s)",
        "day": "Every 10 day(s)",
        "week": "Every 2 week(s) on Monday and Friday",
        "days": "Every 1 month(s) on the 1st and 15th",
        "weekday": "Every 1 month(s) on the 2nd Monday",
        "amount": "Every 1 month(s) on the 1st",
        "percentage": "Every 1 month(s) on the 3rd Friday",
        "whole": "Every 1 month(s) on the 28th",
    }
    assert told["retrieved"]["charge"] == told["created"]["days"]["charge"]
    assert told["created"]["amount"]["transfer"]["amount"] == 20000
    assert told["created"]["percentage"]["transfer"]["percentage_of_balance"] == 12.5
    assert told["created"]["whole"]["transfer"]["amount"] is None


def check_run(told: Any) -> None:
    for shape, ran in told["ran"].items():
        days = [each["schedule_date"] for each in ran]
        assert len(days) >= 2, shape
        assert {each["status"] for each in ran} == {"successful"}, shape
        planned = told["created"][shape]["next_occurrence_dates"]
        ahead = [day for day in days if day in planned]
        assert ahead == planned[: len(ahead)], shape
    assert told["charge"]["schedule"] == told["created"]["today"]["id"]
    assert told["transfer"]["amount"] == 20000
    assert (told["destroyed"]["status"], told["destroyed"]["deleted"]) == ("deleted", True)
    assert told["gone"]["deleted"] is True


def check_lists(lists: Any) -> None:
    page = lists["all"]
    assert (page["limit"], page["offset"], page["order"]) == (2, 1, "reverse_chronological")
    assert (page["total"], len(page["data"])) == (MANY + 8, 2)
    assert lists["charging"]["total"] == MANY + 5
    assert lists["transferring"]["total"] == lists["recipient"]["total"] == 3
    assert lists["customer"]["total"] == 5
    assert (lists["customers"]["total"], lists["cards"]["total"]) == (2, 1)


def check_errors(errors: Any) -> None:
    assert {name: error["code"] for name, error in errors.items()} == {name: name for name in errors}
    assert all(error["known"] for error in errors.values())
    assert {error["status"] for error in errors.values()} == {400, 401, 404}
    assert errors["not_found"]["message"] == "schedule schd_test_nope was not found"
