"""Recipients made, changed, verified and deleted in the console: by whom, and once."""

import re
from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any

import pytest

from conftest import Api
from console.conftest import NewUser, Visitor
from console.test_charge_actions import form_of, told
from console.test_webhooks import words
from duerun.domain.console_users import Role
from duerun.services import access
from duerun.services.unit import Runtime

HERE = "/console/recipients"
MARKUP = "<img src=x onerror=alert(1)>"
ACTIONS = ("edit", "verify", "vouch", "delete", "transfers")
GIVEN = {
    "name": "Somchai",
    "type": "individual",
    "email": "somchai@example.com",
    "tax_id": "9900",
    "description": "",
    "account_name": "SOMCHAI PRASERT",
    "bank": "bbl",
    "account_number": "123-4-56789-0",
    "account_type": "",
}


def same(**given: str) -> dict[str, str]:
    """The form of a recipient as the tests' API makes one, with what it is to say otherwise."""
    stands = {"name": "Somchai", "type": "individual", "account_name": "SOMCHAI PRASERT", "bank": "bbl"}
    return stands | {"email": "", "account_number": "", "account_type": ""} | given


def added(api: Api, **options: Any) -> list[Any]:
    """The recipients besides the default one, which each account begins with."""
    return [each for each in api.get("/recipients", **options)["data"] if not each["default"]]


def stand(api: Api, recipient: str) -> Any:
    return api.get(f"/recipients/{recipient}")


async def test_a_recipient_is_made_and_the_same_form_makes_one(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    form = form_of(admin, f"{HERE}/new")

    answers = [admin.post(HERE, form=form, **GIVEN | {"description": MARKUP}) for _ in range(2)]
    [made] = added(api)
    page = admin.get(f"{HERE}/{made['id']}").text

    assert [each.headers["location"] for each in answers] == [f"{HERE}/{made['id']}"] * 2
    assert (made["name"], made["type"], made["tax_id"]) == ("Somchai", "individual", "9900")
    assert (made["email"], made["description"]) == ("somchai@example.com", MARKUP)
    assert made["bank_account"]["last_digits"] == "7890"
    assert made["bank_account"]["bank_code"] == "bbl"
    assert made["verified"] is False
    assert "<img src=x" not in page
    assert "1234567890" not in page
    assert await told(runtime, api, "recipients") == [("recipients.create", {"bank_account": "…7890"})]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": ""}, "Name can't be blank"),
        ({"type": "robot"}, "Type must be one of individual, corporation"),
        ({"account_name": " "}, "Name on the account can't be blank"),
        ({"account_number": ""}, "Account number can't be blank"),
        ({"account_number": "12"}, "Number must be 5 to 20 digits"),
        ({"account_number": "9" * 65}, "Account number must have at most 64 characters"),
        ({"bank": ""}, "Bank is not a known bank"),
        ({"bank": "moon"}, "Bank is not a known bank"),
        ({"account_type": "gold"}, "Type must be one of normal, current"),
        ({"email": "x" * 321}, "Email must have at most 320 characters"),
        ({"name": "4242 4242 4242 4242"}, "Name must not contain a card number"),
        ({"form": ""}, "This form is out of date"),
    ],
)
def test_a_recipient_that_cannot_be_is_not_made(
    admin: Visitor, api: Api, given: dict[str, str], message: str
) -> None:
    answer = admin.post(HERE, **{"form": form_of(admin, f"{HERE}/new")} | GIVEN | given)

    assert answer.status_code == 400
    assert message in unescape(words(answer.text))
    assert added(api) == []


async def test_a_bank_is_a_code_and_a_branch_in_japan(
    visitor: Visitor, new_user: NewUser, new_api: Callable[..., Awaitable[Api]]
) -> None:
    japanese = await new_api(country="JP")
    visitor.sign_in(await new_user(account_id=japanese.account_id))
    given = GIVEN | {"bank": "0001", "branch": "123", "account_number": "1234567"}

    page = visitor.get(f"{HERE}/new").text
    without = visitor.post(HERE, form=form_of(visitor, f"{HERE}/new"), **given | {"branch": ""})
    visitor.post(HERE, form=form_of(visitor, f"{HERE}/new"), **given)
    [made] = added(japanese)

    assert "Code of the branch" in page
    assert "Code of the branch must be three digits" in words(without.text)
    assert (made["bank_account"]["bank_code"], made["bank_account"]["branch_code"]) == ("0001", "123")


