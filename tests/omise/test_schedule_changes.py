"""Pause, resume and delete of many schedules; changes of one schedule and of single dates ahead of it."""

from datetime import date, timedelta
from typing import Any

import pytest


def daily(api: Any, **given: Any) -> Any:
    body = {
        "every": 1,
        "period": "day",
        "start_date": str(api.today() + timedelta(days=1)),
        "charge": {"customer": api.customer()["id"], "amount": 10_000},
    }
    return api.post("/schedules", body | given)


def noon(day: date) -> str:
    return f"{day}T12:00:00+07:00"


def ran(api: Any, schedule: Any) -> list[tuple[str, str, str | None]]:
    found = api.get(f"/schedules/{schedule['id']}/occurrences", params={"limit": 100})["data"]
    return sorted((each["scheduled_on"], each["status"], each["message"]) for each in found)


def many(api: Any, method: str, operation: str, ids: Any) -> Any:
    answer = api.call(method, f"/schedules/{operation}", json={"schedule_ids": ids})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_paused_dates_are_skipped_and_resume_goes_on_with_the_next(api: Any) -> None:
    schedule = daily(api)
    first = api.today() + timedelta(days=1)

    paused = many(api, "PATCH", "bulk_pause", [schedule["id"]])
    api.advance(noon(first + timedelta(days=1)))
    many(api, "PATCH", "bulk_resume", [schedule["id"]])
    api.advance(noon(first + timedelta(days=2)))

    shown = paused["results"][0]["schedule"]
    assert (shown["status"], shown["state"], shown["active"]) == ("paused", "Paused", False)
    assert shown["next_occurrences_on"][0] == str(first)
    assert ran(api, schedule) == [
        (str(first), "skipped", "schedule is paused"),
        (str(first + timedelta(days=1)), "skipped", "schedule is paused"),
        (str(first + timedelta(days=2)), "successful", None),
    ]
    assert api.get("/charges")["total"] == 1


def test_results_stand_in_the_order_of_the_ids_each_for_itself(api: Any, other_api: Any) -> None:
    one, two, foreign = daily(api)["id"], daily(api)["id"], daily(other_api)["id"]
    api.delete(f"/schedules/{two}")

    done = many(api, "PATCH", "bulk_pause", [two, foreign, one, one])

    assert [each["status"] for each in done["results"]] == ["failed", "failed", "success", "success"]
    assert (done["operation"], done["total_count"]) == ("pause", 4)
    assert (done["successful_count"], done["failed_count"]) == (2, 2)
    assert done["results"][0]["error_message"] == "a schedule that is deleted cannot be paused"
    assert done["results"][1]["error_code"] == "not_found"
    assert done["results"][1]["error_message"] == f"schedule {foreign} was not found"
    assert other_api.get(f"/schedules/{foreign}")["status"] == "active"
    assert many(api, "PATCH", "bulk_resume", [one])["successful_count"] == 1
    assert many(api, "PATCH", "bulk_resume", [one])["successful_count"] == 1


def test_a_hundred_schedules_are_deleted_in_one_call(api: Any) -> None:
    customer = api.customer()["id"]
    charge = {"customer": customer, "amount": 10_000}
    start = str(api.today() + timedelta(days=1))
    body = {"every": 1, "period": "day", "start_date": start, "charge": charge}
    ids = [api.post("/schedules", body)["id"] for _ in range(100)]

    done = many(api, "DELETE", "bulk_delete", ids)
    again = many(api, "DELETE", "bulk_delete", ids[:2])
    api.advance(days=3)

    assert done["successful_count"] == 100
    assert {each["schedule"]["status"] for each in done["results"]} == {"deleted"}
    assert again["successful_count"] == 2
    assert api.get("/charges")["total"] == 0
    keys = [
        each["key"]
        for each in api.get("/events", params={"limit": 100, "order": "reverse_chronological"})["data"]
    ]
    assert keys.count("schedule.destroy") == 100


@pytest.mark.parametrize(
    "ids",
    [None, "schd_test_1", [], ["schd_test_1"] * 101, [1], ["cust_test_1"], ["schd_test_A"], [None]],
    ids=["missing", "text", "empty", "too many", "number", "another object", "letters", "null"],
)
def test_ids_that_are_none_change_nothing(api: Any, ids: Any) -> None:
    body = {} if ids is None else {"schedule_ids": ids}

    error = api.refused("PATCH", "/schedules/bulk_pause", body)

    assert error["message"] == "schedule_ids must be an array of 1 to 100 schedule ids"


