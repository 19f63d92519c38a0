"""Receipts over HTTP: the fees of each day of the account (source: the wire specification, 7.3, 8.2 and 9)."""

from typing import Any

import pytest

V2017 = {"Omise-Version": "2017-11-02"}
AMOUNTS = ("charge_fee", "voided_fee", "transfer_fee", "subtotal", "vat", "wht", "total")


def charge(api: Any, amount: int) -> Any:
    return api.post("/charges", {"amount": amount, "currency": "thb", "card": api.token()})


def amounts(receipt: Any) -> dict[str, int]:
    return {name: receipt[name] for name in AMOUNTS if receipt[name]}


@pytest.fixture
def three_days(api: Any) -> Any:
    """A day with charges, a day without fees, and a day with a charge and a transfer."""
    api.advance("2030-01-01T01:00:00Z")
    charge(api, 1_000_000)
    charge(api, 20_000)
    api.advance("2030-01-02T01:00:00Z")
    api.customer()
    # 23:30 of the second is 06:30 of the third in Bangkok.
    api.advance("2030-01-02T23:30:00Z")
    charge(api, 100_000)
    transfer = api.post("/transfers", {"amount": 50_000, "recipient": api.recipient()["id"]})
    api.post(f"/transfers/{transfer['id']}/mark_as_sent")
    return api.get("/receipts")


def test_each_day_with_fees_has_one_receipt(api: Any, three_days: Any) -> None:
    first, third = three_days["data"]

    assert (three_days["total"], three_days["location"]) == (2, "/receipts")
    assert [each["issued_on"] for each in (first, third)] == ["2030-01-01", "2030-01-03"]
    assert amounts(first) == {"charge_fee": 37_230, "subtotal": 37_230, "vat": 2_606, "total": 39_836}
    assert amounts(third) == {
        "charge_fee": 3_650, "transfer_fee": 2_804, "subtotal": 6_454, "vat": 452, "total": 6_906,
    }  # fmt: skip
    assert (first["number"], third["number"]) == ("RCPT20300101", "RCPT20300103")
    assert (first["currency"], first["credit_note"]) == ("THB", False)
    assert first["customer_email"] == api.get("/account")["email"]


def test_a_receipt_keeps_its_id(api: Any, three_days: Any) -> None:
    first, third = three_days["data"]

    assert api.get("/receipts")["data"] == three_days["data"]
    assert api.get(first["location"]) == first
    assert api.get(third["location"], headers=V2017) == third | {"currency": "thb"}
    charge(api, 20_000)
    grown = api.get(third["location"])
    assert (grown["id"], grown["charge_fee"]) == (third["id"], 4_380)
    assert api.get(first["location"]) == first


def test_receipts_are_listed_like_all_objects(api: Any, three_days: Any) -> None:
    first, third = (each["id"] for each in three_days["data"])

    def listed(query: str) -> list[str]:
        return [each["id"] for each in api.get(f"/receipts?{query}")["data"]]

    assert listed("order=reverse_chronological&limit=1") == [third]
    assert listed("limit=1&offset=1") == [third]
    assert listed("to=2030-01-02") == [first]
    assert first < third


async def test_the_fee_of_a_voided_charge_is_given_back_on_the_day_of_the_void(new_api: Any) -> None:
    own = await new_api(settings={"settlement_days": 7})
    own.advance("2030-01-01T01:00:00Z")
    made = charge(own, 1_000_000)
    own.advance("2030-01-03T01:00:00Z")
    refund = own.post(f"/charges/{made['id']}/refunds", {"amount": 1_000_000})

    first, third = own.get("/receipts")["data"]

    assert refund["voided"] is True
    assert amounts(first) == {"charge_fee": 36_500, "subtotal": 36_500, "vat": 2_555, "total": 39_055}
    assert amounts(third) == {"voided_fee": 36_500, "subtotal": -36_500, "vat": -2_555, "total": -39_055}
    assert (first["credit_note"], third["credit_note"]) == (False, True)


async def test_an_account_without_fees_has_no_receipts(api: Any, new_api: Any) -> None:
    own = await new_api(country="SG")
    own.post("/charges", {"amount": 10_000, "currency": "sgd", "card": own.token()})
    api.customer()

    assert own.get("/receipts")["data"] == []
    assert api.get("/receipts")["data"] == []


def test_only_an_id_that_names_a_day_with_fees_is_found(api: Any, other_api: Any, three_days: Any) -> None:
    location = three_days["data"][0]["location"]

    for unknown in ("rcpt_test_0000000000000000000", "x", "rcpt_test_zzzzzzzz00000000000"):
        error = api.refused("GET", f"/receipts/{unknown}", status=404)
        assert error["message"] == f"receipt {unknown} was not found"
    other_api.refused("GET", location, status=404)
    api.refused("GET", location, status=404, key=api.live_keys.secret)
    assert api.get("/receipts", key=api.live_keys.secret)["data"] == []


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", ["2030-01-03", "2030-01-01"]),
        ("query=RCPT20300103", ["2030-01-03"]),
        ("query=2030-01-01", ["2030-01-01"]),
        ("filters[issued_on]=2030-01-01", ["2030-01-01"]),
        ("filters[issued_on]=2030-01-02..", ["2030-01-03"]),
        ("filters[total]=69.06", ["2030-01-03"]),
        ("filters[total]=70..", ["2030-01-01"]),
        ("order=chronological", ["2030-01-01", "2030-01-03"]),
    ],
)
def test_receipts_are_searched(api: Any, three_days: Any, query: str, days: list[str]) -> None:
    answer = api.get(f"/search?scope=receipt&{query}")

    assert [each["issued_on"] for each in answer["data"]] == days
    assert all(each in three_days["data"] for each in answer["data"])


def test_a_receipt_is_found_by_its_id(api: Any, three_days: Any) -> None:
    first = three_days["data"][0]

    assert api.get(f"/search?scope=receipt&query={first['id']}")["data"] == [first]
