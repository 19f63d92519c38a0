"""Charges over HTTP."""

from typing import Any

import pytest

from duerun.gateways.sandbox import EFFECTS, MESSAGES

ORDER = {"amount": 100_000, "currency": "thb"}
REFUSED_CARDS = [
    pytest.param(number, effect, id=f"{effect} {number}")
    for effect, numbers in EFFECTS.items()
    if effect in MESSAGES
    for number in numbers
]
V2017 = {"headers": {"Omise-Version": "2017-11-02"}}
ORDERED_MEMBERS = (
    "object id livemode location created_at amount currency status authorized paid capture capturable disputable "
    "refundable reversible reversed voided expired can_perform_void paid_at expires_at expired_at reversed_at "
    "authorized_at authorized_amount captured_amount fee fee_vat interest interest_vat net funding_amount "
    "refunded_amount refunded funding_currency authorization_type authorize_uri return_uri "
    "acquirer_reference_number approval_code refunds transaction transaction_fees platform_fee card source customer "
    "schedule link dispute ip description metadata failure_code failure_message merchant_advice "
    "merchant_advice_code missing_3ds_fields authenticated_by branch terminal device zero_interest_installments "
    "created"
)


def charge(api: Any, number: str = "4242424242424242", **given: Any) -> Any:
    """A charge of a fresh token."""
    return api.post("/charges", {**ORDER, "card": api.token(number), **given})


def members(answer: Any, *names: str) -> tuple[Any, ...]:
    return tuple(answer[name] for name in names)


def test_a_charge_has_all_members_in_the_recorded_order(api: Any) -> None:
    made = charge(api, description="Fee", metadata={"order": 1}, ip="127.0.0.1")

    assert " ".join(made) == ORDERED_MEMBERS
    assert made["metadata"] == {"order": "1"}
    assert made["refunds"]["location"] == f"/charges/{made['id']}/refunds"
    assert made["transaction_fees"] == {"fee_flat": "0.0", "fee_rate": "3.65", "vat_rate": "7.0"}
    assert made["platform_fee"] == {"fixed": None, "amount": None, "percentage": None}
    assert api.get(f"/charges/{made['id']}")["id"] == made["id"]


def test_a_captured_charge_brings_its_net_amount(api: Any) -> None:
    made = charge(api)

    entry = api.get(f"/transactions/{made['transaction']}")

    assert members(made, "status", "authorized", "paid", "capture") == ("successful", True, True, True)
    assert members(made, "disputable", "refundable", "capturable", "reversible") == (True, True, False, False)
    assert members(made, "fee", "fee_vat", "net") == (3_650, 256, 96_094)
    assert members(entry, "key", "direction", "type", "amount") == (
        "charge.captured.net", "credit", "credit", 96_094,
    )  # fmt: skip
    assert entry["origin"] == entry["source"] == made["id"]
    assert entry["transferable_at"] == entry["transferable"] == made["created_at"]
    assert api.get("/transactions")["total"] == 1


@pytest.mark.parametrize(("number", "code"), REFUSED_CARDS)
def test_a_declined_card_is_a_failed_charge_and_no_error(api: Any, number: str, code: str) -> None:
    made = charge(api, number)

    assert members(made, "status", "failure_code", "failure_message") == ("failed", code, MESSAGES[code])
    assert members(made, "authorized", "paid", "transaction", "net") == (False, False, None, 0)
    assert made["card"]["security_code_check"] is (code != "invalid_security_code")
    assert api.get("/transactions")["total"] == 0


@pytest.mark.parametrize("number", EFFECTS["successful"])
def test_a_good_card_is_charged(api: Any, number: str) -> None:
    assert charge(api, number)["status"] == "successful"


def test_a_card_that_fails_twice_is_charged_the_third_time(api: Any) -> None:
    customer = api.customer("4111111111160092")

    tries = [api.post("/charges", ORDER | {"customer": customer["id"]})["status"] for _ in range(4)]

    assert tries == ["failed", "failed", "successful", "successful"]


@pytest.mark.parametrize("number", ["4111111111150093", "4111111111140094"], ids=["answer", "request"])
def test_a_lost_answer_leaves_the_charge_pending(api: Any, number: str) -> None:
    made = charge(api, number)

    assert members(made, "status", "authorized", "capturable", "transaction") == (
        "pending", False, False, None,
    )  # fmt: skip
    error = api.refused("POST", f"/charges/{made['id']}/mark_as_paid")
    assert error["message"] == "charge is not pending"


def test_a_customer_is_charged_by_default_card_or_by_a_named_one(api: Any) -> None:
    customer = api.customer()
    customer = api.patch(f"/customers/{customer['id']}", {"card": api.token("5555555555554444")})
    named = customer["cards"]["data"][1]["id"]

    by_default = api.post("/charges", ORDER | {"customer": customer["id"]})
    by_name = api.post("/charges", ORDER | {"customer": customer["id"], "card": named})

    assert by_default["card"]["id"] == customer["default_card"]
    assert by_name["card"]["brand"] == "MasterCard"
    assert by_name["customer"] == customer["id"]


