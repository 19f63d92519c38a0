"""Recipients and their bank accounts over HTTP."""

from typing import Any

import pytest

BANK_ACCOUNT = {"brand": "bbl", "number": "1234567890", "name": "SOMCHAI PRASERT"}
RECIPIENT = {"name": "Somchai", "type": "individual", "bank_account": BANK_ACCOUNT}
V2017 = {"Omise-Version": "2017-11-02"}


def keys_of_events(api: Any, object_id: str) -> list[str]:
    events = api.get("/events?limit=100")["data"]
    return [event["key"] for event in events if event["data"]["id"] == object_id]


def test_a_new_recipient_is_neither_verified_nor_active(api: Any) -> None:
    recipient = api.post("/recipients", RECIPIENT | {"email": "s@example.com", "metadata": {"team": "a"}})

    assert recipient["object"] == "recipient"
    assert recipient["id"].startswith("recp_test_")
    assert recipient["location"] == f"/recipients/{recipient['id']}"
    assert (recipient["verified"], recipient["active"], recipient["default"]) == (False, False, False)
    assert (recipient["verified_at"], recipient["activated_at"]) == (None, None)
    assert (recipient["email"], recipient["metadata"]) == ("s@example.com", {"team": "a"})
    assert recipient["created"] == recipient["created_at"]
    assert api.get(recipient["location"]) == recipient


def test_a_bank_account_shows_its_last_four_digits_only(api: Any) -> None:
    account = api.post("/recipients", RECIPIENT)["bank_account"]

    assert account["object"] == "bank_account"
    assert (account["account_number"], account["last_digits"]) == ("XXXXXX7890", "7890")
    assert "1234567890" not in str(account)


def test_a_brand_is_a_name_in_2019_and_a_code_in_2017(api: Any) -> None:
    location = api.post("/recipients", RECIPIENT)["location"]

    newer = api.get(location)["bank_account"]
    older = api.get(location, headers=V2017)["bank_account"]

    assert (newer["brand"], newer["bank_code"]) == ("Bangkok Bank", "bbl")
    assert (older["brand"], older["bank_code"]) == ("bbl", "bbl")


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        pytest.param({"name": ""}, "invalid_recipient", "name can't be blank", id="blank name"),
        pytest.param({"name": "  "}, "invalid_recipient", "name can't be blank", id="name of spaces"),
        pytest.param({"type": None}, "invalid_recipient", "type can't be blank", id="no type"),
        pytest.param(
            {"type": "club"},
            "invalid_recipient",
            "type must be one of individual, corporation",
            id="unknown type",
        ),
        pytest.param(
            {"bank_account": None},
            "invalid_recipient",
            "bank_account name can't be blank",
            id="no bank account",
        ),
        pytest.param(
            {"bank_account": BANK_ACCOUNT | {"number": ""}},
            "invalid_recipient",
            "bank_account number can't be blank",
            id="no number",
        ),
        pytest.param(
            {"bank_account": BANK_ACCOUNT | {"brand": "nosuch"}},
            "invalid_bank_account",
            "brand is not a known bank",
            id="unknown bank",
        ),
        pytest.param(
            {"bank_account": BANK_ACCOUNT | {"number": "12AB"}},
            "invalid_bank_account",
            "number must be 5 to 20 digits",
            id="letters in the number",
        ),
        pytest.param(
            {"bank_account": BANK_ACCOUNT | {"type": "gold"}},
            "invalid_bank_account",
            "type must be one of normal, current",
            id="unknown account type",
        ),
    ],
)
def test_a_recipient_with_a_wrong_member_is_refused(
    api: Any, given: dict[str, Any], code: str, message: str
) -> None:
    error = api.refused("POST", "/recipients", RECIPIENT | given)

    assert (error["code"], error["message"]) == (code, message)
    assert api.get("/recipients")["total"] == 1


def test_a_recipient_is_created_from_a_form(api: Any) -> None:
    form = {f"bank_account[{name}]": value for name, value in BANK_ACCOUNT.items()}

    answer = api.call("POST", "/recipients", data={"name": "Somchai", "type": "individual"} | form)

    assert answer.status_code == 200
    assert answer.json()["bank_account"]["name"] == "SOMCHAI PRASERT"


def test_verifying_activates_and_a_second_time_changes_nothing(api: Any) -> None:
    made = api.post("/recipients", RECIPIENT)

    first = api.patch(f"{made['location']}/verify")
    second = api.patch(f"{made['location']}/verify")

    assert (first["verified"], first["active"]) == (True, True)
    assert first["verified_at"] == first["activated_at"]
    assert second == first
    assert keys_of_events(api, made["id"]) == [
        "recipient.create",
        "recipient.verify",
        "recipient.activate",
    ]


