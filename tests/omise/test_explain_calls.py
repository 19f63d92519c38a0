"""`GET /occurrences/{id}/explain`: what is told of which occurrence, and to whom."""

from datetime import date, timedelta
from typing import Any

from conftest import Api


def paid(api: Api, number: str = "4242424242424242") -> tuple[Any, date]:
    """A daily schedule whose first date has run, and that date."""
    start = date.fromisoformat(api.get("/forecast")["from"]) + timedelta(days=1)
    charge = {"customer": api.customer(number)["id"], "amount": 10_000}
    made = api.post(
        "/schedules",
        {"every": 1, "period": "day", "start_date": f"{start}", "end_date": "2099-12-31", "charge": charge},
    )
    api.advance(f"{start}T12:00:00+07:00")
    return made, start


def test_a_charge_is_explained_from_its_plan_to_its_result(api: Api) -> None:
    schedule, start = paid(api)
    occurrence = api.get(f"/schedules/{schedule['id']}/occurrences")["data"][0]

    told = api.get(f"/occurrences/{occurrence['id']}/explain")

    assert (told["object"], told["livemode"], told["whole"]) == ("explanation", False, True)
    assert (told["occurrence"], told["schedule"]) == (occurrence["id"], schedule["id"])
    assert (told["scheduled_on"], told["attempt"], told["status"]) == (f"{start}", 0, "successful")
    assert [(each["from"], each["to"], each["what"]) for each in told["steps"]] == [
        (None, "due", "planned"),
        ("due", "sent", "sent"),
        ("sent", "successful", "succeeded"),
    ]
    planned, sent, succeeded = told["steps"]
    assert planned["inputs"]["rule"] == schedule["in_words"]
    assert sent["inputs"]["key"] == occurrence["id"]
    assert (sent["inputs"]["amount"], sent["inputs"]["currency"]) == (10_000, "THB")
    assert succeeded["inputs"]["result"] == occurrence["result"]
    assert sent["account_clock"].startswith(f"{start}T")
    assert told["follows"] == "nothing: this is final"


def test_a_refusal_leads_to_its_retry_which_is_not_visible_yet(api: Api) -> None:
    schedule, start = paid(api, "4111111111140011")
    failed = api.get(f"/schedules/{schedule['id']}/occurrences")["data"][0]

    told = api.get(f"/occurrences/{failed['id']}/explain")
    retry = told["steps"][-1]["inputs"]["tried_again"]
    ahead = api.get(f"/occurrences/{retry}/explain")

    assert told["steps"][-1]["why"] == "the processor refused it: insufficient_fund"
    assert told["follows"] == f"it is tried again as {retry}"
    assert (ahead["status"], ahead["attempt"]) == ("due", 1)
    assert ahead["steps"][0]["why"] == "retry 1 of at most 2, on the next calendar day"
    assert ahead["steps"][0]["inputs"]["retry_on"] == f"{start + timedelta(days=1)}"
    assert api.call("GET", f"/occurrences/{retry}").status_code == 404


def test_what_an_account_does_not_have_is_not_found(api: Api, other_api: Api) -> None:
    schedule, _ = paid(api)
    occurrence = api.get(f"/schedules/{schedule['id']}/occurrences")["data"][0]["id"]

    for reader, asked in ((other_api, occurrence), (api, "occu_test_0"), (api, "%00")):
        answer = reader.call("GET", f"/occurrences/{asked}/explain")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
