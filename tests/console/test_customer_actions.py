"""Customers made, changed, charged and deleted in the console, and their cards; by whom, and once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from conftest import Api
from console.browsing import FAILING_CARD
from console.conftest import NewUser, Visitor
from console.test_charge_actions import form_of, told
from console.test_webhooks import words
from duerun.domain.accounts import Account
from duerun.domain.console_users import Role
from duerun.services import idempotency
from duerun.services.unit import Runtime
from duerun.web.console import once

HERE = "/console/customers"
SECOND_CARD = "5555555555554444"
MARKUP = "<img src=x onerror=alert(1)>"


def stand(api: Api, customer: str) -> Any:
    """How a customer and its cards are."""
    found = api.get(f"/customers/{customer}")
    cards = sorted(each["id"] for each in found["cards"]["data"])
    return {name: value for name, value in found.items() if name != "cards"} | {"cards": cards}


def charges(api: Api) -> list[Any]:
    return list(api.get("/charges?order=chronological")["data"])


def order(**given: str) -> dict[str, str]:
    """A form that charges 1,234.50 THB to the default card."""
    return {
        "amount": "1,234.50",
        "currency": "THB",
        "card": "",
        "way": "now",
        "charge_description": "",
    } | given


def actions(card: str) -> list[str]:
    of_cards = ["cards", f"cards/{card}", f"cards/{card}/default", f"cards/{card}/delete"]
    return ["edit", "charge", "delete", *of_cards]


async def test_a_customer_is_made_with_a_token_and_the_same_form_makes_one(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    form = form_of(admin, f"{HERE}/new")
    given = {"email": "somchai@example.com", "description": MARKUP, "token": api.token()}
    rows = {"name-0": "plan", "value-0": "gold", "name-1": "", "value-1": ""}

    answers = [admin.post(HERE, form=form, **given, **rows) for _ in range(2)]
    [made] = api.get("/customers")["data"]
    page = admin.get(f"{HERE}/{made['id']}").text

    assert [each.headers["location"] for each in answers] == [f"{HERE}/{made['id']}"] * 2
    assert (made["email"], made["description"]) == ("somchai@example.com", MARKUP)
    assert made["metadata"] == {"plan": "gold"}
    assert made["cards"]["total"] == 1
    assert "<img src=x" not in page
    assert await told(runtime, api, "customers") == [("customers.create", {})]


def test_a_customer_needs_neither_token_nor_anything_else(admin: Visitor, api: Api) -> None:
    page = admin.get(f"{HERE}/new").text

    answer = admin.post(HERE, form=form_of(admin, f"{HERE}/new"), email="", description="", token="")

    assert answer.status_code == 303
    assert "Card numbers are not typed in here" in page
    assert api.get("/customers")["total"] == 1


@pytest.mark.parametrize(
    ("given", "status", "message"),
    [
        ({"token": "tokn_test_nothing"}, 400, "Token tokn_test_nothing was not found"),
        ({"token": "4242424242424242"}, 400, "Token must not contain a card number"),
        ({"email": "x" * 321}, 400, "Email must have at most 320 characters"),
        ({"description": "4242 4242 4242 4242"}, 400, "Description must not contain a card number"),
        ({"name-0": "", "value-0": "gold"}, 400, "Metadata row 1 has a value and needs a name"),
        ({"form": "short"}, 400, "This form is out of date"),
    ],
)
def test_a_customer_that_cannot_be_is_not_made(
    admin: Visitor, api: Api, given: dict[str, str], status: int, message: str
) -> None:
    answer = admin.post(HERE, **{"form": form_of(admin, f"{HERE}/new")} | given)

    assert answer.status_code == status
    assert message in words(answer.text)
    assert api.get("/customers")["total"] == 0


def test_a_token_counts_once(admin: Visitor, api: Api) -> None:
    token = api.token()
    api.post("/customers", {"card": token})

    answer = admin.post(HERE, form=form_of(admin, f"{HERE}/new"), token=token)

    assert answer.status_code == 400
    assert "Token was already used" in words(answer.text)
    assert api.get("/customers")["total"] == 1


async def test_what_stands_otherwise_is_saved_and_nothing_else(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    made = api.customer(email="old@example.com", description="Gym member", metadata={"plan": "gold"})["id"]
    same = {"email": "old@example.com", "description": "Gym member", "name-0": "plan", "value-0": "gold"}

    admin.post(f"{HERE}/{made}/edit", **same)
    admin.post(f"{HERE}/{made}/edit")
    before = await told(runtime, api, "customers")
    answer = admin.post(f"{HERE}/{made}/edit", **same | {"email": "", "name-0": ""} | {"value-0": ""})
    found = api.get(f"/customers/{made}")

    assert before == []
    assert answer.status_code == 303
    assert (found["email"], found["description"], found["metadata"]) == ("", "Gym member", {})
    assert await told(runtime, api, "customers") == [("customers.change", {"changed": "email, metadata"})]


async def test_cards_are_added_made_the_default_and_deleted(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    made = api.customer()
    here, first = f"{HERE}/{made['id']}", made["default_card"]

    admin.post(f"{here}/cards", token=api.token(SECOND_CARD))
    added = api.get(f"/customers/{made['id']}")
    second = next(each["id"] for each in added["cards"]["data"] if each["id"] != first)
    for _ in range(2):
        admin.post(f"{here}/cards/{second}/default")
    page = words(admin.get(here).text)
    default = api.get(f"/customers/{made['id']}")["default_card"]
    admin.post(f"{here}/cards/{second}/delete")
    again = admin.post(f"{here}/cards/{second}/delete")

    assert added["default_card"] == first
    assert default == second
    assert "ends in 4444 is the default" in page
    assert again.status_code == 404
    assert stand(api, made["id"])["cards"] == [first]
    assert api.get(f"/customers/{made['id']}")["default_card"] == first
    assert [action for action, _ in await told(runtime, api, "customers")] == [
        "customers.change",
        "customers.change",
        "customers.delete_card",
    ]


async def test_a_card_is_edited_and_its_number_stays(admin: Visitor, api: Api, runtime: Runtime) -> None:
    made = api.customer()
    here = f"{HERE}/{made['id']}/cards/{made['default_card']}"
    same = {"name": "Somchai Prasert", "expiration_month": "10", "expiration_year": "2060"}

    page = admin.get(here).text
    admin.post(here, **same)
    before = await told(runtime, api, "customers")
    past = admin.post(here, **same | {"expiration_year": "2020", "city": "Bangkok"})
    wrong = [admin.post(here, **same | {"expiration_month": each}).status_code for each in ("13", "", "x")]
    answer = admin.post(here, **same | {"name": "S. Prasert", "expiration_year": "2061", "city": "Bangkok"})
    card = api.get(f"/customers/{made['id']}/cards/{made['default_card']}")

    assert 'value="Somchai Prasert"' in page
    assert before == []
    assert (past.status_code, wrong) == (400, [400] * 3)
    assert "Expiration date is in the past" in words(past.text)
    assert 'value="Bangkok"' in past.text
    assert answer.status_code == 303
    assert (card["name"], card["city"], card["expiration_year"]) == ("S. Prasert", "Bangkok", 2061)
    assert (card["last_digits"], card["expiration_month"]) == ("4242", 10)
    facts = {"card": made["default_card"], "changed": "name, expiration_year, city"}
    assert await told(runtime, api, "customers") == [("customers.change_card", facts)]


def test_metadata_that_somebody_else_has_changed_meanwhile_are_not_written_over(
    admin: Visitor, api: Api
) -> None:
    made = api.customer(metadata={"plan": "gold"})["id"]
    stamp = admin.get(f"{HERE}/{made}").text.split('name="metadata_stamp" value="')[1].split('"')[0]
    given = {"metadata_stamp": stamp, "name-0": "plan", "value-0": "silver"}
    api.patch(f"/customers/{made}", {"metadata": {"plan": "gold", "since": "2026"}})

    answer = admin.post(f"{HERE}/{made}/edit", **given)

    assert answer.status_code == 400
    assert "Metadata were changed by somebody else meanwhile" in words(answer.text)
    assert api.get(f"/customers/{made}")["metadata"] == {"plan": "gold", "since": "2026"}


async def test_a_deleted_customer_stays_to_be_looked_at_and_nothing_is_done_with_it(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    made = api.customer()
    charge = {"customer": made["id"], "amount": 99_900}
    start = api.today() + timedelta(days=2)
    body = {"every": 1, "period": "day", "start_date": f"{start}", "charge": charge}
    schedule = api.post("/schedules", body)["id"]
    here = f"{HERE}/{made['id']}"
    form = form_of(admin, here)

    for _ in range(2):
        assert admin.post(f"{here}/delete").status_code == 303
    page = admin.get(here).text
    refused = [
        admin.post(f"{here}/edit", email="new@example.com").status_code,
        admin.post(f"{here}/charge", form=form, **order()).status_code,
        admin.post(f"{here}/cards", token=api.token()).status_code,
        admin.post(f"{here}/cards/{made['default_card']}/default").status_code,
        admin.post(f"{here}/cards/{made['default_card']}/delete").status_code,
    ]

    assert api.get(f"/customers/{made['id']}")["deleted"] is True
    assert api.get(f"/schedules/{schedule}")["status"] == "suspended"
    assert refused == [404] * 5
    assert "What can be done" not in page
    assert charges(api) == []
    assert await told(runtime, api, "customers") == [("customers.delete", {})]


async def test_a_customer_is_charged_and_a_second_click_charges_nothing_more(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    made = api.customer()["id"]
    form, csrf = form_of(admin, f"{HERE}/{made}"), admin.csrf()

    def click(_: int) -> str:
        given = order(form=form, charge_description="Day pass")
        return str(admin.post(f"{HERE}/{made}/charge", csrf=csrf, **given).headers.get("location"))

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(click, range(4)))
    later = admin.post(f"{HERE}/{made}/charge", **order(form=form, charge_description="Day pass"))
    page = words(admin.get(later.headers["location"]).text)
    [charge] = charges(api)

    assert answers == {f"/console/charges/{charge['id']}"}
    assert (charge["amount"], charge["description"]) == (123_450, "Day pass")
    assert (charge["customer"], charge["status"]) == (made, "successful")
    assert "no second one" in page
    assert await told(runtime, api, "payments") == [
        ("payments.charge", {"amount": 123_450, "currency": "THB", "customer": made})
    ]


def test_another_form_charges_once_more_and_the_same_with_other_values_does_not(
    admin: Visitor, api: Api
) -> None:
    made = api.customer()["id"]
    here = f"{HERE}/{made}"
    form = form_of(admin, here)

    answers = [
        admin.post(f"{here}/charge", **order(form=form)),
        admin.post(f"{here}/charge", **order(form=form, amount="500")),
        admin.post(f"{here}/charge", **order(form=form_of(admin, here), amount="500")),
    ]

    assert [each.status_code for each in answers] == [303, 400, 303]
    assert "already sent with other values" in answers[1].text
    assert [each["amount"] for each in charges(api)] == [123_450, 50_000]


def test_a_click_whose_answer_was_lost_is_found_again(
    admin: Visitor, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = f"{HERE}/{api.customer()['id']}"
    given = order(form=form_of(admin, here))

    async def lose(*_: object, **__: object) -> None:
        raise OSError("the connection is gone")

    with monkeypatch.context() as patched:
        patched.setattr(idempotency, "finish", lose)
        lost = admin.post(f"{here}/charge", **given)
    again = admin.post(f"{here}/charge", **given)
    [charge] = charges(api)

    assert (lost.status_code, again.status_code) == (500, 303)
    assert again.headers["location"] == f"/console/charges/{charge['id']}"


async def test_a_click_behind_one_that_is_still_at_work_charges_nothing(
    admin: Visitor, api: Api, account: Account, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = f"{HERE}/{api.customer()['id']}/charge"
    digest = sha256(f"console\0{target}\0{'0' * 32}".encode()).digest()
    assert await idempotency.claim(runtime, account, digest, None)
    monkeypatch.setattr(once, "WAIT_SECONDS_MAX", 0)

    answer = admin.post(target, **order(form="0" * 32))

    assert answer.status_code == 400
    assert "is still being worked on" in answer.text
    assert charges(api) == []


def test_a_refused_charge_may_be_mended_and_a_declined_one_is_a_charge_that_failed(
    admin: Visitor, api: Api
) -> None:
    made = api.customer(FAILING_CARD)["id"]
    here = f"{HERE}/{made}"
    form = form_of(admin, here)

    refused = admin.post(f"{here}/charge", **order(form=form, amount="0.50"))
    none = charges(api)
    declined = admin.post(f"{here}/charge", **order(form=form))
    page = words(admin.get(declined.headers["location"]).text)
    admin.post(f"{here}/charge", **order(form=form))

    assert refused.status_code == 400
    assert "Amount must be greater than or equal to 20.00 THB" in words(refused.text)
    assert none == []
    assert "The charge failed: insufficient funds" in page
    assert [each["failure_code"] for each in charges(api)] == ["insufficient_fund"]


@pytest.mark.parametrize(
    ("way", "capturable", "kind"),
    [("now", False, None), ("later", True, None), ("later_or_less", True, "pre_auth")],
)
def test_a_card_that_is_named_is_charged_or_only_authorised(
    admin: Visitor, api: Api, way: str, capturable: bool, kind: str | None
) -> None:
    made = api.customer()["id"]
    api.patch(f"/customers/{made}", {"card": api.token(SECOND_CARD)})
    second = next(
        each for each in api.get(f"/customers/{made}")["cards"]["data"] if each["last_digits"] == "4444"
    )
    here = f"{HERE}/{made}"

    admin.post(f"{here}/charge", **order(form=form_of(admin, here), card=second["id"], way=way))
    [charge] = charges(api)

    assert charge["card"]["id"] == second["id"]
    assert charge["capturable"] is capturable
    assert charge["authorization_type"] == kind


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"amount": ""}, 400),
        ({"amount": "0"}, 400),
        ({"amount": "-5"}, 400),
        ({"amount": "1e9"}, 400),
        ({"amount": "999999999"}, 400),
        ({"amount": "5\0"}, 400),
        ({"currency": "XYZ"}, 400),
        ({"currency": "JPY", "amount": "500.50"}, 400),
        ({"way": "twice"}, 400),
        ({"card": "card_test_nothing"}, 404),
        ({"card": "x" * 5_000}, 404),
        ({"charge_description": "x" * 4_097}, 400),
        ({"form": ""}, 400),
    ],
)
def test_what_cannot_be_charged_is_not(admin: Visitor, api: Api, given: dict[str, str], status: int) -> None:
    here = f"{HERE}/{api.customer()['id']}"

    answer = admin.post(f"{here}/charge", **order(form=form_of(admin, here)) | given)

    assert answer.status_code == status
    assert charges(api) == []


def test_a_card_of_another_customer_is_neither_charged_nor_changed(admin: Visitor, api: Api) -> None:
    made, other = api.customer(), api.customer()
    here, card = f"{HERE}/{made['id']}", other["default_card"]
    before = stand(api, made["id"]), stand(api, other["id"])

    answers = [
        admin.post(f"{here}/charge", **order(form=form_of(admin, here), card=card)).status_code,
        admin.get(f"{here}/cards/{card}").status_code,
        admin.post(f"{here}/cards/{card}", name="Other").status_code,
        admin.post(f"{here}/cards/{card}/default").status_code,
        admin.post(f"{here}/cards/{card}/delete").status_code,
    ]

    assert answers == [404] * 5
    assert charges(api) == []
    assert (stand(api, made["id"]), stand(api, other["id"])) == before


def test_without_a_card_nothing_can_be_charged(admin: Visitor, api: Api) -> None:
    made = api.post("/customers", {"email": "somchai@example.com"})["id"]

    page = admin.get(f"{HERE}/{made}").text
    answer = admin.post(f"{HERE}/{made}/charge", **order(form="0" * 32))

    assert "Charge now" not in page
    assert answer.status_code == 400
    assert "Customer has no card" in words(answer.text)


def test_without_a_processor_nothing_is_charged_in_live_mode(admin: Visitor, api: Api) -> None:
    made = api.post("/customers", {"email": "somchai@example.com"}, key=api.live_keys.secret)["id"]
    admin.post("/console/mode", mode="live")

    answer = admin.post(f"{HERE}/{made}/charge", **order(form="0" * 32))

    assert answer.status_code == 400
    assert "No gateway is configured for live mode" in words(answer.text)


def test_a_refused_form_is_shown_again_with_what_was_typed(admin: Visitor, api: Api) -> None:
    here = f"{HERE}/{api.customer(email='old@example.com', description='Gym member')['id']}"
    form = form_of(admin, here)
    given = order(form=form, amount="0.50", charge_description='"Day" <pass>', way="later")

    page = admin.post(f"{here}/charge", **given).text
    charge = page.split("<summary>Charge now</summary>")[1].split("</details>")[0]

    assert page.count('id="answer"') == 1
    assert page.count('<details class="act " open>') == 1
    assert "20.00 THB. Nothing was changed." in words(charge)
    assert 'name="amount" inputmode="decimal" autocomplete="off" value="0.50"' in charge
    assert 'value="&#34;Day&#34; &lt;pass&gt;"' in charge
    assert '<option value="later" selected>' in charge
    assert f'value="{form}"' in charge
    assert 'value="old@example.com"' in page
    assert 'value="Gym member"' in page


async def test_viewers_see_no_forms_and_operators_charge(
    new_visitor: Any, new_user: NewUser, api: Api
) -> None:
    made = api.customer()
    before = stand(api, made["id"])
    viewer, operator = new_visitor(), new_visitor()
    viewer.sign_in(await new_user(Role.VIEWER))
    operator.sign_in(await new_user(Role.OPERATOR))
    here = f"{HERE}/{made['id']}"

    pages = viewer.get(here).text + viewer.get(HERE).text
    refused = [viewer.get(f"{HERE}/new").status_code, viewer.post(HERE, form="0" * 32).status_code]
    refused += [
        viewer.post(f"{here}/{each}", **order(form="0" * 32), token=api.token()).status_code
        for each in actions(made["default_card"])
    ]

    assert "What can be done" not in pages
    assert "New customer" not in pages
    assert refused == [403] * 9
    assert stand(api, made["id"]) == before
    assert charges(api) == []
    assert operator.post(f"{here}/charge", **order(form=form_of(operator, here))).status_code == 303


def test_forms_of_other_sites_other_accounts_and_the_other_mode_change_nothing(
    admin: Visitor, api: Api, other_api: Api
) -> None:
    made, foreign = api.customer(), other_api.customer()
    before = stand(api, made["id"]), stand(other_api, foreign["id"])
    given = order(form="0" * 32, email="new@example.com", token=api.token())

    forged = [
        admin.post(f"{HERE}/{made['id']}/{each}", csrf="0" * 64, **given).status_code
        for each in actions(made["default_card"])
    ]
    others = [
        admin.post(f"{HERE}/{foreign['id']}/{each}", **given).status_code
        for each in actions(foreign["default_card"])
    ]
    admin.post("/console/mode", mode="live")
    other_mode = [
        admin.post(f"{HERE}/{made['id']}/{each}", **given).status_code
        for each in actions(made["default_card"])
    ]

    assert forged == [403] * 7
    assert others == [404] * 7
    assert other_mode == [404] * 7
    assert (stand(api, made["id"]), stand(other_api, foreign["id"])) == before
    assert charges(api) == charges(other_api) == []
