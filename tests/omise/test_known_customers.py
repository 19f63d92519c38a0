"""A schedule is made for a customer as it is when it is written, whatever a server has read of it before."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conftest import Api
from duerun.domain.accounts import Account
from duerun.services import parties
from duerun.services.unit import Runtime
from duerun.settings import Settings

WAITS_SECONDS = 0.4


@pytest.fixture
def elsewhere(serve: type[Any], dsn: str, api: Api) -> Iterator[Api]:
    """The same caller at another server."""
    with serve(dsn, Settings()) as other:
        caller = Api(other.url, api.keys, api.account_id, api.live_keys)
        yield caller
        caller.session.close()


def schedule_for(customer: str) -> dict[str, Any]:
    start = datetime.now(UTC).date() + timedelta(days=40)
    charge = {"customer": customer, "amount": 100_000}
    return {
        "every": 1,
        "period": "week",
        "on": {"weekdays": ["monday"]},
        "start_date": f"{start}",
        "charge": charge,
    }


def made_for(api: Api, customer: Any) -> Any:
    return api.post("/schedules", schedule_for(customer["id"]))


def test_a_customer_that_another_server_has_destroyed_gets_no_schedule(api: Api, elsewhere: Api) -> None:
    customer = api.customer()
    for _ in range(2):
        made_for(api, customer)

    elsewhere.delete(f"/customers/{customer['id']}")

    refused = api.refused("POST", "/schedules", schedule_for(customer["id"]), status=404)
    assert refused["message"] == f"customer {customer['id']} was not found"
    assert {each["status"] for each in api.get("/schedules")["data"]} == {"suspended"}


def test_a_card_that_another_server_has_set_counts(api: Api, elsewhere: Api) -> None:
    customer = api.customer()
    before = made_for(api, customer)

    changed = elsewhere.patch(f"/customers/{customer['id']}", {"card": api.token("5555555555554444")})
    newest = changed["cards"]["data"][-1]["id"]
    elsewhere.patch(f"/customers/{customer['id']}", {"default_card": newest})
    after = made_for(api, customer)

    assert before["charge"]["card"] == customer["default_card"]
    assert after["charge"]["card"] == newest != before["charge"]["card"]


def test_who_had_no_card_when_asked_last_may_have_one_by_now(api: Api, elsewhere: Api) -> None:
    customer = api.post("/customers", {"email": "somchai@example.com"})
    without = api.refused("POST", "/schedules", schedule_for(customer["id"]))

    elsewhere.patch(f"/customers/{customer['id']}", {"card": api.token()})

    assert without["code"] == "missing_card"
    assert made_for(api, customer)["charge"]["customer"] == customer["id"]


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_customer_that_is_being_destroyed_is_waited_for(
    runtime: Runtime, api: Api, account: Account, is_known: bool
) -> None:
    customer = api.customer()
    if is_known:
        made_for(api, customer)

    async with runtime.unit(account, account.now(runtime.clock.now())) as unit:
        await parties.destroy_customer(unit, customer["id"])
        asking = asyncio.create_task(
            asyncio.to_thread(api.call, "POST", "/schedules", json=schedule_for(customer["id"]))
        )
        done, _ = await asyncio.wait({asking}, timeout=WAITS_SECONDS)
        has_waited = not done
    answer = await asking

    assert has_waited
    assert answer.status_code == 404, answer.text
    assert [each["status"] for each in api.get("/schedules")["data"]] == ["suspended"] * is_known


async def test_a_card_that_is_being_destroyed_gets_no_schedule(
    runtime: Runtime, api: Api, account: Account
) -> None:
    customer = api.customer()
    other = api.patch(f"/customers/{customer['id']}", {"card": api.token("5555555555554444")})
    card = next(each["id"] for each in other["cards"]["data"] if each["id"] != customer["default_card"])
    made_for(api, customer)
    body = schedule_for(customer["id"])
    body["charge"]["card"] = card

    async with runtime.unit(account, account.now(runtime.clock.now())) as unit:
        await parties.destroy_card(unit, customer["id"], card)
        asking = asyncio.create_task(asyncio.to_thread(api.call, "POST", "/schedules", json=body))
        done, _ = await asyncio.wait({asking}, timeout=WAITS_SECONDS)
        has_waited = not done
    answer = await asking

    assert has_waited
    assert answer.status_code == 404
    assert answer.json()["message"] == f"card {card} was not found"
