"""Habits of clients that must be understood, as raw bytes (source: the wire specification, 1.1 and 1.2)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .contract import V2017, V2019, violations
from .raw import Answer, authorization, exchange, port_of, request_bytes

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOT_GIVEN = "0001-01-01T00:00:00"


def send(
    api: Any, method: str, path: str, headers: dict[str, str], body: bytes = b"", *, bare: bool = False
) -> Answer:
    """One raw request with the account's secret key; a `bare` one says nothing about its length."""
    port = port_of(api.url)
    head = {"Host": "127.0.0.1", "Authorization": authorization(api.keys.secret), **headers}
    if not bare:
        head["Content-Length"] = str(len(body))
    return exchange(port, request_bytes(method, path, head, body), method=method)


def sent_json(api: Any, method: str, path: str, body: Any) -> Any:
    answer = send(api, method, path, JSON, json.dumps(body).encode())
    assert answer.status == 200, answer.body
    return answer.json()


def tomorrow() -> str:
    """A day that is not over anywhere."""
    return str(datetime.now(UTC).date() + timedelta(days=2))


def test_list_parameters_may_stand_in_the_json_body_of_a_get(api: Any) -> None:
    first, second = api.post("/customers", {}), api.post("/customers", {})

    page = sent_json(
        api, "GET", "/customers", {"from": None, "limit": 1, "order": "reverse_chronological", "to": None}
    )

    assert [each["id"] for each in page["data"]] == [second["id"]]
    assert (page["limit"], page["total"], page["order"]) == (1, 2, "reverse_chronological")
    assert first["id"] != second["id"]


def test_list_parameters_may_stand_in_the_form_body_of_a_get(api: Any) -> None:
    api.post("/customers", {})

    answer = send(api, "GET", "/customers", FORM, b"limit=7&offset=1")

    page = answer.json()
    assert (answer.status, page["limit"], page["offset"], page["data"]) == (200, 7, 1, [])


def test_the_query_wins_over_the_body_of_a_get(api: Any) -> None:
    page = sent_json(api, "GET", "/customers?limit=3", {"limit": 9, "offset": 2})

    assert (page["limit"], page["offset"]) == (3, 2)


def test_a_delete_may_carry_an_empty_json_object(api: Any) -> None:
    customer = api.post("/customers", {})

    assert sent_json(api, "DELETE", f"/customers/{customer['id']}", {})["deleted"] is True


@pytest.mark.parametrize(
    "brackets", [("[", "]"), ("%5B", "%5D"), ("%5b", "%5d")], ids=["raw", "encoded", "encoded in lower case"]
)
def test_brackets_of_a_form_are_raw_or_encoded(api: Any, brackets: tuple[str, str]) -> None:
    form = (
        f"every=2&period=week&on[weekdays][]=Friday&on[weekdays][]=monday&start_date={tomorrow()}"
        f"&charge[customer]={api.customer()['id']}&charge[amount]=100000&charge[currency]=ThB"
    )
    body = form.replace("[", brackets[0]).replace("]", brackets[1]).encode()

    answer = send(api, "POST", "/schedules", FORM, body)

    schedule = answer.json()
    assert answer.status == 200, schedule
    assert schedule["on"] == {"weekdays": ["monday", "friday"]}
    assert schedule["charge"]["currency"] == "THB"


def test_an_indexed_array_is_in_order_of_its_indexes(api: Any) -> None:
    form = (
        f"every=1&period=month&on[days_of_month][1]=28&on[days_of_month][0]=3&start_date={tomorrow()}"
        f"&charge[customer]={api.customer()['id']}&charge[amount]=100000"
    )

    answer = send(api, "POST", "/schedules", FORM, form.encode())

    assert answer.json()["on"] == {"days_of_month": [3, 28]}


