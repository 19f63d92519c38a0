"""Well-formed requests with values that cannot be: the documented refusal, and nothing is left behind."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from duerun.services import bulk
from duerun.services.unit import Runtime

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
DAYS = "on [days_of_month] must be an array of integer values (1 - 28)"
CURRENCY = "currency is currently not supported"
LEAST = "amount must be greater than or equal to 2000 (thb subunits)"
MOST = "amount must be less than or equal to 15000000 (thb subunits)"
LEAST_TRANSFER = "amount must be greater than or equal to 3000 (thb subunits)"
HUGE = 2**63 - 1


def soon(days: int = 2) -> str:
    """A day ahead in every time zone."""
    return str(datetime.now(UTC).date() + timedelta(days=days))


@pytest.mark.parametrize(
    ("amount", "code", "message"),
    [
        (0, "invalid_charge", LEAST),
        (-1, "invalid_charge", LEAST),
        (1999, "invalid_charge", LEAST),
        (15000001, "invalid_charge", MOST),
        (HUGE, "invalid_charge", MOST),
        (HUGE + 1, "bad_request", "amount is not a number"),
        (2000.5, "bad_request", "amount is not a number"),
        ("2e3", "bad_request", "amount is not a number"),
        ("", "bad_request", "amount is not a number"),
        ("٢٠٠٠", "bad_request", "amount is not a number"),
        (True, "bad_request", "amount is not a number"),
        ([2000], "bad_request", "amount is not a number"),
        ({"value": 2000}, "bad_request", "amount is not a number"),
        (None, "bad_request", "amount is not a number"),
    ],
    ids=str,
)
def test_an_impossible_amount_makes_neither_charge_nor_schedule(
    api: Any, amount: Any, code: str, message: str
) -> None:
    charge = {"customer": api.customer()["id"], "amount": amount, "currency": "thb"}

    errors = [
        api.refused("POST", "/charges", charge),
        api.refused("POST", "/schedules", {"every": 1, "period": "day", "charge": charge}),
    ]

    assert {(error["code"], error["message"]) for error in errors} == {(code, message)}
    assert (api.get("/charges")["total"], api.get("/schedules")["total"]) == (0, 0)


@pytest.mark.parametrize(
    ("amount", "code", "message"),
    [
        (0, "invalid_amount", LEAST_TRANSFER),
        (-5, "invalid_amount", LEAST_TRANSFER),
        (2999, "invalid_amount", LEAST_TRANSFER),
        (HUGE, "invalid_amount", "amount must be less than or equal to 5000000000 (thb subunits)"),
        ("x", "bad_request", "amount is not a number"),
        (3000.01, "bad_request", "amount is not a number"),
    ],
    ids=str,
)
def test_an_impossible_amount_makes_neither_transfer_nor_schedule(
    api: Any, amount: Any, code: str, message: str
) -> None:
    transfer = {"recipient": api.recipient()["id"], "amount": amount}

    errors = [
        api.refused("POST", "/transfers", transfer),
        api.refused("POST", "/schedules", {"every": 1, "period": "day", "transfer": transfer}),
    ]

    assert {(error["code"], error["message"]) for error in errors} == {(code, message)}
    assert (api.get("/transfers")["total"], api.get("/schedules")["total"]) == (0, 0)


@pytest.mark.parametrize("currency", ["xxx", "t", "THBB", "thb ", "฿", "ſgd"])
def test_an_unknown_currency_is_refused(api: Any, currency: str) -> None:
    charge = {"customer": api.customer()["id"], "amount": 100000, "currency": currency}

    for path, body in (
        ("/charges", charge),
        ("/schedules", {"every": 1, "period": "day", "charge": charge}),
    ):
        error = api.refused("POST", path, body)
        assert (error["code"], error["message"]) == ("invalid_charge", CURRENCY)


MONTH = {"every": 1, "period": "month"}
BAD_RULES = [
    ({**MONTH, "on": {"days_of_month": [29]}}, DAYS),
    ({**MONTH, "on": {"days_of_month": [1, 30]}}, DAYS),
    ({**MONTH, "on": {"days_of_month": ["31"]}}, DAYS),
    ({**MONTH, "on": {"days_of_month": [0]}}, DAYS),
    ({**MONTH, "on": {"days_of_month": [-1]}}, DAYS),
    ({**MONTH, "on": {"days_of_month": [1.5]}}, DAYS),
    ({**MONTH, "on": {"days_of_month": [29.0]}}, DAYS),
    ({**MONTH, "on": {"days_of_month": [[1]]}}, DAYS),
    ({**MONTH, "on": {"days_of_month": {"a": 1}}}, DAYS),
    ({**MONTH, "on": {"days_of_month": "first"}}, DAYS),
    ({**MONTH, "on": {"days_of_month": [2**62]}}, DAYS),
    ({**MONTH, "on": {}}, "on must contain one of days_of_month, weekday_of_month"),
    ({**MONTH}, "on must contain one of days_of_month, weekday_of_month"),
    ({**MONTH, "on": "monday"}, "on must be an object"),
    (
        {**MONTH, "on": {"weekday_of_month": "5th_monday"}},
        "on [weekday_of_month] must be an ordinal and a weekday",
    ),
    (
        {**MONTH, "on": {"weekday_of_month": ["1st_monday"]}},
        "on [weekday_of_month] must be an ordinal and a weekday",
    ),
    ({"every": 1, "period": "week", "on": {}}, "on must contain weekdays"),
    (
        {"every": 1, "period": "week", "on": {"weekdays": ["moonday"]}},
        "on [weekdays] must be an array of weekday names",
    ),
    (
        {"every": 1, "period": "week", "on": {"weekdays": [1]}},
        "on [weekdays] must be an array of weekday names",
    ),
    ({"every": 0, "period": "day"}, "every must be an integer greater than or equal to 1"),
    ({"every": -3, "period": "day"}, "every must be an integer greater than or equal to 1"),
    ({"every": "two", "period": "day"}, "every must be an integer greater than or equal to 1"),
    ({"every": HUGE, "period": "day"}, "every must be at most 2147483647"),
    ({"period": "day"}, "every must be an integer greater than or equal to 1"),
    ({"every": 1}, "period must be one of day, week, month"),
    ({"every": 1, "period": "year"}, "period must be one of day, week, month"),
    ({"every": 1, "period": ["day"]}, "period must be one of day, week, month"),
]


@pytest.mark.parametrize(("rule", "message"), BAD_RULES, ids=[str(rule) for rule, _ in BAD_RULES])
def test_an_impossible_rule_is_refused(api: Any, rule: Any, message: str) -> None:
    charge = {"customer": api.customer()["id"], "amount": 100000}

    error = api.refused("POST", "/schedules", {**rule, "charge": charge})

    assert (error["code"], error["message"]) == ("bad_request", message)
    assert api.get("/schedules")["total"] == 0


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        ({"start_date": "2025-02-30"}, "start_date must be a date (YYYY-MM-DD)"),
        ({"end_date": "2027-13-01"}, "end_date must be a date (YYYY-MM-DD)"),
        ({"end_date": "tomorrow"}, "end_date must be a date (YYYY-MM-DD)"),
        ({"end_date": 20270101}, "end_date must be a date (YYYY-MM-DD)"),
        ({"end_date": "10000-01-01"}, "end_date must be a date (YYYY-MM-DD)"),
        ({"start_date": "0000-00-00"}, "start_date must be a date (YYYY-MM-DD)"),
        ({"start_date": "2020-01-01"}, "start_date must be today or later"),
        ({"start_date": soon(9), "end_date": soon(8)}, "end_date must be on or after start_date"),
        ({"end_date": "2020-01-01"}, "end_date must be on or after start_date"),
    ],
    ids=str,
)
def test_impossible_dates_are_refused(api: Any, dates: Any, message: str) -> None:
    charge = {"customer": api.customer()["id"], "amount": 100000}

    error = api.refused("POST", "/schedules", {"every": 1, "period": "day", "charge": charge, **dates})

    assert (error["code"], error["message"]) == ("bad_request", message)


@pytest.mark.parametrize(
    "given",
    [
        {"every": 2**31 - 1, "period": "day"},
        {"every": 2**31 - 1, "period": "week", "on": {"weekdays": ["sunday"]}},
        {"every": 2**31 - 1, "period": "month", "on": {"days_of_month": [28]}},
        {"every": 1, "period": "day", "start_date": "9999-12-31"},
        {"every": 1, "period": "week", "on": {"weekdays": ["friday"]}, "start_date": "9999-12-27"},
        {
            "every": 1,
            "period": "month",
            "on": {"weekday_of_month": "last_friday"},
            "start_date": "9999-12-01",
        },
        {"every": 1, "period": "day", "end_date": "9999-12-31"},
    ],
    ids=str,
)
def test_a_rule_at_the_end_of_the_calendar_is_taken(api: Any, given: Any) -> None:
    start = {"start_date": soon(), **given}
    body = {**start, "charge": {"customer": api.customer()["id"], "amount": 100000}}

    schedule = api.post("/schedules", body)

    assert date.fromisoformat(schedule["start_on"]) >= date.fromisoformat(soon(1))
    assert api.get(f"/schedules/{schedule['id']}")["next_occurrences_on"] == schedule["next_occurrences_on"]


@pytest.mark.parametrize(
    "to", [{"days": HUGE}, {"days": -1}, {"days": 10**9}, {"to": "9999-12-31"}, {"to": "soon"}, {}], ids=str
)
def test_an_impossible_advance_leaves_the_clock(api: Any, to: Any) -> None:
    api.refused("POST", "/clock/advance", to)

    assert abs(api.get("/clock")["offset_seconds"]) <= 1


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"number": "4242424242424241"}, "invalid_card"),
        ({"number": "9" * 5_000}, "bad_request"),
        ({"number": []}, "bad_request"),
        ({"expiration_month": 13}, "invalid_card"),
        ({"expiration_month": HUGE}, "invalid_card"),
        ({"expiration_year": 2001}, "invalid_card"),
        ({"expiration_year": HUGE}, "invalid_card"),
        ({"expiration_year": -1}, "invalid_card"),
        ({"name": ""}, "invalid_card"),
        ({"name": "x" * 5_000}, "bad_request"),
        ({"city": {"a": 1}}, "bad_request"),
        ({"name": "4242 4242 4242 4242"}, "bad_request"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_impossible_card_makes_no_token(api: Any, card: Any, code: str) -> None:
    sound = {"name": "J", "number": "4242424242424242", "expiration_month": 1, "expiration_year": 2060}

    error = api.refused("POST", "/tokens", {"card": sound | card})

    assert error["code"] == code


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    "given",
    [
        {"description": "x" * 4_097},
        {"description": "pay 4242 4242 4242 4242"},
        {"description": ["a"]},
        {"metadata": "text"},
        {"metadata": {"a": {"b": "c"}}},
        {"metadata": {"a": "x" * 16_000}},
        {"metadata": {"card": "4242424242424242"}},
        {"email": "x" * 5_000},
        {"email": "4242424242424242@example.com"},
        {"card": 5},
    ],
    ids=lambda value: str(value)[:40],
)
def test_impossible_members_of_a_customer_are_refused(api: Any, method: str, given: Any) -> None:
    path = "/customers" if method == "POST" else f"/customers/{api.post('/customers', {})['id']}"

    assert api.refused(method, path, given)["code"] == "bad_request"


@pytest.mark.parametrize("field", ["name", "email", "description"])
def test_a_recipient_keeps_no_card_number(api: Any, field: str) -> None:
    recipient = api.recipient()

    error = api.refused("PATCH", recipient["location"], {field: "paid by 4242-4242-4242-4242"})

    assert error["message"] == f"{field} must not contain a card number"


def test_an_empty_date_is_one_that_was_not_given(api: Any) -> None:
    form = {
        "every": "1",
        "period": "month",
        "on[days_of_month][]": "1",
        "start_date": "",
        "end_date": "",
        "charge[customer]": api.customer()["id"],
        "charge[amount]": "5000",
    }

    answer = api.call("POST", "/schedules", data=form)

    assert answer.status_code == 200, answer.text
    assert answer.json()["end_on"] is None


@pytest.mark.parametrize("kind", ["charge", "transfer"])
def test_a_party_of_another_account_is_not_found(api: Any, other_api: Any, kind: str) -> None:
    customer, recipient = other_api.customer(), other_api.recipient()
    members = {
        "charge": {"customer": customer["id"], "amount": 100000},
        "transfer": {"recipient": recipient["id"], "amount": 100000},
    }
    named = customer["id"] if kind == "charge" else recipient["id"]

    error = api.refused("POST", "/schedules", {"every": 1, "period": "day", kind: members[kind]}, status=404)

    assert error["message"].endswith(f" {named} was not found")
    assert api.get("/schedules")["total"] == 0


def upload(api: Any, data: bytes) -> Any:
    return api.call("POST", "/schedules/upload", files={"file": ("members.csv", data, "text/csv")})


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("k,{},,5000," + "d" * 200_000 + ",1,month,5,,", "invalid_description"),
        ("k,{},," + "9" * 5_000 + ",,1,month,5,,", "invalid_amount"),
        ("k,{},,NaN,,1,month,5,,", "invalid_amount"),
        ("k,{},,5000,," + "9" * 5_000 + ",month,5,,", "invalid_period"),
        ("k,{},,5000,,1,month," + "9" * 5_000 + ",,", "invalid_days_of_month"),
        ("k,{},,5000,,1,month,5," + "9" * 5_000 + "-01-01,", "invalid_date_format"),
        ("k,{},,5000,,1,month,5,9999-12-01,", None),
        ("k," + "c" * 200_000 + ",,5000,,1,month,5,,", "invalid_customer"),
        ("k,{}," + "c" * 200_000 + ",5000,,1,month,5,,", "invalid_card"),
        ("k" * 200_000 + ",{},,5000,,1,month,5,,", "invalid_customer_key"),
    ],
    ids=[
        "description", "amount", "nan", "every", "days", "date", "last month of all", "customer",
        "card", "key",
    ],
)  # fmt: skip
async def test_an_enormous_cell_is_reported_in_its_row_and_stops_nothing(
    api: Any, runtime: Runtime, cells: str, code: str | None
) -> None:
    payer = api.customer()["id"]
    rows = [cells.format(payer), f"good,{payer},,7000,,1,month,7,,"]

    answer = upload(api, "\n".join([HEADER, *rows]).encode())
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass

    assert answer.status_code == 200, answer.text
    job = api.get(answer.json()["location"])
    report = api.call("GET", job["download_uri"]).text.splitlines()
    assert job["state"] == "completed"
    assert report[1].startswith(rows[0])
    assert report[1].removeprefix(rows[0]).split(",")[3:4] == [code or ""]
    assert ",success,schd_test_" in report[2]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=file"),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("multipart/form-data", b"--x\r\n\r\n"),
        ("multipart/form-data; boundary=" + "b" * 500, b"--x\r\n\r\n"),
        ("text/csv", HEADER.encode()),
        ("application/json", b"{}"),
        ("application/json", b"[" * 100_000),
    ],
    ids=["cut off", "no file", "no boundary", "long boundary", "bare csv", "json", "brackets"],
)
def test_a_broken_upload_is_refused(api: Any, content_type: str, body: bytes) -> None:
    answer = api.call("POST", "/schedules/upload", data=body, headers={"Content-Type": content_type})

    assert answer.status_code in (400, 415)
    assert answer.json()["object"] == "error"
    assert api.get("/schedules")["total"] == 0
