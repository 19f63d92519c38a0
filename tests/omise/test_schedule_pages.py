"""A page of schedules keeps up with whatever happens to them, in this process or another one."""

from collections.abc import Callable
from typing import Any

import pytest

from conftest import Api
from duerun.settings import Settings

INSUFFICIENT = "4111111111140011"

Change = Callable[[Api, Any], Any]
CHANGES: dict[str, Change] = {
    "an amount": lambda api, made: api.patch(f"/schedules/{made['id']}", {"charge": {"amount": 60_000}}),
    "a pause": lambda api, made: api.patch(f"/schedules/{made['id']}/pause"),
    "a date that is skipped": lambda api, made: api.patch(
        f"/schedules/{made['id']}/dates/{made['next_occurrences_on'][1]}", {"skip": True}
    ),
    "a payment": lambda api, made: api.advance(days=2),
    "many payments": lambda api, made: api.advance(days=35),
    "an end": lambda api, made: api.delete(f"/schedules/{made['id']}"),
}


def daily(api: Api, card: str) -> Any:
    customer = api.customer(card)
    charge = {"customer": customer["id"], "amount": 50_000}
    end = "2099-12-31"
    return api.post("/schedules", {"every": 1, "period": "day", "end_date": end, "charge": charge})


def page(api: Api) -> list[Any]:
    return [_untimed(each) for each in api.get("/schedules?limit=20")["data"]]


def one_by_one(api: Api, made: list[Any]) -> list[Any]:
    return [_untimed(api.get(f"/schedules/{each['id']}")) for each in made]


def _untimed(schedule: Any) -> Any:
    """Without the moment of the answer."""
    return schedule | {"occurrences": schedule["occurrences"] | {"to": None}}


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_shows_what_each_schedule_shows_after(api: Api, change: str) -> None:
    made = [daily(api, card) for card in ("4242424242424242", INSUFFICIENT)]
    before = page(api)
    assert before == one_by_one(api, made) == page(api)

    CHANGES[change](api, made[0])
    after = page(api)

    assert after == one_by_one(api, made)
    assert after != before
    assert page(api) == after


def test_a_page_shows_what_another_server_has_done(serve: type[Any], dsn: str, api: Api) -> None:
    made = [daily(api, "4242424242424242")]
    page(api)

    with serve(dsn, Settings()) as other:
        elsewhere = Api(other.url, api.keys, api.account_id, api.live_keys)
        elsewhere.patch(f"/schedules/{made[0]['id']}", {"charge": {"description": "changed"}})
        elsewhere.session.close()

    assert page(api) == one_by_one(api, made)
    assert page(api)[0]["charge"]["description"] == "changed"
