"""Schedules and their occurrences over HTTP, under the test clock."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import pytest
from psycopg.sql import SQL

from duerun.services.unit import Runtime
from duerun.storage import accounts, schedules
from duerun.web.omise.call import Options
from duerun.web.omise.render import event_renderer


def monthly(api: Any, customer: Any, **given: Any) -> Any:
    body = {
        "every": 1,
        "period": "month",
        "on": {"days_of_month": [1, 15]},
        "end_date": str(api.today() + timedelta(days=400)),
        "charge": {"customer": customer["id"], "amount": 100000, "description": "Membership fee"},
    }
    return api.post("/schedules", body | given)


def test_a_schedule_charges_on_each_of_its_days(api: Any) -> None:
    schedule = monthly(api, api.customer(), start_date=str(api.today() + timedelta(days=1)))
    planned = schedule["next_occurrences_on"]
    assert schedule["in_words"] == "Every 1 month(s) on the 1st and 15th"
    assert schedule["status"] == "active"
    assert schedule["occurrences"]["total"] == 0

    api.advance(days=70)

    after = api.get(f"/schedules/{schedule['id']}")
    ran = [each["scheduled_on"] for each in after["occurrences"]["data"]]
    assert ran == planned[: len(ran)]
    assert len(ran) >= 4
    assert {each["status"] for each in after["occurrences"]["data"]} == {"successful"}
    assert after["next_occurrences_on"][0] == planned[len(ran)]
    charge = api.get(f"/charges/{after['occurrences']['data'][0]['result']}")
    assert (charge["status"], charge["amount"], charge["schedule"]) == ("successful", 100000, schedule["id"])
    assert (charge["fee"], charge["fee_vat"], charge["net"]) == (3650, 256, 96094)
    assert api.get("/balance")["total"] == 96094 * len(ran)


def test_a_start_today_runs_within_the_call(api: Any) -> None:
    body = {
        "every": 10,
        "period": "day",
        "end_date": str(api.today() + timedelta(days=30)),
        "charge": {"customer": api.customer()["id"], "amount": 5000},
    }

    schedule = api.post("/schedules", body)

    assert schedule["occurrences"]["total"] == 1
    assert schedule["occurrences"]["data"][0]["status"] == "successful"
    expected = [str(api.today() + timedelta(days=days)) for days in (10, 20, 30)]
    assert schedule["next_occurrences_on"] == expected


def test_a_third_failure_suspends_the_schedule(api: Any) -> None:
    customer = api.customer("4111111111140011")
    schedule = monthly(api, customer, start_date=str(api.today() + timedelta(days=1)))
    first = date.fromisoformat(schedule["next_occurrences_on"][0])

    api.advance(f"{first + timedelta(days=1)}T00:00:00+07:00")
    in_retry = api.get(f"/schedules/{schedule['id']}")
    api.advance(days=3)
    after = api.get(f"/schedules/{schedule['id']}")

    assert in_retry["next_occurrences_on"][0] == str(first)
    assert in_retry["status"] == "active"
    chain = after["occurrences"]["data"]
    assert [each["scheduled_on"] for each in chain] == [str(first)] * 3
    assert [each["retry_on"] for each in chain] == [
        None,
        str(first + timedelta(days=1)),
        str(first + timedelta(days=2)),
    ]
    assert {each["message"] for each in chain} == {"charge could not be captured"}
    assert len({each["result"] for each in chain}) == 3
    assert after["status"] == "suspended"
    assert after["ended_at"] is not None
    assert after["next_occurrences_on"] == []
    assert [each["key"] for each in api.get("/events")["data"]][-1] == "schedule.suspend"


@pytest.mark.parametrize(
    ("number", "failures"), [("4111111111170091", 1), ("4111111111160092", 2)], ids=["one", "two"]
)
def test_a_retry_that_succeeds_lets_the_plan_go_on(api: Any, number: str, failures: int) -> None:
    schedule = monthly(api, api.customer(number), start_date=str(api.today() + timedelta(days=1)))

    api.advance(days=35)

    after = api.get(f"/schedules/{schedule['id']}")
    ran = sorted(after["occurrences"]["data"], key=lambda each: each["processed_at"])
    statuses = [each["status"] for each in ran]
    assert statuses[: failures + 1] == ["failed"] * failures + ["successful"]
    assert after["status"] == "active"


@pytest.mark.parametrize("number", ["4111111111150093", "4111111111140094"], ids=["answer", "request"])
def test_a_lost_answer_is_asked_about_and_charged_once(api: Any, number: str) -> None:
    schedule = monthly(api, api.customer(number), start_date=str(api.today() + timedelta(days=1)))

    api.advance(days=33)

    done = api.get(f"/schedules/{schedule['id']}")["occurrences"]
    assert done["total"] >= 2
    assert {each["status"] for each in done["data"]} == {"successful"}
    assert api.get("/charges")["total"] == done["total"]


def test_a_deleted_schedule_beats_its_queued_retry(api: Any) -> None:
    schedule = monthly(api, api.customer("4111111111140011"), start_date=str(api.today() + timedelta(days=1)))
    first = date.fromisoformat(schedule["next_occurrences_on"][0])
    api.advance(f"{first}T12:00:00+07:00")

    deleted = api.delete(f"/schedules/{schedule['id']}")
    again = api.delete(f"/schedules/{schedule['id']}")
    api.advance(days=5)

    assert (deleted["status"], deleted["deleted"], deleted["active"]) == ("deleted", True, False)
    assert again == deleted
    assert api.get(f"/schedules/{schedule['id']}/occurrences")["total"] == 1
    assert api.get("/charges")["total"] == 1


def test_a_finished_schedule_expires(api: Any) -> None:
    start = api.today() + timedelta(days=1)
    body = {
        "every": 1,
        "period": "week",
        "on": {"weekdays": ["Monday", "friday"]},
        "start_date": str(start),
        "end_date": str(start + timedelta(days=21)),
        "charge": {"customer": api.customer()["id"], "amount": 2000},
    }
    schedule = api.post("/schedules", body)
    planned = schedule["next_occurrences_on"]

    api.advance(days=30)

    after = api.get(f"/schedules/{schedule['id']}")
    assert after["status"] == "expired"
    assert [each["scheduled_on"] for each in after["occurrences"]["data"]] == planned
    assert after["next_occurrences_on"] == []


def test_a_daily_schedule_skips_the_day_of_a_retry(api: Any) -> None:
    start = api.today() + timedelta(days=1)
    body = {
        "every": 1,
        "period": "day",
        "start_date": str(start),
        "charge": {"customer": api.customer("4111111111170091")["id"], "amount": 2000},
    }
    schedule = api.post("/schedules", body)

    api.advance(f"{start + timedelta(days=1)}T12:00:00+07:00")

    found = api.get(f"/schedules/{schedule['id']}/occurrences")["data"]
    told = [(each["scheduled_on"], each["retry_on"], each["status"], each["message"]) for each in found]
    following = str(start + timedelta(days=1))
    assert sorted(told, key=str) == sorted(
        [
            (str(start), None, "failed", "charge could not be captured"),
            (str(start), following, "successful", None),
            (following, None, "skipped", f"retry of {start} is pending"),
        ],
        key=str,
    )


def test_the_clock_of_live_mode_is_real_time(api: Any) -> None:
    error = api.refused("POST", "/clock/advance", {"days": 1}, key=api.live_keys.secret)

    assert error["message"] == "live mode runs on real time"


def test_the_clock_moves_forward_only(api: Any) -> None:
    api.advance(days=10)

    error = api.refused("POST", "/clock/advance", {"to": "2020-01-01T00:00:00Z"})

    assert error["message"] == "the clock moves forward only"


def test_an_authorisation_that_is_never_captured_lapses_on_the_way(api: Any) -> None:
    charge = api.post(
        "/charges",
        {"amount": 5000, "currency": "thb", "customer": api.customer()["id"], "capture": False},
    )

    api.advance(days=30)

    after = api.get(f"/charges/{charge['id']}")
    assert (after["status"], after["expired"]) == ("expired", True)
    assert after["expired_at"] == charge["expires_at"]
    api.refused("POST", f"/charges/{charge['id']}/capture")


def test_an_advance_moves_the_clock_exactly_there(api: Any) -> None:
    advanced = api.advance("2030-02-28T23:59:59Z")

    shown = api.get("/clock")["now"]
    assert advanced["now"] == "2030-02-28T23:59:59Z"
    assert "2030-02-28T23:59:59Z" <= shown <= "2030-03-01T00:00:30Z"


@pytest.mark.parametrize("currency", ["usd", "xyz"])
def test_a_transfer_in_another_currency_is_refused(api: Any, currency: str) -> None:
    transfer = {"recipient": api.recipient()["id"], "amount": 5000, "currency": currency}

    error = api.refused("POST", "/schedules", {"every": 1, "period": "day", "transfer": transfer})

    assert error["message"] == "currency of a transfer must be THB"
    kept = api.post("/schedules", {"every": 1, "period": "day", "transfer": transfer | {"currency": "thb"}})
    assert kept["transfer"]["currency"] == "THB"


BROKEN = {
    "every": 0,
    "period": "fortnight",
    "start_date": "2001-01-01",
    "end_date": "never",
    "charge": {"customer": "cust_test_none", "amount": "much"},
    "transfer": {"recipient": "recp_test_none", "amount": 1, "percentage_of_balance": 101},
}
REPAIRS: list[tuple[str, dict[str, Any]]] = [
    ("amount is not a number", {"charge": {"customer": "cust_test_none", "amount": 5000}}),
    ("every must be an integer greater than or equal to 1", {"every": 1}),
    ("period must be one of day, week, month", {"period": "month"}),
    ("on must contain one of days_of_month, weekday_of_month", {"on": {"days_of_month": [29]}}),
    (
        "on [days_of_month] must be an array of integer values (1 - 28)",
        {"on": {"days_of_month": [1]}},
    ),
    ("start_date must be today or later", {"start_date": "2999-01-02"}),
    ("end_date must be a date (YYYY-MM-DD)", {"end_date": "2998-01-01"}),
    ("end_date must be on or after start_date", {"end_date": "2999-01-03"}),
    ("schedule has no occurrences between start_date and end_date", {"end_date": "2999-12-31"}),
    ("exactly one of charge, transfer must be given", {"charge": {}}),
    (
        "only one of amount, percentage_of_balance may be given",
        {"transfer": {"recipient": "recp_test_none", "percentage_of_balance": 101}},
    ),
    (
        "percentage_of_balance must be greater than 0 and at most 100",
        {"transfer": {"recipient": "recp_test_none", "percentage_of_balance": 50}},
    ),
]


def test_of_many_broken_rules_the_first_one_of_the_order_is_told(api: Any) -> None:
    """Each repair uncovers the next refusal (source: the wire specification, 5.2)."""
    body = dict(BROKEN)
    told = []
    for _, repair in REPAIRS:
        told.append(api.refused("POST", "/schedules", body)["message"])
        body |= repair

    assert told == [message for message, _ in REPAIRS]
    assert api.refused("POST", "/schedules", body, status=404)["code"] == "not_found"


async def test_events_use_the_words_that_the_face_is_set_to(runtime: Runtime, api: Any) -> None:
    schedule_id = monthly(api, api.customer())["id"]
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
        assert account is not None
        schedule = await schedules.fetch(connection, account, schedule_id)

    told = [
        json.loads(event_renderer(options)(schedule, account))["status"]
        for options in (Options(), Options(status_running=True))
    ]

    assert told == ["active", "running"]


WINDOW = '"from":"1970-01-01T00:00:00Z","to":"1970-01-01T00:00:01Z"'


@pytest.mark.parametrize("version", ["2017-11-02", "2019-05-29"])
def test_a_list_tells_a_schedule_as_it_is_told_alone(api: Any, version: str) -> None:
    """What was written once is told again only while nothing of it has changed."""
    customer = api.customer()
    charge = {"customer": customer["id"], "amount": 100_000, "metadata": {"to": "1970-01-01T00:00:01Z"}}
    mine = monthly(api, customer, charge={**charge, "description": WINDOW}, start_date=str(api.today()))
    share = {"recipient": api.recipient()["id"], "percentage_of_balance": "12.5"}
    body = {"every": 1, "period": "day", "end_date": str(api.today() + timedelta(days=9)), "transfer": share}
    theirs = api.post("/schedules", body)
    headers = {"Omise-Version": version}

    def same() -> None:
        listed = api.get("/schedules", headers=headers)["data"]
        alone = [api.get(f"/schedules/{each['id']}", headers=headers) for each in (mine, theirs)]
        for each in (*listed, *alone):
            assert each["occurrences"].pop("to") > "2026"
        assert listed == alone

    same()
    api.advance(days=20)
    same()
    api.patch(f"/schedules/{mine['id']}", {"charge": {"amount": 50_000}})
    api.delete(f"/schedules/{theirs['id']}")
    same()
    assert api.get("/schedules", headers=headers)["data"][0]["charge"]["amount"] == 50_000


async def test_a_schedule_is_made_with_all_that_belongs_to_it_or_not_at_all(
    runtime: Runtime, api: Any
) -> None:
    customer = api.customer()
    async with runtime.database.connection() as connection:
        await connection.execute(
            SQL("ALTER TABLE occurrences ADD CONSTRAINT refused CHECK (account_id <> {}) NOT VALID").format(
                api.account_id
            )
        )
        try:
            refused = await asyncio.to_thread(api.call, "POST", "/schedules", json=daily(api, customer))
        finally:
            await connection.execute("ALTER TABLE occurrences DROP CONSTRAINT refused")
    assert refused.status_code == 500
    assert api.get("/schedules")["total"] == 0
    assert "schedule.create" not in [each["key"] for each in api.get("/events")["data"]]

    made = api.post("/schedules", daily(api, customer))
    assert api.get("/schedules")["total"] == 1
    [event] = [each for each in api.get("/events")["data"] if each["key"] == "schedule.create"]
    assert event["data"]["id"] == made["id"]


def daily(api: Any, customer: Any) -> Any:
    return {
        "every": 1,
        "period": "day",
        "start_date": str(api.today() + timedelta(days=2)),
        "end_date": str(api.today() + timedelta(days=30)),
        "charge": {"customer": customer["id"], "amount": 100_000},
    }


async def test_an_event_that_the_database_does_not_take_is_told_by_its_id(runtime: Runtime, api: Any) -> None:
    customer = api.customer()
    async with runtime.database.connection() as connection:
        await connection.execute(
            SQL(
                "ALTER TABLE events ADD CONSTRAINT refused"
                " CHECK (account_id <> {} OR data NOT LIKE '%Broken%') NOT VALID"
            ).format(api.account_id)
        )
        try:
            charge = {"customer": customer["id"], "amount": 100_000, "description": "Broken"}
            made = await asyncio.to_thread(api.post, "/schedules", daily(api, customer) | {"charge": charge})
        finally:
            await connection.execute("ALTER TABLE events DROP CONSTRAINT refused")
        cursor = await connection.execute(
            "SELECT data FROM events WHERE key = 'schedule.create' AND object_id = %s", [made["id"]]
        )
        [row] = await cursor.fetchall()
    assert json.loads(row["data"]) == {"object": "schedule", "id": made["id"], "livemode": False}
