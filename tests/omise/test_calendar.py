"""The calendar by day, its pages, and the feed for calendar programs."""

from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
import requests

from duerun.services.unit import Runtime

ONE_DAY = timedelta(days=1)


def add(api: Any, **given: Any) -> Any:
    charge = {"customer": api.customer()["id"], "amount": 125_000}
    rule = {"every": 1, "period": "day", "start_date": f"{api.today() + ONE_DAY}"}
    return api.post("/schedules", rule | ({} if "transfer" in given else {"charge": charge}) | given)


def month(api: Any, first: date, last: date) -> dict[str, list[tuple[Any, ...]]]:
    told = api.get("/calendar", params={"from": f"{first}", "to": f"{last}"})
    names = ("currency", "kind", "state", "count", "amount")
    return {
        day["date"]: [tuple(each[name] for name in names) for each in day["data"]] for day in told["data"]
    }


def pages(api: Any, day: date, limit: int) -> list[Any]:
    found, after = [], ""
    while True:
        page = api.get(f"/calendar/{day}", params={"limit": limit, "after": after})
        assert len(page["data"]) <= limit
        found += page["data"]
        if page["next"] is None:
            return found
        after = page["next"]


def feed(api: Any, token: str, **headers: str) -> requests.Response:
    return requests.get(f"{api.url}/calendar.ics", params={"token": token}, headers=headers, timeout=30)


def events(answer: requests.Response) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


def test_past_days_tell_outcomes_and_those_ahead_tell_plans(api: Any) -> None:
    first = api.today()
    add(api)
    api.advance(days=3)
    now = api.today()

    days = month(api, first, now + 2 * ONE_DAY)

    assert days[f"{now - ONE_DAY}"] == [("THB", "charge", "successful", 1, 125_000)]
    assert days[f"{now + ONE_DAY}"] == [("THB", "charge", "planned", 1, 125_000)]


def test_every_day_of_a_calendar_has_as_many_entries_as_it_counts(api: Any) -> None:
    first = api.today()
    schedules = [add(api) for _ in range(5)]
    add(api, every=1, period="month", on={"days_of_month": [(first + 5 * ONE_DAY).day % 28 + 1]})
    add(api, every=1, period="week", on={"weekdays": ["monday", "friday"]})
    add(api, transfer={"recipient": api.recipient()["id"], "amount": 5_000})
    api.patch(f"/schedules/{schedules[0]['id']}/dates/{first + 6 * ONE_DAY}", {"skip": True})
    api.advance(days=2)
    now = api.today()

    days = month(api, first, now + 12 * ONE_DAY)

    for offset in range((now - first).days + 12):
        day = first + offset * ONE_DAY
        entries = pages(api, day, limit=3)
        places = [(each["schedule"], each["scheduled_on"], each["occurrence"]) for each in entries]
        assert len(set(places)) == len(places)
        counted = sum(count for _, _, _, count, _ in days.get(f"{day}", []))
        assert len(entries) == counted, (day, days.get(f"{day}"))


def test_a_moved_date_stands_on_the_day_that_it_was_moved_to(api: Any) -> None:
    first = api.today()
    schedule = add(api, every=3)
    moved = first + 4 * ONE_DAY
    api.patch(f"/schedules/{schedule['id']}/dates/{moved}", {"move_to": f"{moved + ONE_DAY}"})

    assert pages(api, moved, limit=10) == []
    [entry] = pages(api, moved + ONE_DAY, limit=10)
    assert entry["scheduled_on"] == f"{moved}"


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/calendar?from=2026-01-01&to=2026-12-31", 400, "from and to must span at most 92 days"),
        ("/calendar?from=2026-02-01&to=2026-01-31", 400, "to must be on or after from"),
        ("/calendar/2026-13-01", 404, "date 2026-13-01 was not found"),
        ("/calendar/2026-12-01?limit=101", 400, "limit must be an integer between 1 and 100"),
        ("/calendar/2026-12-01?after=1", 400, "after must be what next of the page before says"),
    ],
)
def test_what_is_no_calendar_is_refused_by_name(api: Any, path: str, status: int, message: str) -> None:
    assert api.refused("GET", path, status=status)["message"].startswith(message)