@pytest.mark.parametrize(
    ("word", "captured"),
    [("1", True), ("0", False), ("true", True), ("false", False)],
)
@pytest.mark.parametrize("type_", [JSON, FORM], ids=["json", "form"])
def test_booleans_come_as_words_and_as_numbers(
    api: Any, type_: dict[str, str], word: str, captured: bool
) -> None:
    given = {"customer": api.customer()["id"], "amount": "2000", "currency": "thb"}
    as_json = json.dumps({**given, "capture": json.loads(word)})
    as_form = "&".join(f"{name}={value}" for name, value in {**given, "capture": word}.items())

    answer = send(api, "POST", "/charges", type_, (as_json if type_ is JSON else as_form).encode())

    assert answer.json()["capture"] is captured
    assert answer.json()["paid"] is captured


def test_null_and_the_first_year_mean_not_given(api: Any) -> None:
    charge = {"customer": api.customer()["id"], "amount": 100000, "card": None, "description": None}
    given = {"every": 1, "period": "day", "start_date": tomorrow(), "end_date": NOT_GIVEN, "transfer": None}

    schedule = sent_json(api, "POST", "/schedules", {**given, "charge": charge})

    assert schedule["end_on"] is None
    assert schedule["charge"]["default_card"] is True
    assert "transfer" not in schedule
    assert sent_json(api, "GET", "/schedules", {"from": NOT_GIVEN, "to": "0001-01-01"})["total"] == 1


@pytest.mark.parametrize(
    ("given", "amount", "percentage"),
    [
        ({"amount": 0, "percentage_of_balance": 75.5}, None, 75.5),
        ({"amount": 50000, "percentage_of_balance": 0}, 50000, None),
        ({"amount": "50000", "percentage_of_balance": None}, 50000, None),
        ({"percentage_of_balance": "12.5"}, None, 12.5),
        ({"amount": 0, "percentage_of_balance": 0.0}, None, None),
        ({}, None, None),
    ],
    ids=["zero amount", "zero percentage", "text", "percentage as text", "two zeros", "whole balance"],
)
def test_zero_beside_the_other_way_to_tell_a_sum_means_not_given(
    api: Any, given: dict[str, Any], amount: int | None, percentage: float | None
) -> None:
    transfer = {"recipient": api.recipient()["id"], **given}

    schedule = sent_json(
        api,
        "POST",
        "/schedules",
        {"every": 1, "period": "day", "start_date": tomorrow(), "transfer": transfer},
    )

    assert schedule["transfer"]["amount"] == amount
    assert schedule["transfer"]["percentage_of_balance"] == percentage


@pytest.mark.parametrize("headers", [JSON, FORM, {}], ids=["json", "form", "no type"])
@pytest.mark.parametrize("bare", [True, False], ids=["no length", "length 0"])
def test_a_post_without_a_body_means_no_parameters(api: Any, headers: dict[str, str], bare: bool) -> None:
    charge = api.post(
        "/charges", {"customer": api.customer()["id"], "amount": 2000, "currency": "thb", "capture": False}
    )

    answer = send(api, "POST", f"/charges/{charge['id']}/capture", headers, bare=bare)

    assert (answer.status, answer.json()["paid"]) == (200, True)


@pytest.mark.parametrize("path", ["/schedules", "/schedules/", "/schedules?", "/schedules/?limit=20"])
def test_a_trailing_slash_and_an_empty_query_are_the_same_route(api: Any, path: str) -> None:
    answer = send(api, "GET", path, {})

    assert answer.status == 200
    assert (answer.json()["location"], answer.json()["limit"]) == ("/schedules", 20)


def test_a_client_that_expects_100_continue_is_answered(api: Any) -> None:
    answer = send(api, "POST", "/customers", {**JSON, "Expect": "100-continue"}, b'{"email": "a@b.c"}')

    assert (answer.status, answer.json()["email"]) == (200, "a@b.c")


def test_a_chunked_body_is_read(api: Any) -> None:
    chunks = b'8\r\n{"email"\r\na\r\n:"a@b.c"} \r\n0\r\n\r\n'

    answer = send(api, "POST", "/customers", {**JSON, "Transfer-Encoding": "chunked"}, chunks, bare=True)

    assert (answer.status, answer.json()["email"]) == (200, "a@b.c")