async def test_details_are_edited_without_a_new_verification_and_a_bank_account_with_one(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    made = api.recipient()["id"]
    here = f"{HERE}/{made}"
    page = admin.get(f"{here}/edit").text

    admin.post(f"{here}/edit", **same())
    before = await told(runtime, api, "recipients")
    rows = {"name-0": "team", "value-0": "blue"}
    admin.post(f"{here}/edit", **same(name="Somchai P.", email="new@example.com", tax_id="99", **rows))
    described = stand(api, made)
    admin.post(f"{here}/edit", **same(name="Somchai P.", account_number="9876543210"))
    told_so = words(admin.get(here).text)
    moved = stand(api, made)

    assert 'value="Somchai"' in page
    assert "1234567890" not in page
    assert before == []
    assert (described["name"], described["email"]) == ("Somchai P.", "new@example.com")
    assert (described["verified"], described["metadata"]) == (True, {"team": "blue"})
    assert (moved["verified"], moved["active"]) == (False, False)
    assert moved["bank_account"]["last_digits"] == "3210"
    assert moved["email"] == "new@example.com"
    assert "it has to be verified before money goes to it" in told_so
    facts = [facts for _, facts in await told(runtime, api, "recipients")]
    assert [each.get("bank_account") for each in facts] == [None, ["…7890", "…3210"]]
    assert facts[0]["changed"] == "name, email, tax_id, metadata"
    assert "example.com" not in str(facts)


async def test_a_recipient_is_verified_once_in_test_mode(admin: Visitor, api: Api, runtime: Runtime) -> None:
    made = api.recipient(verified=False)["id"]
    offered = admin.get(f"{HERE}/{made}").text

    for _ in range(2):
        assert admin.post(f"{HERE}/{made}/verify").status_code == 303

    assert "Mark as verified" in offered
    assert "Mark as verified" not in admin.get(f"{HERE}/{made}").text
    assert stand(api, made)["verified"] is True
    assert await told(runtime, api, "recipients") == [("recipients.verify", {})]


def mark_of(visitor: Visitor, page: str) -> str:
    """What the form of a recipient tells of the bank account that is shown."""
    found = re.search('name="seen" value="([0-9a-f]+)"', visitor.get(page).text)
    assert found
    return found[1]


async def test_in_live_mode_an_approver_answers_for_the_bank_account_that_was_shown(
    admin: Visitor, new_visitor: Any, new_user: NewUser, api: Api, runtime: Runtime
) -> None:
    live = api.live_keys.secret
    await access.set_options(runtime, api.account_id, {"auto_activate_recipients": "false"})
    admin.post("/console/mode", mode="live")
    admin.post(HERE, form=form_of(admin, f"{HERE}/new"), **GIVEN)
    [made] = added(api, key=live)
    page = f"{HERE}/{made['id']}"
    operator, approver = new_visitor(), new_visitor()
    for visitor, role in ((operator, Role.OPERATOR), (approver, Role.APPROVER)):
        visitor.sign_in(await new_user(role))
        visitor.post("/console/mode", mode="live")

    hint = operator.get(page).text
    seen = mark_of(approver, page)
    api.patch(f"/recipients/{made['id']}", {"bank_account": {"number": "5550007890"}}, key=live)
    refused = [
        operator.post(f"{page}/vouch", ending="7890", seen=seen).status_code,
        approver.post(f"{page}/verify").status_code,
        approver.post(f"{page}/vouch", ending="7891", seen=mark_of(approver, page)).status_code,
        approver.post(f"{page}/vouch", ending="7890", seen="").status_code,
    ]
    changed = approver.post(f"{page}/vouch", ending="7890", seen=seen)
    before = api.get(f"/recipients/{made['id']}", key=live)
    answer = approver.post(f"{page}/vouch", ending="7890", seen=mark_of(approver, page))
    after = api.get(f"/recipients/{made['id']}", key=live)

    assert "An approver marks it as verified" in words(hint)
    assert "Mark as verified" not in hint
    assert refused == [403, 400, 400, 400]
    assert "The bank account was changed meanwhile" in words(changed.text)
    assert answer.status_code == 303
    assert (before["verified"], before["active"]) == (False, False)
    assert (after["verified"], after["active"]) == (True, True)
    assert "Mark as verified" not in approver.get(page).text
    assert added(api) == []
    assert api.refused("PATCH", f"/recipients/{made['id']}/verify", status=404, key=live)


async def test_a_deleted_recipient_stays_to_be_looked_at_and_nothing_is_done_with_it(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    made = api.recipient()["id"]
    transfer = {"recipient": made, "amount": 50_000}
    body = {"every": 1, "period": "month", "on": {"days_of_month": [28]}, "transfer": transfer}
    schedule = api.post("/schedules", body)["id"]
    here = f"{HERE}/{made}"
    form = form_of(admin, here)

    for _ in range(2):
        assert admin.post(f"{here}/delete").status_code == 303
    page = admin.get(here).text
    refused = [
        admin.get(f"{here}/edit").status_code,
        admin.post(f"{here}/edit", **same(name="Other")).status_code,
        admin.post(f"{here}/verify").status_code,
        admin.post(f"{here}/transfers", form=form, amount="500").status_code,
    ]

    assert stand(api, made)["deleted"] is True
    assert api.get(f"/schedules/{schedule}")["status"] == "suspended"
    assert "What can be done" not in page
    assert refused == [404] * 4
    assert api.get("/transfers")["total"] == 0
    assert await told(runtime, api, "recipients") == [("recipients.delete", {})]


def test_the_default_recipient_is_not_deleted(admin: Visitor, api: Api) -> None:
    [made] = [each["id"] for each in api.get("/recipients")["data"] if each["default"]]

    page = admin.get(f"{HERE}/{made}").text
    answer = admin.post(f"{HERE}/{made}/delete")

    assert "Delete for good" not in page
    assert answer.status_code == 400
    assert "The default recipient cannot be destroyed" in words(answer.text)
    assert stand(api, made)["deleted"] is False


async def test_viewers_see_no_forms_and_operators_make_and_change(
    new_visitor: Any, new_user: NewUser, api: Api
) -> None:
    made = api.recipient()["id"]
    before = stand(api, made)
    viewer, operator = new_visitor(), new_visitor()
    viewer.sign_in(await new_user(Role.VIEWER))
    operator.sign_in(await new_user(Role.OPERATOR))

    pages = viewer.get(f"{HERE}/{made}").text + viewer.get(HERE).text
    refused = [viewer.get(f"{HERE}/{each}").status_code for each in ("new", f"{made}/edit")]
    refused += [viewer.post(HERE, form="0" * 32, **GIVEN).status_code]
    refused += [viewer.post(f"{HERE}/{made}/{each}", form="0" * 32).status_code for each in ACTIONS]

    assert "What can be done" not in pages
    assert "New recipient" not in pages
    assert refused == [403] * 8
    assert stand(api, made) == before
    assert operator.post(f"{HERE}/{made}/edit", **same(name="Other")).status_code == 303


@pytest.mark.parametrize("action", ACTIONS)
def test_forms_of_other_sites_other_accounts_and_the_other_mode_change_nothing(
    admin: Visitor, api: Api, other_api: Api, action: str
) -> None:
    made, foreign = api.recipient(verified=False)["id"], other_api.recipient(verified=False)["id"]
    before = stand(api, made), stand(other_api, foreign)
    given = same(name="Other", form="0" * 32, amount="500")

    assert admin.post(f"{HERE}/{made}/{action}", csrf="0" * 64, **given).status_code == 403
    assert admin.post(f"{HERE}/{foreign}/{action}", **given).status_code == 404
    admin.post("/console/mode", mode="live")
    assert admin.post(f"{HERE}/{made}/{action}", **given).status_code in (400, 404)
    assert (stand(api, made), stand(other_api, foreign)) == before
    assert api.get("/transfers")["total"] == other_api.get("/transfers")["total"] == 0
