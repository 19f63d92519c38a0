"""Search over HTTP (source: the wire specification, 9)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from duerun.web.omise.search_filters import FILTERS

DECLINED = "4111111111140011"


def search(api: Any, scope: str = "charge", *, filters: Mapping[str, Any] | None = None, **given: Any) -> Any:
    words = {"scope": scope, **given, **{f"filters[{name}]": each for name, each in (filters or {}).items()}}
    return api.get(f"/search?{urlencode(words)}")


def found(api: Any, scope: str = "charge", **given: Any) -> list[str]:
    return [each["id"] for each in search(api, scope, **given)["data"]]


def charge(api: Any, amount: int = 100_000, **given: Any) -> str:
    order = {"amount": amount, "currency": "thb", **given}
    if "customer" not in order:
        order.setdefault("card", api.token())
    return str(api.post("/charges", order)["id"])


def test_a_search_tells_what_was_asked_and_finds_the_newest_first(api: Any) -> None:
    first, second, third = charge(api), charge(api), charge(api)

    answer = search(api, per_page=2)

    assert {name: value for name, value in answer.items() if name != "data"} == {
        "object": "search", "scope": "charge", "query": "", "filters": {}, "order": "reverse_chronological",
        "page": 1, "per_page": 2, "total": 3, "total_pages": 2, "location": "/search",
    }  # fmt: skip
    assert [each["id"] for each in answer["data"]] == [third, second]
    assert answer["data"][0] == api.get(f"/charges/{third}")
    assert found(api, per_page=2, page=2) == [first]
    assert found(api, per_page=2, page=3) == []
    assert found(api, order="chronological") == [first, second, third]


def test_nothing_of_another_account_or_mode_is_found(api: Any, other_api: Any) -> None:
    theirs = charge(other_api)

    for scope in FILTERS:
        assert search(other_api, scope, query=theirs)["total"] == (
            scope in ("charge", "event", "transaction")
        )
        assert search(api, scope, query=theirs)["total"] == 0
        assert api.get(f"/search?scope={scope}", key=api.live_keys.secret)["data"] == [
            each for each in api.get("/recipients", key=api.live_keys.secret)["data"] if scope == "recipient"
        ]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("100% SURE_", True),
        ("_\\", True),
        ("thb", True),
        ("order-77", True),
        ("Somchai", True),
        ("4242", True),
        ("1__%", False),
        ("%", True),
        ("%%", False),
        ("s_re", False),
        ("order", True),
        ("number", False),
    ],
)
def test_a_query_is_a_text_that_stands_there_as_it_is(api: Any, query: str, is_found: bool) -> None:
    made = charge(api, description="100% sure_\\", metadata={"number": "order-77"})

    assert found(api, query=query) == ([made] if is_found else [])


def test_amounts_are_in_main_units_and_ranges_hold_both_ends(api: Any) -> None:
    small, middle, large = charge(api, 99_950), charge(api, 100_000), charge(api, 200_000)

    assert found(api, filters={"amount": "1000"}) == [middle]
    assert found(api, filters={"amount": "999.50"}) == [small]
    assert found(api, filters={"amount": "1000..2000"}) == [large, middle]
    assert found(api, filters={"amount": "1000.01.."}) == [large]
    assert found(api, filters={"amount": "..1000"}) == [middle, small]


async def test_a_currency_without_decimals_has_main_units_only(new_api: Any) -> None:
    own = await new_api(country="JP")
    made = own.post("/charges", {"amount": 1500, "currency": "jpy", "card": own.token()})["id"]

    assert found(own, filters={"amount": "1500"}) == [made]
    assert found(own, filters={"amount": "15"}) == []


def test_charges_are_filtered_by_what_became_of_them(api: Any) -> None:
    customer = api.customer()["id"]
    paid = charge(api, customer=customer)
    waiting = charge(api, capture=False)
    declined = charge(api, card=api.token(DECLINED))
    refunded = charge(api)
    api.post(f"/charges/{refunded}/refunds", {"amount": 5000})
    reversed_ = charge(api, capture=False)
    api.post(f"/charges/{reversed_}/reverse")
    by = {
        ("captured", "no"): [reversed_, declined, waiting],
        ("captured", "true"): [refunded, paid],
        ("authorized", "0"): [declined],
        ("status", "Pending"): [waiting],
        ("failure_code", "insufficient_fund"): [declined],
        ("card_last_digits", "0011"): [declined],
        ("refunded", "on"): [refunded],
        ("refund_amount", "50"): [refunded],
        ("reversed", "yes"): [reversed_],
        ("expired", "yes"): [],
        ("voided", "yes"): [],
        ("customer", customer): [paid],
        ("currency", "usd"): [],
        ("captured_at", "today"): [refunded, paid],
    }

    for (name, value), ids in by.items():
        assert found(api, filters={name: value}) == ids, name
    assert found(api, filters={"captured": "true", "refunded": "no"}) == [paid]


def test_filters_come_as_a_query_a_json_body_or_empty(api: Any) -> None:
    made = charge(api)
    body = {"scope": "charge", "query": None, "filters": {"amount": 1000, "captured": True}}

    by_body = api.call("GET", "/search", json=body).json()

    assert [each["id"] for each in by_body["data"]] == [made]
    assert by_body["filters"] == {"amount": 1000, "captured": True}
    assert api.get("/search?scope=charge&query=&filters=&page=&order=")["total"] == 1
    assert api.get("/search/?scope=charge&filters%5Bamount%5D=1000")["filters"] == {"amount": "1000"}


def test_days_are_those_of_the_account(api: Any) -> None:
    api.advance("2030-05-31T18:30:00Z")
    made = charge(api)

    for value in (
        "2030-06-01", "2030/06/01..2030/06/30", "2030-06-01..", "..2030-06-1", "today", "this_month", "this week",
        "2030-05-31T17:00:00Z..2030-06-01T10:00:00Z",
    ):  # fmt: skip
        assert found(api, filters={"created": value}) == [made], value
    for value in ("2030-05-31", "yesterday", "last_month", "last_week", "2030-06-02..", "..2030-05-31"):
        assert found(api, filters={"created": value}) == [], value


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("scope=purse", "invalid_scope", "scope must be one of charge, charge_schedule, customer"),
        ("", "invalid_scope", "scope must be one of"),
        ("scope[]=charge", "invalid_scope", "scope must be one of"),
        ("scope=charge&filters[colour]=red", "invalid_filters", "filters[colour] is not a filter of charge"),
        ("scope=charge&filters=red", "invalid_filters", "filters must be an object"),
        ("scope=charge&filters[amount]=much", "invalid_filters", "filters[amount] must be an amount in main units"),
        ("scope=charge&filters[amount]=2..1", "invalid_filters", "filters[amount] must be an amount in main units"),
        ("scope=charge&filters[amount]=..", "invalid_filters", "filters[amount] must be an amount in main units"),
        ("scope=charge&filters[amount][]=2", "invalid_filters", "filters[amount] must be an amount in main units"),
        ("scope=charge&filters[captured]=perhaps", "invalid_filters", "filters[captured] must be true or false"),
        ("scope=charge&filters[status]=good", "invalid_filters", "filters[status] must be one of successful"),
        ("scope=charge&filters[created]=soon", "invalid_filters", "filters[created] must be a date"),
        ("scope=charge&filters[created]=9999-12-31", "invalid_filters", "filters[created] must be a date"),
        ("scope=charge&filters[created]=2026-02-01..2026-01-01", "invalid_filters", "filters[created] must be a date"),
        ("scope=charge&filters[created][a]=1", "invalid_filters", "filters[created] must be a date"),
        ("scope=charge&filters[customer][]=1", "invalid_filters", "filters[customer] must be text"),
        ("scope=charge&page=0", "invalid_page", "page must be an integer between 1 and 1000000000"),
        ("scope=charge&page=one", "invalid_page", "page must be an integer between 1 and 1000000000"),
        ("scope=charge&per_page=101", "invalid_page", "per_page must be an integer between 1 and 100"),
        ("scope=charge&order=up", "bad_request", "order must be one of chronological, reverse_chronological"),
        (f"scope=charge&query={'x' * 256}", "bad_request", "query is longer than 255 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_searched_is_told(api: Any, query: str, code: str, message: str) -> None:
    error = api.refused("GET", f"/search?{query}")

    assert error["code"] == code
    assert error["message"].startswith(message)


def test_the_last_page_of_all_is_empty(api: Any) -> None:
    assert search(api, page=1_000_000_000, per_page=100)["data"] == []


@pytest.mark.parametrize("scope", ["dispute", "link"])
def test_scopes_without_objects_are_empty(api: Any, scope: str) -> None:
    answer = search(api, scope, filters={"anything": "1"})

    assert (answer["scope"], answer["data"], answer["total"], answer["total_pages"]) == (scope, [], 0, 0)


VALUES = {"amount": "1..2", "boolean": "yes", "date": "today", "currency": "thb", "text": "x"}


def test_every_filter_of_every_scope_is_taken(api: Any) -> None:
    for scope, known in FILTERS.items():
        for name, kind in known.items():
            for value in kind if isinstance(kind, tuple) else [VALUES[kind]]:
                assert search(api, scope, filters={name: value}, query="x")["filters"] == {name: value}


def test_people_money_and_events_are_found(api: Any) -> None:
    customer = api.customer(email="Somsri@Example.com", description="VIP")
    paid = charge(api, customer=customer["id"])
    refund = api.post(f"/charges/{paid}/refunds", {"amount": 5000})
    recipient = api.recipient()
    transfer = api.post("/transfers", {"amount": 5000, "recipient": recipient["id"]})
    api.post(f"/transfers/{transfer['id']}/mark_as_paid")

    assert found(api, "customer", query="vip") == [customer["id"]]
    assert found(api, "customer", filters={"email": "somsri@example.com"}) == [customer["id"]]
    assert found(api, "customer", filters={"card_last_digits": "4242", "default_card": "yes"}) == [
        customer["id"]
    ]
    assert found(api, "refund", filters={"amount": "50", "charge": paid, "voided": "no"}) == [refund["id"]]
    assert recipient["id"] in found(api, "recipient", filters={"verified": "yes", "bank_last_digits": "7890"})
    assert recipient["id"] not in found(api, "recipient", filters={"active": "no"})
    assert found(api, "transfer", filters={"sent": "yes", "paid": "yes", "amount": "50"}) == [transfer["id"]]
    assert search(api, "transfer", query="SOMCHAI")["data"] == [api.get(f"/transfers/{transfer['id']}")]
    assert found(api, "transaction", filters={"direction": "debit", "origin": refund["id"]}) == [
        refund["transaction"]
    ]
    [event] = search(api, "event", filters={"key": "refund.create"})["data"]
    assert event == api.get(event["location"])
    api.delete(f"/customers/{customer['id']}")
    assert found(api, "customer") == []


def schedule(api: Any, kind: str, **given: Any) -> str:
    terms = (
        {"charge": {"customer": api.customer()["id"], "amount": 100_000, "description": "Gym"}}
        if kind == "charge"
        else {"transfer": {"recipient": api.recipient()["id"], "amount": 5000}}
    )
    return str(api.post("/schedules", {"every": 1, "period": "day", **terms, **given})["id"])


def test_schedules_are_searched_by_the_words_that_they_show(api: Any) -> None:
    api.advance("2030-01-01T00:00:00Z")
    endless = schedule(api, "charge", start_date="2030-01-05")
    short = schedule(api, "charge", start_date="2030-01-05", end_date="2030-01-05")
    done = schedule(api, "charge", end_date="2030-01-01")
    gone = schedule(api, "charge", start_date="2030-01-05")
    api.delete(f"/schedules/{gone}")
    payout = schedule(api, "transfer", start_date="2030-01-05")
    charges, transfers = "/charges/schedules/search", "/transfers/schedules/search"

    def ids(path: str) -> list[str]:
        return [each["id"] for each in api.get(path)["data"]]

    assert ids(charges) == [gone, done, short, endless]
    assert ids(f"{charges}?filters[status]=active") == [endless]
    assert ids(f"{charges}?filters[status]=running") == [endless]
    assert ids(f"{charges}?filters[status]=expiring") == [short]
    assert ids(f"{charges}?filters[status]=expired") == [done]
    assert ids(f"{charges}?filters[status]=deleted") == [gone]
    assert ids(f"{charges}?filters[active]=yes&order=chronological") == [endless, short]
    assert ids(f"{charges}?filters[amount]=1000&filters[card_last_digits]=4242&query=gym&per_page=1") == [
        gone
    ]
    assert ids(transfers) == [payout]
    assert ids(f"{transfers}?filters[status]=active&filters[active]=1&query=somchai") == [payout]
    answer = api.get(f"{transfers}?scope=charge")
    assert (answer["object"], answer["scope"], answer["location"]) == (
        "search",
        "transfer_schedule",
        transfers,
    )
    assert answer["data"] == [api.get(f"/schedules/{payout}")]
    assert found(api, "charge_schedule", filters={"status": "expiring"}) == [short]
    assert api.refused("GET", f"{transfers}?filters[amount]=1")["code"] == "invalid_filters"


def test_dates_that_are_left_out_or_moved_count_as_they_are_shown(api: Any) -> None:
    api.advance("2030-01-01T00:00:00Z")
    made = schedule(api, "charge", start_date="2030-01-05", end_date="2030-01-07")
    path = "/charges/schedules/search?filters[status]"

    def is_shown_and_found(word: str) -> bool:
        ids = [each["id"] for each in api.get(f"{path}={word}")["data"]]
        return api.get(f"/schedules/{made}")["status"] == word and ids == [made]

    assert is_shown_and_found("active")
    api.patch(f"/schedules/{made}/dates/2030-01-06", {"skip": True})
    assert is_shown_and_found("active")
    api.patch(f"/schedules/{made}/dates/2030-01-07", {"skip": True})
    assert is_shown_and_found("expiring")
    api.patch(f"/schedules/{made}/pause")
    assert is_shown_and_found("paused")
