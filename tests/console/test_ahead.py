"""What lies ahead and what was: calendar, forecast and test clock of the console."""

import re
import time
from datetime import date, datetime, timedelta

import pytest
import requests

from conftest import Api
from console.browsing import FAILING_CARD
from console.conftest import NewUser, Visitor
from duerun.domain.console_users import Role


def weekly(api: Api, count: int = 1, weekday: str = "monday", amount: int = 100_000) -> list[str]:
    """Weekly charge schedules of one customer."""
    customer = api.customer()["id"]
    body = {
        "every": 1,
        "period": "week",
        "on": {"weekdays": [weekday]},
        "charge": {"customer": customer, "amount": amount, "description": "Gold membership"},
    }
    return [str(api.post("/schedules", body)["id"]) for _ in range(count)]


def ready(visitor: Visitor, path: str) -> str:
    """A page with all of its parts: what was not there at once is asked for, as htmx does."""
    text = visitor.get(path).text
    while 'hx-trigger="load"' in text:
        part = re.findall(r'hx-get="([^"]*)" hx-trigger="load"', text)[0].replace("&amp;", "&")
        text = visitor.get(part, headers={"HX-Request": "true"}).text
    return text


def words(text: str) -> str:
    """The text of a page without its tags, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def test_the_calendar_counts_each_day_and_tells_outcomes_of_past_ones(admin: Visitor, api: Api) -> None:
    made = weekly(api, 3)
    first = date.fromisoformat(api.get(f"/schedules/{made[0]}")["next_occurrence_dates"][0])
    api.advance(str(first + timedelta(days=1)))

    past = words(ready(admin, f"/console/calendar?month={first:%Y-%m}"))
    later = first + timedelta(weeks=4)
    ahead = words(ready(admin, f"/console/calendar?month={later:%Y-%m}"))

    assert "3 charges successful 3,000.00 THB" in past
    assert "3 charges 3,000.00 THB" in ahead


def test_a_day_of_the_calendar_is_listed_page_by_page(admin: Visitor, api: Api) -> None:
    made = weekly(api, 27)
    day = api.get(f"/schedules/{made[0]}")["next_occurrence_dates"][2]

    page = ready(admin, f"/console/calendar?day={day}")
    following = re.findall(r'rel="next" href="([^"#]*after=[^"#]*)', page)[0].replace("&amp;", "&")
    rest = ready(admin, following)

    listed = [re.findall(r"/console/schedules/(schd_\w+)", text) for text in (page, rest)]
    assert [len(each) for each in listed] == [25, 2]
    assert set(listed[0] + listed[1]) == set(made)
    assert "after=" not in rest.split('id="day"')[1]


@pytest.mark.parametrize(
    "query", ["month=2027-13", "month=soon", "day=2027-02-30", "day=x", "after=x", "month=9999-12"]
)
def test_a_calendar_that_there_is_not_is_refused_in_words(admin: Visitor, query: str) -> None:
    answer = admin.get(f"/console/calendar?{query}")

    assert answer.status_code == 400
    assert "must be" in answer.text or "no place" in answer.text


def test_days_of_others_stay_theirs(admin: Visitor, other_api: Api) -> None:
    made = weekly(other_api)
    day = other_api.get(f"/schedules/{made[0]}")["next_occurrence_dates"][0]

    assert made[0] not in ready(admin, f"/console/calendar?day={day}")


def test_the_forecast_says_what_the_api_says(admin: Visitor, api: Api) -> None:
    weekly(api, 3)
    last = api.get("/forecast")["from"]
    year, month = divmod(int(last[:4]) * 12 + int(last[5:7]) - 1 + 2, 12)
    asked = f"to={year}-{month + 1:02}-{min(int(last[8:]), 28):02}&group_by=month"

    told = api.get(f"/forecast?{asked}")
    page = words(ready(admin, "/console/forecast?months=2&by=month"))

    for each in told["data"]:
        assert f"{each['charges']['amount'] / 100:,.2f} THB {each['charges']['count']}" in page
    assert f"{told['balance']['data'][-1]['closing'] / 100:,.2f} THB" in page


def test_the_first_day_on_which_the_balance_falls_short_is_told_in_words(admin: Visitor, api: Api) -> None:
    recipient = api.recipient()["id"]
    body = {"every": 1, "period": "week", "on": {"weekdays": ["friday"]}}
    made = api.post("/schedules", body | {"transfer": {"recipient": recipient, "amount": 50_000}})
    day = date.fromisoformat(made["next_occurrence_dates"][0])

    page = words(ready(admin, "/console/forecast"))

    assert f"On {day:%a} {day.day} {day:%b} {day.year} the balance would fall short by 500.00 THB." in page


def test_a_forecast_of_two_years_by_day_stays_small_and_goes_on_page_by_page(
    admin: Visitor, api: Api
) -> None:
    customer = api.customer()["id"]
    api.post("/schedules", {"every": 1, "period": "day", "charge": {"customer": customer, "amount": 99_900}})

    page = ready(admin, "/console/forecast?months=24&by=day")
    following = re.findall(r'rel="next" href="([^"]*)', page)[0].replace("&amp;", "&")

    assert len(page) < 100_000
    assert "61 to 120 of" in words(ready(admin, following.partition("#")[0]))


@pytest.mark.parametrize(
    "query", ["months=0", "months=25", "months=x", "by=year", "currency=%3Cb%3E", "at=-1"]
)
def test_a_forecast_that_there_is_not_is_refused_in_words(admin: Visitor, query: str) -> None:
    answer = admin.get(f"/console/forecast?{query}")

    assert answer.status_code == 400
    assert "must be" in answer.text


def settled_clock(visitor: Visitor, answer: requests.Response) -> str:
    """The page of the clock once it stands still."""
    assert answer.status_code == 303, answer.text
    text = ready(visitor, answer.headers["location"])
    while "/console/clock/poll" in text:
        time.sleep(0.1)
        text = ready(visitor, answer.headers["location"])
    return text


def test_the_clock_is_moved_by_a_month_and_tells_what_happened(admin: Visitor, api: Api) -> None:
    weekly(api, 2)
    before = api.get("/clock")["now"]
    # On the day of the week itself the first date has run already.
    charged = api.get("/charges?limit=1")["total"]

    page = settled_clock(admin, admin.post("/console/clock/advance", step="month"))

    days = datetime.fromisoformat(api.get("/clock")["now"]) - datetime.fromisoformat(before)
    assert timedelta(days=27) < days < timedelta(days=32)
    count = api.get("/charges?limit=1")["total"] - charged
    assert count in (8, 10)
    assert f"Charges {count} {count * 1000:,}.00 THB Successful" in words(page)


def test_failures_and_suspensions_on_the_way_lead_to_their_lists(admin: Visitor, api: Api) -> None:
    customer = api.customer(FAILING_CARD)["id"]
    charge = {"customer": customer, "amount": 100_000}
    api.post("/schedules", {"every": 1, "period": "day", "charge": charge})

    page = settled_clock(admin, admin.post("/console/clock/advance", step="month"))

    assert 'href="/console/charges?state=failed"' in page
    assert 'href="/console/schedules?state=suspended"' in page
    assert "Schedules 1 – Suspended" in words(page)


def test_the_clock_goes_to_the_begin_of_a_day_and_never_back(admin: Visitor, api: Api) -> None:
    settled_clock(admin, admin.post("/console/clock/advance", to="2031-05-01"))
    back = admin.post("/console/clock/advance", to="2031-04-30")
    nonsense = admin.post("/console/clock/advance", step="century")
    words_only = admin.post("/console/clock/advance", to="soon")

    assert api.get("/clock")["now"].startswith("2031-04-30T17:00")
    assert (back.status_code, nonsense.status_code, words_only.status_code) == (400, 400, 400)
    assert "moves forward only" in back.text


def test_live_mode_has_no_clock_to_move(admin: Visitor, api: Api) -> None:
    admin.post("/console/mode", mode="live")

    assert "Live mode runs on real time" in admin.get("/console/clock").text
    assert admin.post("/console/clock/advance", step="day").status_code == 400


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.OPERATOR, 303)], ids=str)
async def test_only_operators_and_above_move_the_clock(
    visitor: Visitor, new_user: NewUser, api: Api, role: Role, status: int
) -> None:
    visitor.sign_in(await new_user(role))

    page = visitor.get("/console/clock").text
    answer = visitor.post("/console/clock/advance", step="day")

    assert answer.status_code == status
    assert ("/console/clock/advance" in page) is (status == 303)


@pytest.mark.parametrize("query", ["since=x&until=y", "since=2027-01-01&until=2027-01-02"])
def test_a_way_of_the_clock_that_there_is_not_is_refused(admin: Visitor, query: str) -> None:
    assert admin.get(f"/console/clock?{query}").status_code == 400


def test_the_sums_of_the_days_ahead_on_today_are_those_of_the_forecast(admin: Visitor, api: Api) -> None:
    weekly(api, 2)
    transfer = {"recipient": api.recipient()["id"], "percentage_of_balance": 50}
    api.post(
        "/schedules", {"every": 1, "period": "week", "on": {"weekdays": ["friday"]}, "transfer": transfer}
    )
    api.advance(days=30)

    told = api.get("/forecast")["data"]
    text = admin.get("/console").text
    while "being added up" in text:
        time.sleep(0.1)
        text = admin.get("/console/today/live").text

    for kind in ("charges", "transfers"):
        amount = sum(each[kind]["amount"] for each in told)
        assert amount
        assert f"{amount / 100:,.2f} THB {sum(each[kind]['count'] for each in told)} payments" in words(text)


def test_an_occurrence_tells_why_and_leads_to_its_retry(admin: Visitor, api: Api) -> None:
    start = date.fromisoformat(api.get("/forecast")["from"]) + timedelta(days=1)
    charge = {"customer": api.customer(FAILING_CARD)["id"], "amount": 100_000}
    body = {"every": 1, "period": "day", "start_date": f"{start}", "charge": charge}
    schedule = api.post("/schedules", body)["id"]
    api.advance(f"{start}T12:00:00+07:00")
    shown = admin.get(f"/console/schedules/{schedule}").text
    failed = str(api.get(f"/schedules/{schedule}/occurrences")["data"][0]["id"])

    page = admin.get(f"/console/occurrences/{failed}").text
    retry = re.findall(r'href="/console/occurrences/(occu_[^"]+)"', page)[0]
    ahead = words(admin.get(f"/console/occurrences/{retry}").text)

    assert f'href="/console/occurrences/{failed}"' in shown
    assert "The processor refused it: " in words(page)
    assert "Its moment had come." in words(page)
    assert f"It is tried again as {retry}" in words(page)
    assert "Retry 1 of at most 2, on the next calendar day." in ahead
    assert admin.get("/console/occurrences/occu_test_0").status_code == 404