@pytest.mark.parametrize("body", [b' {"email": "a@b.c"}', b"email=a%40b.c"], ids=["json", "form"])
def test_without_a_content_type_the_body_tells_itself(api: Any, body: bytes) -> None:
    answer = send(api, "POST", "/customers", {}, body)

    assert (answer.status, answer.json()["email"]) == (200, "a@b.c")


@pytest.mark.parametrize(
    "type_",
    [
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        'application/json; charset="utf-8"',
    ],
)
def test_a_charset_of_utf_8_is_taken(api: Any, type_: str) -> None:
    answer = send(api, "POST", "/customers", {"Content-Type": type_}, '{"description": "สมชาย"}'.encode())

    assert answer.json()["description"] == "สมชาย"


@pytest.mark.parametrize("empty", [{}, [], None], ids=["object", "array", "null"])
def test_an_empty_platform_fee_means_not_given(api: Any, empty: Any) -> None:
    charge = {"customer": api.customer()["id"], "amount": 2000, "currency": "thb", "platform_fee": empty}

    assert sent_json(api, "POST", "/charges", charge)["status"] == "successful"


def test_empty_texts_and_objects_in_a_patch_of_a_recipient_leave_it(api: Any) -> None:
    recipient = api.recipient()

    after = sent_json(
        api, "PATCH", f"/recipients/{recipient['id']}",
        {"name": "", "email": "", "type": "", "bank_account": {"brand": "", "number": "", "name": ""}},
    )  # fmt: skip

    assert after == recipient


def test_numbers_of_a_card_may_be_integers(api: Any) -> None:
    card = {"name": "J", "number": 4242424242424242, "expiration_month": "10", "expiration_year": 60}

    token = sent_json(api, "POST", "/tokens", {"card": {**card, "security_code": 123, "postal_code": 10320}})

    assert (token["card"]["last_digits"], token["card"]["expiration_year"]) == ("4242", 2060)
    assert token["card"]["postal_code"] == "10320"


@pytest.mark.parametrize("zero", [{"amount": 0}, {"percentage_of_balance": 0}], ids=["amount", "percentage"])
def test_a_lone_zero_is_not_taken_for_the_whole_balance(api: Any, zero: dict[str, int]) -> None:
    transfer = {"recipient": api.recipient()["id"], **zero}

    api.refused("POST", "/schedules", {"every": 1, "period": "day", "transfer": transfer})

    assert api.get("/transfers/schedules")["total"] == 0


def test_a_datetime_is_taken_where_a_date_is_asked(api: Any) -> None:
    start = tomorrow()
    body = {"every": 1, "period": "day", "charge": {"customer": api.customer()["id"], "amount": 2000}}

    schedule = sent_json(api, "POST", "/schedules", {**body, "start_date": f"{start}T23:59:59+14:00"})

    assert (schedule["start_on"], schedule["start_date"]) == (start, start)


def test_unknown_parameters_are_ignored(api: Any) -> None:
    assert sent_json(api, "POST", "/customers?x=1", {"email": "a@b.c", "y": {"z": [1]}})["email"] == "a@b.c"


def test_a_head_request_is_answered_like_a_get_without_its_body(api: Any) -> None:
    head, get = send(api, "HEAD", "/customers", {}), send(api, "GET", "/customers", {})

    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize("version", ["2014-07-27", "2015-11-17", V2017, V2019])
def test_an_older_version_is_served_as_2017(api: Any, version: str) -> None:
    served = V2019 if version == V2019 else V2017

    answer = send(api, "GET", "/balance", {"Omise-Version": version})

    assert answer.headers["omise-version"] == served
    assert list(violations(answer.json(), served)) == []


def test_an_unknown_version_is_refused(api: Any) -> None:
    answer = send(api, "GET", "/balance", {"Omise-Version": "2020-01-01"})

    assert (answer.status, answer.json()["code"]) == (400, "bad_request")
    assert "omise-version" not in answer.headers
