"""`GET /forecast`: what is told, by which periods, and what is refused."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

ONE_DAY = timedelta(days=1)


def add_daily(api: Any, days: int = 0, number: str = "4242424242424242", **given: Any) -> Any:
    """A daily schedule of 100.00 THB from tomorrow or later."""
    start = api.today() + (1 + days) * ONE_DAY
    charge = {"customer": api.customer(number)["id"], "amount": 10_000}
    return api.post(
        "/schedules", {"every": 1, "period": "day", "start_date": f"{start}", "charge": charge} | given
    )


def test_an_account_without_schedules_has_a_line_and_no_periods(api: Any) -> None:
    told = api.get("/forecast")

    assert told["object"] == "forecast"
    assert told["data"] == []
    assert told["balance"]["shortfall"] is None
    assert len(told["balance"]["data"]) == 31
    assert {each["closing"] for each in told["balance"]["data"]} == {0}


def test_days_weeks_and_months_add_up_to_the_same(api: Any) -> None:
    add_daily(api)
    first, last = api.today(), api.today() + 90 * ONE_DAY
    asked = {"from": f"{first}", "to": f"{last}"}

    by = {each: api.get("/forecast", params=asked | {"group_by": each}) for each in ("day", "week", "month")}

    for told in by.values():
        assert sum(each["charges"]["count"] for each in told["data"]) == 90
        assert sum(each["charges"]["amount"] for each in told["data"]) == 900_000
        line = told["balance"]["data"]
        assert (line[0]["from"], line[-1]["to"]) == (f"{first}", f"{last}")
        assert line[-1]["closing"] == by["day"]["balance"]["data"][-1]["closing"] > 0
        assert all(each["opening"] == before["closing"] for before, each in pairwise(line))
    assert date.fromisoformat(by["week"]["data"][1]["from"]).weekday() == 0


def test_money_that_settles_later_comes_in_later_and_less_the_fees(api: Any) -> None:
    add_daily(api, end_date=f"{api.today() + ONE_DAY}")

    line = {each["from"]: each for each in api.get("/forecast")["balance"]["data"]}

    assert line[f"{api.today() + ONE_DAY}"]["incoming"] == 10_000 - 365 - 26


def test_the_first_day_on_which_the_balance_falls_short_is_told(api: Any) -> None:
    start = api.today() + 3 * ONE_DAY
    api.post("/charges", {"amount": 100_000, "currency": "thb", "customer": api.customer()["id"]})
    purse = api.get("/balance")["transferable"]
    payout = {"recipient": api.recipient()["id"], "amount": purse - 1_000}
    rule = {"every": 2, "period": "day", "start_date": f"{start}"}
    api.post("/schedules", rule | {"transfer": payout})

    line = api.get("/forecast")["balance"]

    assert line["shortfall"] == {"on": f"{start + 2 * ONE_DAY}", "missing": purse - 2_000}


def test_a_share_of_an_empty_balance_waits_until_there_is_money(api: Any) -> None:
    rule = {"every": 1, "period": "day", "start_date": f"{api.today() + ONE_DAY}"}
    share = {"recipient": api.recipient()["id"], "percentage_of_balance": 50}
    api.post("/schedules", rule | {"transfer": share})

    told = api.get("/forecast")

    assert sum(each["transfers"]["count"] for each in told["data"]) == 0
    assert sum(each["waiting_transfers"] for each in told["data"]) > 0


def test_transfers_to_a_recipient_who_cannot_be_paid_stand_apart_until_the_schedule_stops(api: Any) -> None:
    rule = {"every": 1, "period": "day", "start_date": f"{api.today() + ONE_DAY}"}
    recipient = api.recipient(verified=False)
    api.post("/schedules", rule | {"transfer": {"recipient": recipient["id"], "amount": 10_000}})

    told = api.get("/forecast")

    assert sum(each["transfers"]["count"] for each in told["data"]) == 0
    assert sum(each["blocked_transfers"] for each in told["data"]) == 3


def test_a_retry_that_is_pending_is_told_and_skips_the_date_of_its_day(api: Any) -> None:
    add_daily(api, number="4111111111140011")
    api.advance(f"{api.today() + ONE_DAY}T12:00:00+07:00")
    tomorrow = api.today() + ONE_DAY

    days = {each["from"]: each for each in api.get("/forecast")["data"]}

    assert days[f"{tomorrow}"]["charges"]["count"] == 1
    assert days[f"{tomorrow}"]["skipped"] == 1


def test_failures_are_told_as_a_band_once_there_are_outcomes(api: Any) -> None:
    add_daily(api)
    assert api.get("/forecast")["data"][0]["expected"] is None
    api.advance(days=35)

    told = api.get("/forecast")

    assert told["history"] == [{"attempt": 0, "outcomes": told["history"][0]["outcomes"], "failed": 0}]
    band = told["data"][0]["expected"]
    assert band["failures"] == {"low": 0, "high": 1}
    assert band["failed_amount"]["low"] == 0 < band["failed_amount"]["high"] < 10_000


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"group_by": "year"}, "group_by must be one of day, week, month"),
        ({"from": "2020-01-01"}, "from must be today"),
        ({"from": "2999-01-02", "to": "2999-01-01"}, "to must be on or after from"),
        ({"to": "2999-01-01"}, "to must be at most 24 months after today"),
        ({"to": "tomorrow"}, "to must be a date"),
    ],
)
def test_what_cannot_be_forecast_is_refused_by_name(api: Any, asked: dict[str, str], message: str) -> None:
    error = api.refused("GET", "/forecast", params=asked)

    assert error["message"].startswith(message)


def test_a_key_of_live_mode_sees_nothing_of_test_mode(api: Any) -> None:
    add_daily(api)

    assert api.get("/forecast", key=api.live_keys.secret)["data"] == []