def test_a_token_is_charged_once_and_shows_what_came_of_it(api: Any) -> None:
    token = api.token("4111111111140011")
    api.post("/charges", ORDER | {"card": token})

    error = api.refused("POST", "/charges", ORDER | {"card": token})

    assert (error["code"], error["message"]) == ("used_token", "token was already used")
    assert members(api.get(f"/tokens/{token}"), "used", "charge_status") == (True, "failed")
    assert api.get("/charges")["total"] == 1


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        pytest.param({"amount": None}, "bad_request", "amount is not a number", id="no amount"),
        pytest.param({"amount": "ten"}, "bad_request", "amount is not a number", id="amount in words"),
        pytest.param(
            {"amount": 1_999}, "invalid_charge",
            "amount must be greater than or equal to 2000 (thb subunits)", id="too little",
        ),
        pytest.param(
            {"amount": 15_000_001}, "invalid_charge",
            "amount must be less than or equal to 15000000 (thb subunits)", id="too much",
        ),
        pytest.param(
            {"currency": "XXX"}, "invalid_charge", "currency is currently not supported", id="currency"
        ),
        pytest.param({"currency": None}, "bad_request", "currency must be given", id="no currency"),
        pytest.param({"card": None}, "bad_request", "one of customer, card must be given", id="no card"),
        pytest.param(
            {"source": "src_test_1"}, "bad_request", "source is currently not supported", id="source"
        ),
        pytest.param(
            {"authorization_type": "later"}, "bad_request",
            "authorization_type must be one of pre_auth, final_auth", id="authorisation",
        ),
        pytest.param(
            {"expires_at": "2020-01-01"}, "bad_request", "expires_at must be in the future", id="expiry"
        ),
        pytest.param(
            {"description": "card 4242424242424242"}, "bad_request",
            "description must not contain a card number", id="card number",
        ),
    ],
)  # fmt: skip
def test_a_charge_is_refused_and_its_token_kept(api: Any, given: Any, code: str, message: str) -> None:
    token = api.token()

    error = api.refused("POST", "/charges", {**ORDER, "card": token, **given})

    assert (error["code"], error["message"]) == (code, message)
    assert api.get(f"/tokens/{token}")["used"] is False
    assert api.get("/charges")["total"] == 0


def test_the_smallest_and_the_largest_amount_are_charged(api: Any) -> None:
    amounts = [charge(api, amount=amount)["captured_amount"] for amount in (2_000, 15_000_000)]

    assert amounts == [2_000, 15_000_000]


def test_a_customer_without_a_card_cannot_be_charged(api: Any) -> None:
    customer = api.post("/customers", {"email": "a@example.com"})

    error = api.refused("POST", "/charges", ORDER | {"customer": customer["id"]})

    assert (error["code"], error["message"]) == ("missing_card", "customer has no card")


def test_what_belongs_to_somebody_else_is_not_found(api: Any, other_api: Any) -> None:
    customer = other_api.customer()
    foreign_charge = charge(other_api)
    mine = api.customer()
    other_card = customer["default_card"]

    by_customer = api.refused("POST", "/charges", ORDER | {"customer": customer["id"]}, status=404)
    by_card = api.refused(
        "POST", "/charges", ORDER | {"customer": mine["id"], "card": other_card}, status=404
    )
    by_token = api.refused("POST", "/charges", ORDER | {"card": other_api.token()}, status=404)
    retrieved = api.refused("GET", f"/charges/{foreign_charge['id']}", status=404)

    assert by_customer["message"] == f"customer {customer['id']} was not found"
    assert by_card["message"] == f"card {other_card} was not found"
    assert by_token["code"] == "not_found"
    assert retrieved["message"] == f"charge {foreign_charge['id']} was not found"
    entry = foreign_charge["transaction"]
    assert api.refused("GET", f"/transactions/{entry}", status=404)["code"] == "not_found"


def test_live_mode_without_a_gateway_leaves_nothing_behind(api: Any) -> None:
    live = {"key": api.live_keys.secret}

    error = api.refused("POST", "/charges", ORDER | {"card": "tokn_1"}, **live)

    assert (error["code"], error["message"]) == ("bad_request", "no gateway is configured for live mode")
    assert api.get("/charges", **live)["total"] == 0


@pytest.mark.parametrize(
    ("options", "written"),
    [
        pytest.param({}, "THB", id="2019"),
        pytest.param(V2017, "thb", id="2017"),
    ],
)
def test_currencies_are_written_as_the_version_does(api: Any, options: Any, written: str) -> None:
    token = api.token()

    made = api.post("/charges", ORDER | {"card": token, "currency": "ThB"}, **options)

    assert members(made, "currency", "funding_currency") == (written, written)
    assert made["created"] == made["created_at"]
    assert made["refunded"] == made["refunded_amount"] == 0