def test_a_feed_is_read_by_another_parser_and_tells_no_name(api: Any) -> None:
    schedule = add(api, transfer={"recipient": api.recipient()["id"], "percentage_of_balance": 12.5})
    charged = add(api)
    token = api.post("/calendar_tokens")["token"]

    answer = feed(api, token)

    found = events(answer)
    assert len(found) == 732
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert "Somchai" not in answer.text
    assert "SOMCHAI" not in answer.text
    summaries = {str(each["SUMMARY"]) for each in found}
    assert summaries == {"Transfer of 12.5 % of the balance", "Charge 1,250.00 THB"}
    assert {str(each["DESCRIPTION"]) for each in found} == {schedule["id"], charged["id"]}
    assert {each["DTSTART"].dt for each in found} == {api.today() + n * ONE_DAY for n in range(1, 367)}
    assert len({str(each["UID"]) for each in found}) == len(found)


def test_an_entry_keeps_its_identity_when_its_date_is_moved(api: Any) -> None:
    schedule = add(api, every=3)
    token = api.post("/calendar_tokens", {"schedule": schedule["id"]})["token"]
    day = api.today() + 4 * ONE_DAY
    before = {str(each["UID"]): each for each in events(feed(api, token))}
    api.patch(f"/schedules/{schedule['id']}/dates/{day}", {"move_to": f"{day + ONE_DAY}"})

    after = {str(each["UID"]): each for each in events(feed(api, token))}

    assert before.keys() == after.keys()
    [moved] = [uid for uid, each in after.items() if each["DTSTART"].dt != before[uid]["DTSTART"].dt]
    assert after[moved]["DTSTART"].dt == day + ONE_DAY
    assert after[moved]["SEQUENCE"] > before[moved]["SEQUENCE"]


def test_a_feed_that_did_not_change_is_not_sent_again(api: Any) -> None:
    schedule = add(api)
    token = api.post("/calendar_tokens")["token"]
    tag = feed(api, token).headers["etag"]

    again = feed(api, token, **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")

    api.patch(f"/schedules/{schedule['id']}", {"charge": {"amount": 99_900}})
    assert feed(api, token, **{"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("scope", ["customer", "recipient", "schedule"])
def test_a_token_shows_only_what_it_is_for(api: Any, scope: str) -> None:
    recipient = api.recipient()["id"]
    paid = add(api, transfer={"recipient": recipient, "amount": 5_000})
    charged, other = add(api), add(api)
    ids = {"customer": charged["charge"]["customer"], "recipient": recipient, "schedule": other["id"]}
    shown = {"customer": charged["id"], "recipient": paid["id"], "schedule": other["id"]}

    made = api.post("/calendar_tokens", {scope: ids[scope]})

    assert (made["scope"], made["scope_id"]) == (scope, ids[scope])
    assert {str(each["DESCRIPTION"]) for each in events(feed(api, made["token"]))} == {shown[scope]}


def test_a_token_is_shown_once_and_ends_when_it_is_revoked(api: Any) -> None:
    made = api.post("/calendar_tokens")
    [listed] = api.get("/calendar_tokens")["data"]
    assert listed["id"] == made["id"]
    assert "token" not in listed
    assert made["path"] == f"/calendar.ics?token={made['token']}"

    assert api.delete(f"/calendar_tokens/{made['id']}")["deleted"] is True

    revoked, unknown = feed(api, made["token"]), feed(api, "ckey_test_" + "0" * 28)
    assert revoked.status_code == unknown.status_code == 404
    assert revoked.content == unknown.content
    assert api.get("/calendar_tokens")["data"] == []
    api.refused("DELETE", f"/calendar_tokens/{made['id']}", status=404)


def test_no_token_is_made_under_an_idempotency_key_or_for_what_is_not_there(api: Any) -> None:
    error = api.refused("POST", "/calendar_tokens", {}, headers={"Idempotency-Key": "once"})
    assert error["message"].startswith("Idempotency-Key cannot be used here")
    api.refused("POST", "/calendar_tokens", {"customer": "cust_test_none"}, status=404)
    api.refused("POST", "/calendar_tokens", {"customer": "cust_test_1", "schedule": "schd_test_1"})


def test_a_token_of_live_mode_opens_nothing_of_test_mode(api: Any) -> None:
    add(api)
    token = api.post("/calendar_tokens", key=api.live_keys.secret)["token"]

    assert events(feed(api, token)) == []


async def test_of_a_token_nothing_is_kept_but_its_hash(api: Any, runtime: Runtime) -> None:
    text = api.post("/calendar_tokens")["token"]

    async with runtime.database.connection() as connection:
        asked = "SELECT t::text AS kept FROM calendar_tokens t WHERE account_id = %s"
        rows = await (await connection.execute(asked, [api.account_id])).fetchall()

    assert len(rows) == 1
    assert text not in rows[0]["kept"]
    assert text[:-4].rpartition("_")[2] not in rows[0]["kept"]