def test_one_schedule_is_paused_and_resumed(api: Any) -> None:
    schedule = daily(api)

    paused = api.patch(f"{schedule['location']}/pause", {})
    resumed = api.patch(f"{schedule['location']}/resume", {})
    api.delete(schedule["location"])

    assert (paused["status"], resumed["status"]) == ("paused", "active")
    refused = api.refused("PATCH", f"{schedule['location']}/resume", {})
    assert refused["message"] == "a schedule that is deleted cannot be resumed"


def test_a_changed_amount_and_card_count_from_the_next_date_on(api: Any) -> None:
    customer = api.customer()
    schedule = daily(api, charge={"customer": customer["id"], "amount": 10_000})
    first = api.today() + timedelta(days=1)
    added = api.patch(f"/customers/{customer['id']}", {"card": api.token("5555555555554444")})
    card = added["cards"]["data"][-1]["id"]
    api.advance(noon(first))

    changed = api.patch(
        schedule["location"],
        {"charge": {"amount": 25_000, "card": card, "description": "New plan", "metadata": {"plan": "b"}}},
    )
    api.advance(noon(first + timedelta(days=1)))

    assert (changed["charge"]["amount"], changed["charge"]["card"]) == (25_000, card)
    assert (changed["charge"]["default_card"], changed["charge"]["metadata"]) == (False, {"plan": "b"})
    charges = api.get("/charges")["data"]
    assert [(each["amount"], each["description"]) for each in charges] == [
        (10_000, None),
        (25_000, "New plan"),
    ]
    assert charges[1]["card"]["brand"] == "MasterCard"
    update = [
        each for each in api.get("/events", params={"limit": 100})["data"] if each["key"] == "schedule.update"
    ]
    assert [each["data"]["charge"]["amount"] for each in update] == [25_000]


def test_a_changed_rule_plans_its_own_dates_and_no_old_one(api: Any) -> None:
    schedule = daily(api)
    first = api.today() + timedelta(days=1)
    api.advance(noon(first))
    end = first + timedelta(days=300)

    on = api.post("/schedules", {
        "every": 1, "period": "month", "on": {"days_of_month": [28]}, "charge": schedule["charge"] | {"card": None},
    })  # fmt: skip
    changed = api.patch(on["location"], {"on": {"days_of_month": ["5", 6]}, "end_date": str(end)})
    api.advance(noon(end))

    days = [date.fromisoformat(each[0]) for each in ran(api, on)]
    assert {each.day for each in days} <= {5, 6}
    assert days == sorted(set(days))
    assert changed["next_occurrences_on"][:3] == [str(each) for each in days[:3]]
    assert changed["in_words"] == "Every 1 month(s) on the 5th and 6th"
    assert api.get(on["location"])["status"] == "expired"


def test_an_end_that_is_moved_before_the_next_date_ends_the_schedule(api: Any) -> None:
    schedule = daily(api)
    first = api.today() + timedelta(days=1)
    api.advance(noon(first))

    ended = api.patch(schedule["location"], {"end_date": str(first)})
    api.advance(days=5)

    assert (ended["status"], ended["next_occurrences_on"]) == ("expired", [])
    assert len(ran(api, schedule)) == 1
    refused = api.refused("PATCH", schedule["location"], {"amount": 5_000})
    assert refused["message"] == "a schedule that is expired cannot be changed"


def test_an_end_is_taken_away(api: Any) -> None:
    schedule = daily(api, end_date=str(api.today() + timedelta(days=2)))

    changed = api.patch(schedule["location"], {"end_date": "none"})

    assert changed["end_on"] is None
    assert len(changed["next_occurrences_on"]) == 30