def test_an_authorisation_is_captured_later(api: Any) -> None:
    held = charge(api, capture=False)
    assert members(held, "status", "authorized", "capturable", "reversible", "paid") == (
        "pending", True, True, True, False,
    )  # fmt: skip
    assert api.get("/transactions")["total"] == 0

    taken = api.post(f"/charges/{held['id']}/capture", {})

    assert members(taken, "status", "captured_amount", "capture", "net") == (
        "successful", 100_000, False, 96_094,
    )  # fmt: skip
    again = api.refused("POST", f"/charges/{held['id']}/capture")
    assert (again["code"], again["message"]) == ("failed_capture", "charge was already captured")
    assert api.get("/transactions")["total"] == 1


def test_a_pre_authorisation_is_captured_in_part(api: Any) -> None:
    held = charge(api, capture=False, authorization_type="pre_auth")

    taken = api.post(f"/charges/{held['id']}/capture", {"capture_amount": 500})

    assert members(taken, "amount", "authorized_amount", "captured_amount") == (100_000, 100_000, 500)
    assert members(taken, "fee", "fee_vat", "net") == (18, 1, 481)


def test_only_an_authorisation_can_be_reversed(api: Any) -> None:
    held, taken = charge(api, capture=False), charge(api)

    given_up = api.post(f"/charges/{held['id']}/reverse", {})
    error = api.refused("POST", f"/charges/{taken['id']}/reverse")

    assert members(given_up, "status", "reversed", "capturable") == ("reversed", True, False)
    assert given_up["reversed_at"] is not None
    assert (error["code"], error["message"]) == (
        "failed_reverse",
        "only uncaptured authorized charges can be reversed",
    )


def test_an_expired_authorisation_cannot_be_captured(api: Any) -> None:
    held = charge(api, capture=False)

    lapsed = api.call("POST", f"/charges/{held['id']}/expire").json()
    error = api.refused("POST", f"/charges/{held['id']}/capture")

    assert members(lapsed, "status", "expired") == ("expired", True)
    assert (error["code"], error["message"]) == ("expired_charge", "charge expired")
    assert api.refused("POST", f"/charges/{held['id']}/expire")["code"] == "failed_expire"


def test_a_pending_charge_is_marked_by_hand_in_test_mode(api: Any) -> None:
    paid = api.post(f"/charges/{charge(api, capture=False)['id']}/mark_as_paid")
    failed = api.post(f"/charges/{charge(api, capture=False)['id']}/mark_as_failed")

    assert members(paid, "status", "paid") == ("successful", True)
    assert members(failed, "status", "failure_code", "authorized") == ("failed", "failed_processing", False)
    assert api.refused("POST", f"/charges/{paid['id']}/mark_as_failed")["message"] == "charge is not pending"


def test_description_and_metadata_are_updated_and_nothing_else(api: Any) -> None:
    made = charge(api, description="before", metadata={"a": "1", "b": "2"})

    updated = api.patch(f"/charges/{made['id']}", {"metadata": {"c": "3"}, "amount": 1})

    assert members(updated, "description", "metadata", "amount") == ("before", {"c": "3"}, 100_000)
    stored = api.get(f"/charges/{made['id']}")
    assert members(stored, "description", "metadata", "amount") == ("before", {"c": "3"}, 100_000)


def test_charges_are_listed_by_time_of_creation(api: Any) -> None:
    made = [charge(api)["id"] for _ in range(3)]

    listed = api.get("/charges", params={"limit": 2})
    newest = api.get("/charges", params={"limit": 1, "order": "reverse_chronological"})

    assert [each["id"] for each in listed["data"]] == made[:2]
    assert (listed["total"], listed["location"]) == (3, "/charges")
    assert newest["data"][0]["id"] == made[-1]


def test_the_present_second_is_in_an_open_list(api: Any) -> None:
    made = charge(api)

    assert [each["id"] for each in api.get("/charges")["data"]] == [made["id"]]
    assert api.get("/charges", params={"to": made["created_at"]})["data"] == []
    assert api.get("/charges", params={"from": made["created_at"]})["total"] == 1


def test_a_card_whose_month_has_passed_is_declined(api: Any) -> None:
    today = api.today()
    token = api.token(expiration_month=today.month, expiration_year=today.year)
    customer = api.post("/customers", {"card": token})
    api.advance(days=40)

    charge = api.post("/charges", {"amount": 5_000, "currency": "thb", "customer": customer["id"]})

    assert (charge["status"], charge["failure_code"]) == ("failed", "expired_card")
    assert charge["failure_message"] == "card is expired"
