"""Transfers made, changed, marked and deleted in the console: by whom, and once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conftest import Api
from console.conftest import NewUser, Visitor
from console.test_charge_actions import form_of, told
from console.test_webhooks import words
from duerun.domain.console_users import Role
from duerun.services.unit import Runtime

HERE = "/console/transfers"
RECIPIENTS = "/console/recipients"
ACTIONS = ("edit", "delete", "mark_as_sent", "mark_as_paid")


def earn(api: Api) -> int:
    """Let the account have something to transfer; how much."""
    api.post("/charges", {"amount": 1_000_000, "currency": "thb", "card": api.token()})
    api.advance(days=10)
    return int(api.get("/balance")["transferable"])


def made(api: Api, amount: int = 50_000) -> str:
    return str(api.post("/transfers", {"recipient": api.recipient()["id"], "amount": amount})["id"])


def stand(api: Api, transfer: str) -> Any:
    return api.get(f"/transfers/{transfer}")


async def test_a_transfer_is_made_once_however_often_its_form_is_sent(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    recipient = api.recipient()["id"]
    here = f"{RECIPIENTS}/{recipient}"
    form, csrf = form_of(admin, here), admin.csrf()

    def click(_: int) -> str:
        answer = admin.post(f"{here}/transfers", csrf=csrf, form=form, amount="1,234.50")
        return str(answer.headers.get("location"))

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(click, range(4)))
    later = admin.post(f"{here}/transfers", form=form, amount="1,234.50")
    page = words(admin.get(later.headers["location"]).text)
    other = admin.post(f"{here}/transfers", form=form, amount="50")
    [transfer] = api.get("/transfers")["data"]

    assert answers == {f"{HERE}/{transfer['id']}"}
    assert (transfer["amount"], transfer["recipient"], transfer["sent"]) == (123_450, recipient, False)
    assert "no second one" in page
    assert other.status_code == 400
    assert await told(runtime, api, "payments") == [
        ("payments.transfer", {"amount": 123_450, "currency": "THB", "recipient": recipient})
    ]


def test_the_whole_balance_is_transferred(admin: Visitor, api: Api) -> None:
    transferable = earn(api)
    here = f"{RECIPIENTS}/{api.recipient()['id']}"

    page = words(admin.get(here).text)
    answer = admin.post(f"{here}/transfers", form=form_of(admin, here), amount="", all="yes")
    [transfer] = api.get("/transfers")["data"]

    assert f"Transferable now: {transferable / 100:,.2f} THB" in page
    assert answer.status_code == 303
    assert transfer["amount"] == transferable


def test_a_transfer_fails_at_once_where_that_is_asked_for(admin: Visitor, api: Api) -> None:
    here = f"{RECIPIENTS}/{api.recipient()['id']}"

    answer = admin.post(f"{here}/transfers", form=form_of(admin, here), amount="500", fail_fast="yes")
    [transfer] = api.get("/transfers")["data"]

    assert "The transfer failed at once" in words(admin.get(answer.headers["location"]).text)
    assert transfer["failure_code"] == "insufficient_balance"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"amount": ""}, "Either an amount or the whole balance must be chosen"),
        ({"amount": "500", "all": "yes"}, "Either an amount or the whole balance must be chosen"),
        ({"amount": "", "all": "yes"}, "Amount must be greater than or equal to 30.00 THB"),
        ({"amount": "29.99"}, "Amount must be greater than or equal to 30.00 THB"),
        ({"amount": "99,999,999,999"}, "Amount must be less than or equal to 50,000,000.00 THB"),
        ({"amount": "-5"}, "Amount must be an amount such as 1,234.50"),
        ({"amount": "9" * 400}, "Amount must be an amount such as 1,234.50"),
        ({"amount": "500", "form": "0"}, "This form is out of date"),
    ],
)
def test_a_transfer_that_cannot_be_is_not_made(
    admin: Visitor, api: Api, given: dict[str, str], message: str
) -> None:
    here = f"{RECIPIENTS}/{api.recipient()['id']}"

    answer = admin.post(f"{here}/transfers", **{"form": form_of(admin, here)} | given)

    assert answer.status_code == 400
    assert message in words(answer.text)
    assert api.get("/transfers")["total"] == 0


async def test_a_transfer_that_waits_is_changed_sent_and_paid(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    earn(api)
    transfer = made(api)
    here = f"{HERE}/{transfer}"
    page = admin.get(here).text

    admin.post(f"{here}/edit", amount="500")
    unchanged = await told(runtime, api, "payments")
    admin.post(f"{here}/edit", amount="600", **{"name-0": "order", "value-0": "17"})
    changed = stand(api, transfer)
    for _ in range(2):
        admin.post(f"{here}/mark_as_sent")
    sent = stand(api, transfer)
    late = [admin.post(f"{here}/{each}", amount="700").status_code for each in ("edit", "delete")]
    for _ in range(2):
        admin.post(f"{here}/mark_as_paid")

    assert 'value="500.00"' in page
    assert unchanged == []
    assert (changed["amount"], changed["metadata"]) == (60_000, {"order": "17"})
    assert (sent["sent"], sent["paid"]) == (True, False)
    assert late == [400, 400]
    assert stand(api, transfer)["paid"] is True
    assert "What can be done" not in admin.get(here).text
    assert await told(runtime, api, "payments") == [
        ("payments.change_transfer", {"changed": "amount_minor, metadata", "amount": [50_000, 60_000]}),
        ("payments.mark_as_sent", {}),
        ("payments.mark_as_paid", {}),
    ]


def test_paid_at_once_it_is_sent_first(admin: Visitor, api: Api) -> None:
    before = earn(api)
    transfer = made(api)

    admin.post(f"{HERE}/{transfer}/mark_as_paid")

    found = stand(api, transfer)
    assert (found["sent"], found["paid"]) == (True, True)
    assert api.get("/balance")["transferable"] == before - 50_000


async def test_a_transfer_that_waits_is_deleted_once(admin: Visitor, api: Api, runtime: Runtime) -> None:
    earn(api)
    transfer = made(api)
    here = f"{HERE}/{transfer}"

    for _ in range(2):
        assert admin.post(f"{here}/delete").status_code == 303
    page = admin.get(here).text
    refused = [
        admin.post(f"{here}/edit", amount="700").status_code,
        admin.post(f"{here}/mark_as_sent").status_code,
        admin.post(f"{here}/mark_as_paid").status_code,
    ]

    assert stand(api, transfer)["deleted"] is True
    assert "Deleted" in words(page)
    assert "What can be done" not in page
    assert refused == [404] * 3
    assert await told(runtime, api, "payments") == [("payments.delete_transfer", {})]


def test_without_balance_it_is_not_sent_and_that_is_told(admin: Visitor, api: Api) -> None:
    transfer = made(api)

    page = admin.get(f"{HERE}/{transfer}").text
    answer = admin.post(f"{HERE}/{transfer}/mark_as_sent")

    assert "It cannot be sent now" in page
    assert "/mark_as_sent" not in page
    assert answer.status_code == 400
    assert "Transfer is not sendable" in words(answer.text)
    assert stand(api, transfer)["sent"] is False


@pytest.mark.parametrize(
    ("action", "given", "message"),
    [
        ("edit", {"amount": ""}, "Amount must be filled in"),
        ("edit", {"amount": "1"}, "Amount must be greater than or equal to 30.00 THB"),
        ("edit", {"amount": "x"}, "Amount must be an amount such as 1,234.50"),
        ("edit", {"amount": "500", "name-0": "", "value-0": "v"}, "Metadata row 1 has a value"),
        ("explode", {}, "There is no such operation"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(
    admin: Visitor, api: Api, action: str, given: dict[str, str], message: str
) -> None:
    transfer = made(api)
    before = stand(api, transfer)

    answer = admin.post(f"{HERE}/{transfer}/{action}", **given)

    assert answer.status_code == 400
    assert message in words(answer.text)
    assert stand(api, transfer) == before


def test_in_live_mode_nothing_is_marked(admin: Visitor, api: Api) -> None:
    key = api.live_keys.secret
    bank = {"brand": "bbl", "number": "1234567890", "name": "SOMCHAI PRASERT"}
    body = {"name": "Somchai", "type": "individual", "bank_account": bank}
    recipient = api.post("/recipients", body, key=key)["id"]
    transfer = api.post("/transfers", {"recipient": recipient, "amount": 50_000}, key=key)["id"]
    admin.post("/console/mode", mode="live")

    page = admin.get(f"{HERE}/{transfer}").text
    refused = [admin.post(f"{HERE}/{transfer}/{each}").status_code for each in ACTIONS[2:]]

    assert "Mark as" not in page
    assert refused == [400, 400]
    assert api.get(f"/transfers/{transfer}", key=key)["sent"] is False


async def test_viewers_see_no_buttons_and_operators_move_money(
    new_visitor: Any, new_user: NewUser, api: Api
) -> None:
    earn(api)
    transfer = made(api)
    before = stand(api, transfer)
    viewer, operator = new_visitor(), new_visitor()
    viewer.sign_in(await new_user(Role.VIEWER))
    operator.sign_in(await new_user(Role.OPERATOR))

    page = viewer.get(f"{HERE}/{transfer}").text
    refused = [viewer.post(f"{HERE}/{transfer}/{each}", amount="700").status_code for each in ACTIONS]

    assert "What can be done" not in page
    assert refused == [403] * 4
    assert stand(api, transfer) == before
    assert operator.post(f"{HERE}/{transfer}/mark_as_sent").status_code == 303


@pytest.mark.parametrize("action", ACTIONS)
def test_forms_of_other_sites_other_accounts_and_the_other_mode_change_nothing(
    admin: Visitor, api: Api, other_api: Api, action: str
) -> None:
    transfer, foreign = made(api), made(other_api)
    before = stand(api, transfer), stand(other_api, foreign)

    assert admin.post(f"{HERE}/{transfer}/{action}", csrf="0" * 64, amount="700").status_code == 403
    assert admin.post(f"{HERE}/{foreign}/{action}", amount="700").status_code == 404
    assert admin.post(f"{HERE}/trsf_test_nothing/{action}", amount="700").status_code == 404
    admin.post("/console/mode", mode="live")
    assert admin.post(f"{HERE}/{transfer}/{action}", amount="700").status_code in (400, 404)
    assert (stand(api, transfer), stand(other_api, foreign)) == before