async def test_settings_of_an_account_verify_at_once_and_leave_activation(new_api: Any) -> None:
    settings = {"auto_verify_recipients": True, "auto_activate_recipients": False}
    own = await new_api(settings=settings)

    recipient = own.post("/recipients", RECIPIENT)

    assert (recipient["verified"], recipient["active"]) == (True, False)
    assert own.get("/account")["auto_activate_recipients"] is False


def test_verification_has_no_call_in_live_mode(api: Any) -> None:
    made = api.post("/recipients", RECIPIENT, key=api.live_keys.secret)

    error = api.refused("PATCH", f"{made['location']}/verify", status=404, key=api.live_keys.secret)

    assert error["message"] == "path was not found"
    assert api.get(made["location"], key=api.live_keys.secret)["verified"] is False


def test_empty_values_in_a_patch_leave_what_is_there(api: Any) -> None:
    made = api.post("/recipients", RECIPIENT | {"email": "s@example.com", "metadata": {"a": "b"}})
    verified = api.patch(f"{made['location']}/verify")
    empty = {"name": "", "email": "", "type": "", "metadata": {}, "bank_account": {"brand": "", "number": ""}}

    after = api.patch(made["location"], empty)

    assert after == verified


def test_another_bank_account_has_to_be_verified_again(api: Any) -> None:
    recipient = api.recipient()
    path = f"/recipients/{recipient['id']}"

    renamed = api.patch(path, {"name": "Somsri", "bank_account": {"number": "1234567890"}})
    moved = api.patch(path, {"bank_account": {"brand": "kbank", "number": "9876543210"}})

    assert (renamed["name"], renamed["verified"], renamed["active"]) == ("Somsri", True, True)
    assert (moved["verified"], moved["active"]) == (False, False)
    assert (moved["bank_account"]["brand"], moved["bank_account"]["last_digits"]) == ("Kasikornbank", "3210")
    assert moved["bank_account"]["name"] == "SOMCHAI PRASERT"
    assert keys_of_events(api, recipient["id"])[-2:] == ["recipient.update", "recipient.deactivate"]


def test_a_test_account_starts_with_a_default_recipient_that_stays(api: Any) -> None:
    listed = api.get("/recipients")["data"]

    error = api.refused("DELETE", listed[0]["location"])

    assert [(each["default"], each["verified"], each["active"]) for each in listed] == [(True, True, True)]
    assert listed[0]["bank_account"]["bank_code"] == "test"
    assert error["code"] == "invalid_recipient"
    assert api.get(listed[0]["location"])["deleted"] is False


def test_a_destroyed_recipient_is_still_retrieved_and_no_longer_listed(api: Any) -> None:
    recipient = api.recipient()
    path = f"/recipients/{recipient['id']}"

    first = api.delete(path)
    second = api.delete(path)

    assert first == second == api.get(path)
    assert first == recipient | {"deleted": True}
    assert api.get(path, headers=V2017) == {
        "object": "recipient",
        "id": recipient["id"],
        "livemode": False,
        "deleted": True,
    }
    assert recipient["id"] not in [each["id"] for each in api.get("/recipients")["data"]]
    assert api.refused("PATCH", path, {"name": "X"}, status=404)["message"].endswith("was not found")
    assert keys_of_events(api, recipient["id"]).count("recipient.destroy") == 1


def test_recipients_are_listed_in_pages(api: Any) -> None:
    made = [api.post("/recipients", RECIPIENT | {"name": f"R{number}"})["id"] for number in range(3)]

    page = api.get("/recipients?limit=2&order=reverse_chronological")

    assert [each["id"] for each in page["data"]] == [made[2], made[1]]
    assert (page["total"], page["location"]) == (4, "/recipients")


def test_a_recipient_of_another_account_or_mode_is_not_found(api: Any, other_api: Any) -> None:
    path = f"/recipients/{api.recipient()['id']}"

    foreign = [
        other_api.refused(method, path + tail, {"name": "X"}, status=404)
        for method, tail in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("PATCH", "/verify"))
    ]

    other_mode = api.refused("GET", path, status=404, key=api.live_keys.secret)
    assert foreign == [other_mode] * 4
    assert other_mode["message"] == f"recipient {path.split('/')[-1]} was not found"


async def test_a_japanese_recipient_has_a_bank_code_and_a_branch(new_api: Any) -> None:
    own = await new_api(country="JP")
    account = {
        "bank_code": "0001",
        "branch_code": "123",
        "type": "normal",
        "number": "1234567",
        "name": "YAMADA",
    }

    made = own.post("/recipients", RECIPIENT | {"bank_account": account})["bank_account"]
    error = own.refused("POST", "/recipients", RECIPIENT)

    assert (made["bank_code"], made["branch_code"]) == ("0001", "123")
    assert made["type"] == made["account_type"] == "normal"
    assert error["code"] == "invalid_bank_account"
