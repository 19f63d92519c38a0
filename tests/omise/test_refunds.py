"""Refunds over HTTP."""

from typing import Any


def charge(api: Any, **given: Any) -> Any:
    return api.post("/charges", {"amount": 100_000, "currency": "thb", "card": api.token(), **given})


def test_a_part_is_given_back(api: Any) -> None:
    made = charge(api)

    refund = api.post(f"/charges/{made['id']}/refunds", {"amount": 100, "metadata": {"why": "late"}})

    assert list(refund) == [
        "object", "id", "livemode", "location", "amount", "currency", "funding_amount", "funding_currency", "voided",
        "charge", "transaction", "metadata", "status", "acquirer_reference_number", "approval_code", "terminal",
        "created_at", "created",
    ]  # fmt: skip
    assert (refund["amount"], refund["currency"], refund["status"]) == (100, "THB", "closed")
    assert (refund["charge"], refund["voided"], refund["metadata"]) == (made["id"], False, {"why": "late"})
    assert refund["location"] == f"/charges/{made['id']}/refunds/{refund['id']}"
    assert api.get(refund["location"]) == refund


def test_the_charge_tells_what_was_given_back(api: Any) -> None:
    made = charge(api)
    refunds = [api.post(f"/charges/{made['id']}/refunds", {"amount": amount}) for amount in (60_000, 40_000)]

    after = api.get(f"/charges/{made['id']}")

    assert (after["refunded"], after["refunded_amount"], after["refundable"]) == (100_000, 100_000, False)
    assert [each["id"] for each in after["refunds"]["data"]] == [each["id"] for each in refunds]
    assert after["refunds"]["total"] == 2


def test_a_refund_is_a_debit_in_the_book(api: Any) -> None:
    refund = api.post(f"/charges/{charge(api)['id']}/refunds", {"amount": 30_000})

    entry = api.get(f"/transactions/{refund['transaction']}")

    assert (entry["key"], entry["direction"], entry["amount"]) == ("refund.debit", "debit", 30_000)
    assert entry["origin"] == refund["id"]


def test_more_than_what_is_left_is_refused(api: Any) -> None:
    made = charge(api)
    api.post(f"/charges/{made['id']}/refunds", {"amount": 99_999})

    error = api.refused("POST", f"/charges/{made['id']}/refunds", {"amount": 2})

    assert (error["code"], error["message"]) == (
        "failed_refund",
        "amount is greater than the refundable amount",
    )
    assert api.get(f"/charges/{made['id']}/refunds")["total"] == 1


def test_an_uncaptured_charge_has_nothing_to_give_back(api: Any) -> None:
    held = charge(api, capture=False)

    error = api.refused("POST", f"/charges/{held['id']}/refunds", {"amount": 100})

    assert (error["code"], error["message"]) == ("failed_refund", "charge was not captured")


def test_a_refund_without_an_amount_is_refused(api: Any) -> None:
    error = api.refused("POST", f"/charges/{charge(api)['id']}/refunds", {})

    assert (error["code"], error["message"]) == ("bad_request", "amount is not a number")


def test_refunds_are_listed_for_a_charge_and_for_the_account(api: Any) -> None:
    first, second = charge(api), charge(api)
    for made in (first, second, second):
        api.post(f"/charges/{made['id']}/refunds", {"amount": 100})

    of_charge = api.get(f"/charges/{second['id']}/refunds")
    of_account = api.get("/refunds")

    assert (of_charge["total"], of_charge["location"]) == (2, f"/charges/{second['id']}/refunds")
    assert (of_account["total"], of_account["location"]) == (3, "/refunds")


def test_refunds_of_somebody_else_are_not_found(api: Any, other_api: Any) -> None:
    made = charge(other_api)
    refund = other_api.post(f"/charges/{made['id']}/refunds", {"amount": 100})
    mine = charge(api)

    created = api.refused("POST", f"/charges/{made['id']}/refunds", {"amount": 100}, status=404)
    listed = api.refused("GET", f"/charges/{made['id']}/refunds", status=404)
    retrieved = api.refused("GET", f"/charges/{mine['id']}/refunds/{refund['id']}", status=404)

    assert created["message"] == listed["message"] == f"charge {made['id']} was not found"
    assert retrieved["message"] == f"refund {refund['id']} was not found"
    assert api.get("/refunds")["total"] == 0


def test_a_refund_of_2017_is_in_lower_case(api: Any) -> None:
    made = charge(api)

    refund = api.post(
        f"/charges/{made['id']}/refunds", {"amount": 100}, headers={"Omise-Version": "2017-11-02"}
    )

    assert (refund["currency"], refund["funding_currency"]) == ("thb", "thb")
