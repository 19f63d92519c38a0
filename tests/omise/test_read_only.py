"""Balance, account, events and capability over HTTP."""

from typing import Any

V2017 = {"Omise-Version": "2017-11-02"}


def test_a_new_account_has_an_empty_balance(api: Any) -> None:
    balance = api.get("/balance")

    assert (balance["object"], balance["location"], balance["livemode"]) == ("balance", "/balance", False)
    amounts = ("transferable", "available", "total", "reserve", "reserve_amount", "on_hold")
    assert {balance[name] for name in amounts} == {0}
    assert (balance["currency"], api.get("/balance", headers=V2017)["currency"]) == ("THB", "thb")
    assert balance["created"] == balance["created_at"]


def test_the_account_of_the_key_is_told(api: Any) -> None:
    account = api.get("/account")

    assert set(account) == {
        "object", "id", "livemode", "location", "email", "currency", "supported_currencies", "team", "country",
        "webhook_uri", "api_version", "auto_activate_recipients", "chain_enabled", "chain_return_uri",
        "metadata_export_keys", "zero_interest_installments", "created_at", "created",
    }  # fmt: skip
    assert (account["country"], account["currency"], account["api_version"]) == ("TH", "THB", "2019-05-29")
    assert {"THB", "JPY", "USD"} <= set(account["supported_currencies"])
    assert api.get("/account", key=api.live_keys.secret)["livemode"] is True


def test_a_public_key_sees_the_capability_and_not_the_account(api: Any) -> None:
    capability = api.get("/capability", key=api.keys.public)

    assert capability["limits"]["charge_amount"] == {"min": 2_000, "max": 15_000_000}
    assert capability["limits"]["transfer_amount"] == {"min": 3_000, "max": 5_000_000_000}
    assert "bbl" in capability["banks"]
    method = capability["payment_methods"][0]
    assert (method["name"], method["installment_terms"]) == ("card", None)
    assert "Visa" in method["card_brands"]
    assert capability["payment_backends"] == capability["payment_methods"]
    assert api.get("/capability") == capability
    for path in ("/account", "/balance", "/events"):
        assert api.refused("GET", path, status=401, key=api.keys.public)


async def test_capability_follows_the_country(new_api: Any) -> None:
    own = await new_api(country="JP")

    capability = own.get("/capability")

    assert capability["country"] == "JP"
    assert capability["limits"]["transfer_amount"] == {"min": 260, "max": 1_000_000_000}
    assert "HKD" not in capability["payment_methods"][0]["currencies"]


def test_an_event_holds_the_object_as_it_was(api: Any) -> None:
    customer = api.post("/customers", {"email": "before@example.com"})
    api.patch(f"/customers/{customer['id']}", {"email": "after@example.com"})

    events = api.get("/events")

    assert [event["key"] for event in events["data"]] == ["customer.create", "customer.update"]
    assert [event["data"]["email"] for event in events["data"]] == ["before@example.com", "after@example.com"]
    assert events["location"] == "/events"
    first = events["data"][0]
    assert first["location"] == f"/events/{first['id']}"
    assert first["webhook_deliveries"] == []
    assert first["team_uid"] == api.get("/account")["team"]
    assert api.get(first["location"]) == first


async def test_events_are_written_in_the_version_of_the_account(new_api: Any) -> None:
    own = await new_api(api_version="2017-11-02")

    made = own.customer()
    own.delete(f"/customers/{made['id']}", headers={"Omise-Version": "2019-05-29"})
    last = own.get("/events?order=reverse_chronological&limit=1")["data"][0]

    assert last["key"] == "customer.destroy"
    assert last["data"] == {"object": "customer", "id": made["id"], "livemode": False, "deleted": True}


def test_the_events_of_a_charge_are_its_own(api: Any) -> None:
    card = {"amount": 100_000, "currency": "thb", "capture": False}
    charge = api.post("/charges", card | {"card": api.token()})
    api.post("/charges", card | {"card": api.token()})
    api.patch(charge["location"], {"description": "Gym"})
    api.post(f"{charge['location']}/capture")
    api.post(f"{charge['location']}/refunds", {"amount": 500})
    path = f"{charge['location']}/events"

    events = api.get(path)

    assert [event["key"] for event in events["data"]] == ["charge.create", "charge.update", "charge.capture"]
    assert {event["data"]["id"] for event in events["data"]} == {charge["id"]}
    assert (events["total"], events["location"]) == (3, path)
    assert events["data"][0] == api.get(events["data"][0]["location"])
    assert api.get(f"{path}?limit=1&order=reverse_chronological")["data"] == [events["data"][2]]


def test_an_event_of_another_account_is_not_found(api: Any, other_api: Any) -> None:
    api.post("/customers", {})
    event = api.get("/events")["data"][0]

    foreign = other_api.refused("GET", event["location"], status=404)

    assert foreign["message"] == f"event {event['id']} was not found"
    assert foreign == api.refused("GET", event["location"], status=404, key=api.live_keys.secret)
    assert other_api.get("/events")["data"] == []
