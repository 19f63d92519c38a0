"""An account's own rules of retries, carried out by the engine: they count from the next failure on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.services import access
from duerun.services.unit import Runtime

POOR, STOLEN, FIRST_TWICE = "4111111111140011", "4111111111130012", "4111111111160092"
TABLE = "*: 1, 1; insufficient_fund: 2, 3, 5; stolen_or_lost_card: stop"


def start_of(account: Account) -> date:
    return account.today(datetime.now(UTC)) + timedelta(days=1)


def monthly(api: Any, card: str, start: date) -> str:
    """A schedule whose second date is a month away."""
    charge = {"customer": api.customer(card)["id"], "amount": 10_000}
    on = {"days_of_month": [min(start.day, 28)]}
    body = {"every": 1, "period": "month", "on": on, "start_date": str(start), "charge": charge}
    return str(api.post("/schedules", body)["id"])


def tries(api: Any, schedule: str) -> list[tuple[str, str, str]]:
    """Date, retry day and state of all attempts, in their order."""
    found = api.get(f"/schedules/{schedule}/occurrences", params={"limit": 100})["data"]
    return sorted((each["scheduled_on"], each["retry_on"] or "", each["status"]) for each in found)


def days(start: date, *numbers: int) -> list[str]:
    return [str(start + timedelta(days=number)) for number in numbers]


async def test_each_failure_is_tried_again_as_the_accounts_table_says(
    runtime: Runtime, api: Any, account: Account
) -> None:
    await access.set_options(runtime, account.id, {"retry_charges": TABLE})
    start = start_of(account)
    poor, stolen = monthly(api, POOR, start), monthly(api, STOLEN, start)
    first = tries_start(api, poor) or str(start)

    api.advance(days=45)

    scheduled = date.fromisoformat(first)
    assert [each[1] for each in tries(api, poor)[:4]] == ["", *days(scheduled, 2, 5, 10)]
    assert api.get(f"/schedules/{poor}")["status"] == "suspended"
    assert [each[1] for each in tries(api, stolen)] == [""]
    assert api.get(f"/schedules/{stolen}")["status"] == "suspended"


def tries_start(api: Any, schedule: str) -> str:
    """The first date of a schedule."""
    return str(api.get(f"/schedules/{schedule}")["next_occurrences_on"][0])


async def test_a_changed_rule_counts_for_the_next_retry_and_leaves_one_that_is_planned(
    runtime: Runtime, api: Any, account: Account
) -> None:
    schedule = monthly(api, POOR, start_of(account))
    scheduled = date.fromisoformat(tries_start(api, schedule))
    api.advance(to=f"{account.due_at('charge', scheduled) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}")

    await access.set_options(runtime, account.id, {"retry_charges": "*: 1, 4 business"})
    api.advance(days=10)

    retries = [each[1] for each in tries(api, schedule)]
    assert retries[1] == days(scheduled, 1)[0]
    again = date.fromisoformat(retries[2])
    assert again - (scheduled + timedelta(days=1)) >= timedelta(days=4)
    assert again.weekday() < 5
    assert api.get(f"/schedules/{schedule}")["status"] == "suspended"


async def test_the_servers_rules_count_again_once_the_accounts_are_taken_away(
    runtime: Runtime, api: Any, account: Account
) -> None:
    await access.set_options(runtime, account.id, {"retry_charges": "*: stop"})
    await access.set_options(runtime, account.id, {"retry_charges": "server"})
    schedule = monthly(api, FIRST_TWICE, start_of(account))
    scheduled = date.fromisoformat(tries_start(api, schedule))

    api.advance(days=40)

    own = [each for each in tries(api, schedule) if each[0] == str(scheduled)]
    assert [each[1] for each in own] == ["", *days(scheduled, 1, 2)]
    assert own[-1][2] == "successful"


async def test_a_customer_without_a_card_has_a_rule_of_its_own(
    runtime: Runtime, api: Any, account: Account
) -> None:
    await access.set_options(runtime, account.id, {"retry_charges": "*: stop; missing_card: 7"})
    customer = api.customer()
    start = start_of(account)
    charge = {"customer": customer["id"], "amount": 10_000}
    on = {"days_of_month": [min(start.day, 28)]}
    body = {"every": 1, "period": "month", "on": on, "start_date": str(start), "charge": charge}
    schedule = api.post("/schedules", body)["id"]
    scheduled = date.fromisoformat(tries_start(api, schedule))
    api.delete(f"/customers/{customer['id']}/cards/{customer['default_card']}")

    api.advance(days=11)

    assert [each[1] for each in tries(api, schedule)] == ["", *days(scheduled, 7)]


async def test_transfers_wait_and_stop_as_the_account_says(
    runtime: Runtime, api: Any, account: Account
) -> None:
    await access.set_options(runtime, account.id, {"retry_transfers": "3", "transfer_suspend_after": "1"})
    start = start_of(account)
    when = {"every": 1, "period": "day", "start_date": str(start)}
    poor = api.post("/schedules", when | {"transfer": {"recipient": api.recipient()["id"], "amount": 50_000}})
    other = api.recipient(verified=False)
    blocked = api.post("/schedules", when | {"transfer": {"recipient": other["id"], "amount": 50_000}})

    api.advance(days=6)

    retries = sorted(each[1] for each in tries(api, poor["id"]) if each[1])
    assert retries[0] == days(start, 3)[0]
    assert api.get(f"/schedules/{poor['id']}")["status"] == "active"
    assert api.get(f"/schedules/{blocked['id']}")["status"] == "suspended"
    assert len(tries(api, blocked["id"])) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("retry_charges", "*: 0"),
        ("retry_charges", "insufficient_fund: 1"),
        ("retry_transfers", "stop"),
        ("transfer_suspend_after", "-1"),
    ],
)
async def test_what_is_no_rule_is_refused_and_the_former_one_stays(
    runtime: Runtime, account: Account, name: str, value: str
) -> None:
    with pytest.raises(RejectedError, match=f"{name} must be"):
        await access.set_options(runtime, account.id, {name: value})
