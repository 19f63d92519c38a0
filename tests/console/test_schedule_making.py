"""Schedules made in the console, and all of their terms edited there."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from conftest import Api
from console.conftest import NewUser, Visitor
from console.test_schedule_changes import dates, payout, schedule, stand, told
from console.test_webhooks import words
from duerun.domain.console_users import Role
from duerun.services.unit import Runtime

NEW = "/console/schedules/new"
_ONCE = re.compile(r'name="form" value="([^"]+)"')
_CARD = re.compile(r'<option value="(card_[^"]+)"( selected)?>')


def form_of(admin: Visitor, whom: str) -> dict[str, str]:
    """What the form for a customer or a recipient sends when only the amount was filled in."""
    page = admin.get(f"{NEW}?for={whom}").text
    found = _ONCE.search(page)
    assert found, page
    today = re.search(r'name="start_on" type="date" value="([^"]+)"', page)
    assert today
    return {
        "form": found[1],
        "amount": "1,234.50",
        "every": "1",
        "period": "month",
        "days_of_month": "1, 15",
        "start_on": str(date.fromisoformat(today[1]) + timedelta(days=1)),
        "end_on": "",
        ("customer" if whom.startswith("cust_") else "recipient"): whom,
    }


def count(api: Api) -> int:
    return int(api.get("/schedules")["total"])


async def test_a_schedule_of_charges_is_made_once_however_often_the_form_is_sent(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    customer = api.customer()
    form = form_of(admin, customer["id"])
    form |= {
        "card": customer["default_card"],
        "description": "<b>Gold</b>",
        "name-0": "member",
        "value-0": "10 42",
    }

    first, second = admin.post(NEW, **form), admin.post(NEW, **form)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert count(api) == 1
    made = api.get(f"/schedules/{first.headers['location'].rsplit('/', 1)[1]}")
    assert made["in_words"] == "Every 1 month(s) on the 1st and 15th"
    assert made["start_on"] == form["start_on"]
    assert (made["charge"]["amount"], made["charge"]["card"]) == (123_450, customer["default_card"])
    assert made["charge"]["metadata"] == {"member": "10 42"}
    assert "&lt;b&gt;Gold&lt;/b&gt;" in admin.get(first.headers["location"]).text
    assert await told(runtime, api) == [("schedules.create", {})]


@pytest.mark.parametrize(
    ("rule", "in_words"),
    [
        ({"period": "day", "every": "3", "days_of_month": ""}, "Every 3 day(s)"),
        ({"period": "week", "on_monday": "1", "on_friday": "1"}, "Every 1 week(s) on Monday and Friday"),
        (
            {"days_of_month": "", "ordinal": "last", "weekday": "friday"},
            "Every 1 month(s) on the last Friday",
        ),
    ],
)
def test_each_kind_of_rule_can_be_chosen(
    admin: Visitor, api: Api, rule: dict[str, str], in_words: str
) -> None:
    answer = admin.post(NEW, **form_of(admin, api.customer()["id"]) | rule)

    made = api.get(f"/schedules/{answer.headers['location'].rsplit('/', 1)[1]}")
    assert made["in_words"] == in_words
    assert made["charge"]["default_card"] is True


def test_a_date_of_today_runs_at_once(admin: Visitor, api: Api) -> None:
    form = form_of(admin, api.customer()["id"])
    today = str(date.fromisoformat(form["start_on"]) - timedelta(days=1))

    answer = admin.post(NEW, **form | {"period": "day", "start_on": today})

    page = words(admin.get(answer.headers["location"]).text)
    assert "successful" in page.lower()
    assert api.get("/charges")["total"] == 1


@pytest.mark.parametrize(
    ("terms", "told_terms"),
    [
        ({}, {"amount": 123_450}),
        ({"amount": "", "percentage": "12.5"}, {"percentage_of_balance": 12.5}),
        ({"amount": ""}, {"percentage_of_balance": None}),
    ],
)
def test_a_recipient_is_paid_an_amount_a_share_or_the_balance(
    admin: Visitor, api: Api, terms: dict[str, str], told_terms: dict[str, Any]
) -> None:
    answer = admin.post(NEW, **form_of(admin, api.recipient()["id"]) | terms)

    assert answer.status_code == 303
    made = api.get(f"/schedules/{answer.headers['location'].rsplit('/', 1)[1]}")["transfer"]
    assert {name: made[name] for name in told_terms} == told_terms


@pytest.mark.parametrize(
    ("wrong", "told_text"),
    [
        ({"amount": ""}, "amount must be filled in"),
        ({"amount": "0.001"}, "amount must be an amount"),
        ({"every": "0"}, "every must be a whole number from 1"),
        ({"every": "9" * 300}, "every must be a whole number from 1"),
        ({"period": "year"}, "period must be one of day, week, month"),
        ({"period": "week"}, "at least one day of the week"),
        ({"days_of_month": "29"}, "numbers from 1 to 28"),
        ({"days_of_month": "first"}, "numbers from 1 to 28"),
        ({"days_of_month": ",;"}, "numbers from 1 to 28"),
        ({"days_of_month": ""}, "or which weekday of the month, must be filled in"),
        ({"ordinal": "1st", "weekday": "monday"}, "only one of days of the month"),
        ({"start_on": "2000-01-01"}, "the start must be today or later"),
        ({"end_on": "2000-01-01"}, "the end must be on or after the start"),
        ({"card": "card_test_0"}, "not here"),
        ({"description": "4242 4242 4242 4242"}, "description must not contain a card number"),
        ({"name-0": "", "value-0": "x"}, "row 1 has a value and needs a name"),
        ({"name-0": "a", "name-1": "a"}, "row 2 has a name that stands in a row above"),
        ({"name-0": "a", "value-0": "x" * 20_000}, "metadata is larger than"),
        ({"name-0": "n", "value-0": "4242424242424242"}, "must not contain a card number"),
        ({"form": "x" * 65}, "load the page again"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_is_made(
    admin: Visitor, api: Api, wrong: dict[str, str], told_text: str
) -> None:
    form = form_of(admin, api.customer()["id"])

    answer = admin.post(NEW, **form | wrong)

    assert answer.status_code in (400, 404)
    assert told_text in words(answer.text).lower()
    assert count(api) == 0
    assert admin.post(NEW, **form).status_code == 303, "a form that was refused can be sent again"


def test_whom_it_is_for_is_asked_first(admin: Visitor, api: Api, other_api: Api) -> None:
    assert "Id of a customer or a recipient" in words(admin.get(NEW).text)
    assert "That is no id" in words(admin.get(f"{NEW}?for=nobody").text)
    assert admin.get(f"{NEW}?for=cust_test_0").status_code == 404
    assert admin.get(f"{NEW}?for={other_api.customer()['id']}").status_code == 404
    bare = api.post("/customers", {"email": "new@example.com"})["id"]
    assert "No card is attached" in words(admin.get(f"{NEW}?for={bare}").text)
    assert admin.post(NEW, **form_of(admin, bare)).status_code == 400
    foreign = form_of(admin, bare) | {"customer": other_api.customer()["id"]}
    assert admin.post(NEW, **foreign).status_code == 404
    assert (count(api), count(other_api)) == (0, 0)


async def test_viewers_and_other_sites_make_no_schedule(
    visitor: Visitor, admin: Visitor, new_user: NewUser, new_visitor: Any, api: Api
) -> None:
    form = form_of(admin, api.customer()["id"])
    viewer = new_visitor()
    viewer.sign_in(await new_user(Role.VIEWER))

    refused = [
        viewer.get(NEW).status_code,
        viewer.post(NEW, **form).status_code,
        admin.post(NEW, csrf="0" * 64, **form).status_code,
        new_visitor().post(NEW, csrf="0" * 64, **form).status_code,
    ]

    assert refused[:3] == [403] * 3
    assert refused[3] in (303, 403)
    assert "New schedule" not in viewer.get("/console/schedules").text
    assert count(api) == 0


async def test_days_card_and_metadata_are_edited(admin: Visitor, api: Api, runtime: Runtime) -> None:
    customer = api.customer()
    charge = {"customer": customer["id"], "amount": 99_900, "metadata": {"member": "1"}}
    made = schedule(api, charge=charge)
    here = f"/console/schedules/{made}/edit"
    api.patch(f"/customers/{customer['id']}", {"card": api.token("5555555555554444")})
    second = next(each for each, _ in _CARD.findall(admin.get(here).text) if each != customer["default_card"])
    same = {
        "amount": "999", "end_on": "", "description": "", "days": "1", "days_of_month": "28", "card": "default",
        "name-0": "member", "value-0": "1",
    }  # fmt: skip

    admin.post(here, **same)
    unchanged = await told(runtime, api)
    answer = admin.post(
        here,
        **same | {"days_of_month": "3,1", "card": second, "name-0": "club", "value-0": "Bangkok"},
    )
    found = api.get(f"/schedules/{made}")

    assert unchanged == []
    assert answer.status_code == 303
    assert found["in_words"] == "Every 1 month(s) on the 1st and 3rd"
    assert {day[-2:] for day in dates(api, made)} == {"01", "03"}
    assert (found["charge"]["card"], found["charge"]["default_card"]) == (second, False)
    assert found["charge"]["metadata"] == {"club": "Bangkok"}
    assert f'<option value="{second}" selected>' in admin.get(here).text
    admin.post(here, **same)
    assert api.get(f"/schedules/{made}")["charge"]["default_card"] is True


def test_the_recipient_of_a_transfer_is_edited(admin: Visitor, api: Api, other_api: Api) -> None:
    made, other, foreign = payout(api, amount=50_000), api.recipient()["id"], other_api.recipient()["id"]
    here = f"/console/schedules/{made}/edit"
    same = {"amount": "500", "percentage": "", "end_on": "", "days": "1", "days_of_month": "28"}
    before = stand(api, made)

    refused = [admin.post(here, **same, recipient=each).status_code for each in (foreign, "recp_test_0", "")]
    untouched = stand(api, made)
    answer = admin.post(here, **same, recipient=other)

    assert refused == [404, 404, 400]
    assert untouched == before
    assert answer.status_code == 303
    assert api.get(f"/schedules/{made}")["transfer"]["recipient"] == other


def test_metadata_without_room_in_a_form_is_left_alone(admin: Visitor, api: Api) -> None:
    many = {f"name {number}": "x" for number in range(41)}
    made = schedule(api, charge={"customer": api.customer()["id"], "amount": 99_900, "metadata": many})
    here = f"/console/schedules/{made}/edit"

    page = admin.get(here).text
    admin.post(here, amount="500", end_on="", description="", days="1", days_of_month="28", card="default")

    assert "name-0" not in page
    assert "too many metadata for a form" in page
    assert api.get(f"/schedules/{made}")["charge"]["metadata"] == many
