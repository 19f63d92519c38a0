"""`expand=true` over HTTP (source: the wire specification, 2.5)."""

from typing import Any

import pytest

from duerun.services import lookups

V2017 = {"Omise-Version": "2017-11-02"}


def paid(api: Any, customer: str) -> Any:
    return api.post("/charges", {"customer": customer, "amount": 100_000, "currency": "thb"})


def schedule(api: Any, **given: Any) -> Any:
    return api.post("/schedules", {"every": 1, "period": "day", **given})


def test_the_references_of_a_charge_become_objects_one_level_deep(api: Any) -> None:
    customer = api.customer()
    made = schedule(api, charge={"customer": customer["id"], "amount": 100_000})
    plain = api.get(f"/charges/{made['occurrences']['data'][0]['result']}")

    charge = api.get(f"{plain['location']}?expand=true")

    assert charge["customer"] == api.get(customer["location"]) | {"cards": charge["customer"]["cards"]}
    assert charge["schedule"]["id"] == made["id"]
    assert charge["schedule"]["charge"]["customer"] == customer["id"]
    assert charge["transaction"] == api.get(f"/transactions/{plain['transaction']}")
    assert charge["card"] == plain["card"]
    members = ("customer", "schedule", "transaction", "refunds")
    assert {name: charge[name] for name in charge if name not in members} == {
        name: plain[name] for name in plain if name not in members
    }


def test_references_become_objects_in_lists_and_searches_too(api: Any) -> None:
    charge = paid(api, api.customer()["id"])
    refund = api.post(f"{charge['location']}/refunds", {"amount": 5000})
    recipient = api.recipient()
    transfer = api.post("/transfers", {"amount": 5000, "recipient": recipient["id"]})

    for path in ("/refunds", f"{charge['location']}/refunds", "/search?scope=refund"):
        [found] = api.ok("GET", path, {"expand": True})["data"]
        assert (found["charge"]["id"], found["charge"]["object"]) == (charge["id"], "charge")
        assert found["charge"]["customer"] == charge["customer"]
        assert found["transaction"]["id"] == refund["transaction"]
    assert api.get("/transfers?expand=1")["data"][0]["recipient"] == recipient
    assert api.get(f"{transfer['location']}?expand=true")["recipient"] == recipient


def test_what_a_schedule_charges_or_transfers_is_expanded(api: Any) -> None:
    customer, recipient = api.customer(), api.recipient()
    charging = schedule(api, charge={"customer": customer["id"], "amount": 100_000})
    paying = schedule(api, transfer={"recipient": recipient["id"], "amount": 5000})

    found = api.get("/schedules?expand=true")["data"]

    assert [each["id"] for each in found] == [charging["id"], paying["id"]]
    assert found[0]["charge"]["customer"]["id"] == customer["id"]
    assert found[0]["charge"]["card"] == api.get(customer["cards"]["data"][0]["location"])
    assert found[1]["transfer"]["recipient"] == recipient
    occurrence = api.get(f"/schedules/{charging['id']}/occurrences?expand=true")["data"][0]
    assert occurrence["schedule"]["id"] == charging["id"]


def test_destroyed_objects_are_expanded_as_they_are_shown(api: Any) -> None:
    customer = api.customer()
    charge = paid(api, customer["id"])
    api.delete(customer["location"])

    whole = api.get(f"{charge['location']}?expand=true")["customer"]
    short = api.get(f"{charge['location']}?expand=true", headers=V2017)["customer"]

    assert (whole["id"], whole["deleted"]) == (customer["id"], True)
    assert short == {"object": "customer", "id": customer["id"], "livemode": False, "deleted": True}


def test_without_it_and_in_calls_that_write_references_stay_ids(api: Any) -> None:
    customer = api.customer()["id"]
    order = {"customer": customer, "amount": 100_000, "currency": "thb", "expand": True}
    charge = api.post("/charges", order)

    assert charge["customer"] == customer
    for path in ("", "?expand=false", "?expand="):
        assert api.get(charge["location"] + path)["customer"] == customer
    assert api.get("/balance?expand=true")["object"] == "balance"
    assert api.get("/events?expand=true")["data"][-1]["data"]["customer"] == customer


def test_another_word_than_true_or_false_is_refused(api: Any) -> None:
    error = api.refused("GET", "/charges?expand=customer")

    assert (error["code"], error["message"]) == ("bad_request", "expand must be true or false")


def test_a_list_asks_for_each_kind_of_object_once(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        paid(api, api.customer()["id"])
    asked: list[tuple[str, int]] = []
    finders = dict(lookups._FINDERS)

    def counting(kind: str) -> lookups.Finder:
        async def find(unit: Any, ids: Any) -> Any:
            asked.append((kind, len(ids)))
            return await finders[kind](unit, ids)

        return find

    monkeypatch.setattr(lookups, "_FINDERS", {kind: counting(kind) for kind in finders})

    api.get("/charges?expand=true")

    assert asked == [("customer", 3), ("transaction", 3)]