def test_a_transfer_changes_between_amount_and_percentage(api: Any) -> None:
    recipient, other = api.recipient()["id"], api.recipient()["id"]
    body = {"every": 1, "period": "day", "start_date": str(api.today() + timedelta(days=1))}
    schedule = api.post("/schedules", body | {"transfer": {"recipient": recipient, "amount": 50_000}})

    percent = api.patch(
        schedule["location"], {"transfer": {"percentage_of_balance": 12.5, "recipient": other}}
    )
    fixed = api.patch(schedule["location"], {"amount": 60_000})

    assert (percent["transfer"]["amount"], percent["transfer"]["percentage_of_balance"]) == (None, 12.5)
    assert percent["transfer"]["recipient"] == other
    assert (fixed["transfer"]["amount"], fixed["transfer"]["percentage_of_balance"]) == (60_000, None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {},
            "one of amount, card, description, metadata, recipient, percentage_of_balance, on, end_date "
            "must be given",
        ),
        ({"amount": "x"}, "amount is not a number"),
        ({"amount": 1}, "amount must be greater than or equal to 2000 (thb subunits)"),
        ({"recipient": "recp_test_1"}, "recipient cannot be set on a schedule of charges"),
        ({"end_date": "2001-01-01"}, "end_date must be on or after start_date"),
        ({"end_date": "2025-02-30"}, "end_date must be a date (YYYY-MM-DD)"),
        ({"amount": 5_000, "percentage_of_balance": 5}, "only one of amount, percentage_of_balance may be given"),
        ({"description": "4242 4242 4242 4242"}, "description must not contain a card number"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_change_that_makes_no_sense_changes_nothing(api: Any, given: Any, message: str) -> None:
    schedule = daily(api)

    error = api.refused("PATCH", schedule["location"], given)

    assert error["message"] == message
    assert api.get(schedule["location"])["next_occurrences_on"] == schedule["next_occurrences_on"]
    assert api.get(schedule["location"])["charge"]["amount"] == 10_000


def test_single_dates_are_skipped_moved_and_priced(api: Any) -> None:
    first = api.today() + timedelta(days=2)
    schedule = daily(api, every=5, start_date=str(first))
    second, third = first + timedelta(days=5), first + timedelta(days=10)
    path = f"{schedule['location']}/dates"

    api.patch(f"{path}/{first}", {"move_to": str(first + timedelta(days=2)), "amount": 30_000})
    api.patch(f"{path}/{second}", {"skip": True})
    shown = api.patch(f"{path}/{third}", {"amount": 40_000})
    kept = api.get(path)["data"]
    api.advance(noon(third + timedelta(days=5)))

    assert shown["next_occurrences_on"][:2] == [str(first + timedelta(days=2)), str(third)]
    assert kept == [
        {"date": str(first), "skipped": False, "moved_to": str(first + timedelta(days=2)), "amount": 30_000},
        {"date": str(second), "skipped": True, "moved_to": None, "amount": None},
        {"date": str(third), "skipped": False, "moved_to": None, "amount": 40_000},
    ]
    assert ran(api, schedule) == [
        (str(first), "successful", None),
        (str(second), "skipped", "skipped on request"),
        (str(third), "successful", None),
        (str(third + timedelta(days=5)), "successful", None),
    ]
    charges = api.get("/charges")["data"]
    assert [each["amount"] for each in charges] == [30_000, 40_000, 10_000]
    assert charges[0]["created_at"][:10] == str(first + timedelta(days=2))


def test_a_decision_for_a_date_is_taken_back(api: Any) -> None:
    first = api.today() + timedelta(days=2)
    schedule = daily(api, every=5, start_date=str(first))
    path = f"{schedule['location']}/dates/{first}"
    api.patch(path, {"move_to": str(first + timedelta(days=1)), "amount": 30_000})

    back = api.delete(path)
    api.advance(noon(first))

    assert back["next_occurrences_on"][0] == str(first)
    assert api.get(f"{schedule['location']}/dates")["data"] == []
    assert [each["amount"] for each in api.get("/charges")["data"]] == [10_000]


@pytest.mark.parametrize(
    ("days", "given", "message"),
    [
        (0, {}, "one of skip, move_to, amount must be given"),
        (1, {"skip": True}, "{day} is not a date of the schedule"),
        (5, {"move_to": 10}, "move_to must lie between the date before and the date after"),
        (5, {"move_to": 0}, "move_to must lie between the date before and the date after"),
        (0, {"move_to": -5}, "move_to must be a day whose moment is still to come"),
        (0, {"amount": 5}, "amount must be greater than or equal to 2000 (thb subunits)"),
    ],
)
def test_a_date_takes_no_impossible_decision(api: Any, days: int, given: Any, message: str) -> None:
    first = api.today() + timedelta(days=2)
    schedule = daily(api, every=5, start_date=str(first))
    day = first + timedelta(days=days)
    if "move_to" in given:
        given = {"move_to": str(first + timedelta(days=given["move_to"]))}

    error = api.refused("PATCH", f"{schedule['location']}/dates/{day}", given)

    assert error["message"] == message.format(day=day)
    assert api.get(schedule["location"])["next_occurrences_on"][0] == str(first)


def test_a_date_that_ran_is_left_alone(api: Any) -> None:
    schedule = daily(api)
    first = api.today() + timedelta(days=1)
    api.advance(noon(first))

    error = api.refused("PATCH", f"{schedule['location']}/dates/{first}", {"skip": True})

    assert error["message"] == f"{first} has run already, or is being run"
    api.refused("PATCH", f"{schedule['location']}/dates/soon", {"skip": True}, status=404)


def test_a_bulk_created_schedule_keeps_the_event_of_its_creation(api: Any) -> None:
    customer = api.customer()["id"]
    header = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
    text = f"{header}\nk1,{customer},,5000,Old plan,1,month,5,,\n"
    job = api.call("POST", "/schedules/upload", files={"file": ("m.csv", text, "text/csv")}).json()
    api.advance(days=0)
    assert api.get(job["location"])["state"] == "completed"
    schedule = api.get("/schedules")["data"][0]

    api.patch(schedule["location"], {"charge": {"amount": 9_000, "description": "New plan"}})

    events = {each["key"]: each["data"]["charge"] for each in api.get("/events", params={"limit": 100})["data"]
              if each["key"].startswith("schedule.")}  # fmt: skip
    assert (events["schedule.create"]["amount"], events["schedule.create"]["description"]) == (
        5_000,
        "Old plan",
    )
    assert (events["schedule.update"]["amount"], events["schedule.update"]["description"]) == (
        9_000,
        "New plan",
    )


def test_a_change_of_the_rule_keeps_a_date_that_was_moved_beyond_its_own_day(api: Any) -> None:
    first = api.today() + timedelta(days=2)
    schedule = daily(api, every=5, start_date=str(first))
    api.patch(f"{schedule['location']}/dates/{first}", {"move_to": str(first + timedelta(days=3))})
    api.advance(noon(first + timedelta(days=1)))

    changed = api.patch(schedule["location"], {"end_date": str(first + timedelta(days=30))})
    api.advance(noon(first + timedelta(days=5)))

    assert changed["next_occurrences_on"][:2] == [
        str(first + timedelta(days=3)),
        str(first + timedelta(days=5)),
    ]
    assert [day for day, _, _ in ran(api, schedule)] == [str(first), str(first + timedelta(days=5))]


def test_dates_that_are_moved_keep_their_order(api: Any) -> None:
    first = api.today() + timedelta(days=2)
    schedule = daily(api, every=5, start_date=str(first))
    second = first + timedelta(days=5)
    path = f"{schedule['location']}/dates"
    api.patch(f"{path}/{second}", {"move_to": str(first + timedelta(days=2))})

    crossed = api.refused("PATCH", f"{path}/{first}", {"move_to": str(first + timedelta(days=3))})
    api.patch(f"{path}/{first}", {"move_to": str(first - timedelta(days=1))})
    api.patch(f"{path}/{second}", {"move_to": str(first)})
    back = api.refused("DELETE", f"{path}/{first}")

    assert crossed["message"] == "move_to must lie between the date before and the date after"
    assert back["message"] == f"{first} cannot go back: a date beside it was moved to or beyond this day"


def test_a_date_that_is_moved_to_the_day_of_a_retry_gives_way_to_it(api: Any) -> None:
    first = api.today() + timedelta(days=1)
    customer = api.customer("4111111111170091")["id"]
    schedule = daily(api, every=5, start_date=str(first), charge={"customer": customer, "amount": 10_000})
    second = first + timedelta(days=5)
    api.patch(f"{schedule['location']}/dates/{second}", {"move_to": str(first + timedelta(days=1))})

    api.advance(noon(first + timedelta(days=2)))

    assert ran(api, schedule) == [
        (str(first), "failed", "charge could not be captured"),
        (str(first), "successful", None),
        (str(second), "skipped", f"retry of {first} is pending"),
    ]
