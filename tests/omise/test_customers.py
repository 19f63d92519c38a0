"""Tokens, customers and cards over HTTP."""

from typing import Any


def test_a_customer_is_created_with_the_card_of_a_token(api: Any) -> None:
    token = api.token()

    customer = api.post("/customers", {"email": "john@example.com", "description": "John", "card": token})

    assert customer["object"] == "customer"
    assert customer["email"] == "john@example.com"
    assert customer["cards"]["total"] == 1
    assert customer["default_card"] == customer["cards"]["data"][0]["id"]
    assert customer["cards"]["location"] == f"/customers/{customer['id']}/cards"


def test_a_token_is_used_once(api: Any) -> None:
    token = api.token()
    api.post("/customers", {"card": token})

    error = api.refused("POST", "/customers", {"card": token})

    assert (error["code"], error["message"]) == ("used_token", "token was already used")
    assert api.get("/customers")["total"] == 1


def test_a_destroyed_card_hands_the_default_to_the_one_added_last(api: Any) -> None:
    customer = api.customer()
    first = customer["default_card"]
    for number in ("5555555555554444", "3530111333300000"):
        customer = api.patch(f"/customers/{customer['id']}", {"card": api.token(number)})
    newest = customer["cards"]["data"][-1]["id"]
    assert customer["default_card"] == first

    gone = api.delete(f"/customers/{customer['id']}/cards/{first}")

    assert gone["deleted"] is True
    after = api.get(f"/customers/{customer['id']}")
    assert after["default_card"] == newest
    assert after["cards"]["total"] == 2


def test_a_destroyed_customer_is_still_retrieved_and_no_longer_listed(api: Any) -> None:
    customer = api.customer()

    first = api.delete(f"/customers/{customer['id']}")
    second = api.delete(f"/customers/{customer['id']}")

    assert first == second
    assert api.get(f"/customers/{customer['id']}")["deleted"] is True
    assert api.get("/customers")["data"] == []
    assert api.refused("PATCH", f"/customers/{customer['id']}", {"email": "a@b.c"}, status=404)
    assert api.refused("GET", f"/customers/{customer['id']}/cards", status=404)


def test_another_account_and_mode_see_the_same_404_as_for_an_unknown_id(api: Any, other_api: Any) -> None:
    customer = api.customer()
    path = f"/customers/{customer['id']}"

    foreign = other_api.refused("GET", path, status=404)
    other_mode = api.refused("GET", path, status=404, key=api.live_keys.secret)

    expected = f"customer {customer['id']} was not found"
    assert foreign == other_mode
    assert foreign["message"] == expected


def test_full_card_numbers_are_nowhere_in_an_answer(api: Any) -> None:
    customer = api.customer("4111111111111111")

    card = customer["cards"]["data"][0]

    assert (card["first_digits"], card["last_digits"], card["brand"]) == ("411111", "1111", "Visa")
    assert "4111111111111111" not in str(customer)
