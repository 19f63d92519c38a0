"""What is done with charges in the console: captured, given up, refunded, described; by whom, and once."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conftest import Api
from console.conftest import NewUser, Visitor
from console.test_webhooks import words
from duerun.domain.console_users import Role
from duerun.services import audit_log
from duerun.services.audit_log import Asked
from duerun.services.unit import Runtime

HERE = "/console/charges"
FORM = re.compile(r'name="form" value="([0-9a-f]{32})"')
ACTIONS = ("capture", "reverse", "expire", "mark_as_paid", "mark_as_failed", "refund", "edit")


def charged(api: Api, **given: Any) -> str:
    """A charge of 1,000.00 THB."""
    body = {"amount": 100_000, "currency": "thb", "card": api.token(), "description": "Gold membership"}
    return str(api.post("/charges", body | given)["id"])


def authorised(api: Api, **given: Any) -> str:
    return charged(api, capture=False, **given)


def stand(api: Api, made: str) -> dict[str, Any]:
    """How a charge is, but for the moment at which its list of refunds was asked."""
    return {name: value for name, value in api.get(f"/charges/{made}").items() if name != "refunds"}


def refunds(api: Api, made: str) -> list[int]:
    return [each["amount"] for each in api.get(f"/charges/{made}/refunds")["data"]]


def form_of(visitor: Visitor, path: str) -> str:
    """The value by which the forms of a page take effect once."""
    found = FORM.search(visitor.get(path).text)
    assert found, f"{path} has no such form"
    return found[1]


async def told(runtime: Runtime, api: Api, area: str) -> list[tuple[str, dict[str, Any]]]:
    """What the audit log tells, the oldest first."""
    asked = Asked(account_id=api.account_id, area=area)
    lines = await audit_log.list_lines(runtime, asked, rows_max=50)
    return [(each.entry.action, each.entry.facts) for each in lines[::-1]]


async def test_an_authorisation_is_captured_in_part_or_as_a_whole(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    less, whole = authorised(api, authorization_type="pre_auth"), authorised(api)
    page = admin.get(f"{HERE}/{less}").text

    answers = [
        admin.post(f"{HERE}/{less}/capture", capture_amount="750.50"),
        admin.post(f"{HERE}/{whole}/capture"),
    ]
    after = words(admin.get(f"{HERE}/{whole}").text)

    assert 'value="1000.00"' in page
    assert "Amount to capture in THB" in page
    assert [each.status_code for each in answers] == [303, 303]
    assert "1,000.00 THB is captured" in after
    assert [api.get(f"/charges/{each}")["captured_amount"] for each in (less, whole)] == [75_050, 100_000]
    assert await told(runtime, api, "payments") == [
        ("payments.capture", {"amount": 75_050, "currency": "THB"}),
        ("payments.capture", {"amount": 100_000, "currency": "THB"}),
    ]


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ("reverse", "reversed"),
        ("expire", "expired"),
        ("mark_as_paid", "successful"),
        ("mark_as_failed", "failed"),
    ],
)
def test_an_authorisation_is_ended_once(admin: Visitor, api: Api, operation: str, status: str) -> None:
    made = authorised(api)

    first = admin.post(f"{HERE}/{made}/{operation}")
    ended = stand(api, made)
    again = admin.post(f"{HERE}/{made}/{operation}")

    assert (first.status_code, ended["status"]) == (303, status)
    assert again.status_code == 400
    assert "Nothing was changed" in again.text
    assert stand(api, made) == ended


async def test_money_is_given_back_in_parts_until_nothing_is_left(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    made = charged(api)
    here = f"{HERE}/{made}"

    admin.post(f"{here}/refund", form=form_of(admin, here), amount="250.50")
    part = words(admin.get(here).text)
    admin.post(f"{here}/refund", form=form_of(admin, here), amount="")
    page = admin.get(here).text

    assert "250.50 THB is given back" in part
    assert sorted(refunds(api, made)) == [25_050, 74_950]
    assert "Refund for good" not in page
    assert [(action, facts["amount"]) for action, facts in await told(runtime, api, "payments")] == [
        ("payments.refund", 25_050),
        ("payments.refund", 74_950),
    ]


def test_the_same_form_gives_money_back_once(admin: Visitor, api: Api) -> None:
    made = charged(api)
    here = f"{HERE}/{made}"
    form, csrf = form_of(admin, here), admin.csrf()

    def click(_: int) -> int:
        return admin.post(f"{here}/refund", csrf=csrf, form=form, amount="100").status_code

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(click, range(3)))
    admin.post(f"{here}/refund", form=form, amount="100")
    after = words(admin.get(here).text)
    other = admin.post(f"{here}/refund", form=form, amount="200")

    assert answers == [303] * 3
    assert "100.00 THB was given back by the first click" in after
    assert other.status_code == 400
    assert "already sent with other values" in other.text
    assert refunds(api, made) == [10_000]


def test_a_refund_that_was_refused_may_be_mended_in_the_same_form(admin: Visitor, api: Api) -> None:
    made = charged(api)
    here = f"{HERE}/{made}"
    form = form_of(admin, here)

    refused = admin.post(f"{here}/refund", form=form, amount="1000.01")
    mended = admin.post(f"{here}/refund", form=form, amount="1000")

    assert (refused.status_code, mended.status_code) == (400, 303)
    assert "greater than the refundable amount" in refused.text
    assert refunds(api, made) == [100_000]


async def test_description_and_metadata_are_edited(admin: Visitor, api: Api, runtime: Runtime) -> None:
    made = charged(api, metadata={"note": "two\nlines", "plan": "gold"})
    here = f"{HERE}/{made}"
    page = admin.get(here).text
    rows = {"name-0": "note", "value-0": "twolines", "name-1": "plan", "value-1": "silver", "name-2": "<b>"}
    unchanged = {"name-0": "note", "value-0": "twolines", "name-1": "plan", "value-1": "gold"}

    admin.post(f"{here}/edit", description="Gold membership", **unchanged)
    before = await told(runtime, api, "payments")
    answer = admin.post(f"{here}/edit", description="<b>Silver</b>", **rows)
    found = api.get(f"/charges/{made}")

    assert 'value="gold"' in page
    assert before == []
    assert answer.status_code == 303
    assert found["description"] == "<b>Silver</b>"
    assert found["metadata"] == {"note": "two\nlines", "plan": "silver", "<b>": ""}
    assert "<b>Silver" not in admin.get(here).text
    assert await told(runtime, api, "payments") == [
        ("payments.describe_charge", {"changed": "description, metadata"})
    ]


def test_only_what_the_state_allows_is_offered(admin: Visitor, api: Api) -> None:
    pages = {
        "paid": admin.get(f"{HERE}/{charged(api)}").text,
        "authorised": admin.get(f"{HERE}/{authorised(api)}").text,
        "failed": admin.get(f"{HERE}/{charged(api, card=api.token('4111111111140011'))}").text,
    }

    offered = {name: {each for each in ACTIONS if f'/{each}#answer"' in page} for name, page in pages.items()}

    assert offered == {
        "paid": {"refund", "edit"},
        "authorised": set(ACTIONS) - {"refund"},
        "failed": {"edit"},
    }
    assert "Amount to capture" not in pages["authorised"]


def test_an_authorisation_that_has_lapsed_is_not_captured(admin: Visitor, api: Api) -> None:
    made = authorised(api)
    api.advance(days=8)

    answer = admin.post(f"{HERE}/{made}/capture")

    assert answer.status_code == 400
    assert "charge expired" in words(answer.text).lower()
    assert f"{made}/capture" not in admin.get(f"{HERE}/{made}").text


@pytest.mark.parametrize(
    ("action", "given", "message"),
    [
        ("capture", {"capture_amount": "1000.01"}, "Capture amount must be between 0.01 and 1,000.00 THB"),
        ("capture", {"capture_amount": "0"}, "Capture amount must be between 0.01 and 1,000.00 THB"),
        ("capture", {"capture_amount": "-5"}, "Capture amount must be an amount such as 1,234.50"),
        ("capture", {"capture_amount": "1.005"}, "Capture amount must be an amount such as 1,234.50"),
        ("capture", {"capture_amount": "9" * 400}, "Capture amount must be an amount such as 1,234.50"),
        ("refund", {"amount": "5"}, "Charge was not captured"),
        ("refund", {"amount": "5", "form": "0" * 31}, "This form is out of date"),
        ("refund", {"amount": "5", "form": ""}, "This form is out of date"),
        ("edit", {"description": "x" * 4_097}, "Description must have at most 4096 characters"),
        ("edit", {"description": "4242 4242 4242 4242"}, "Description must not contain a card number"),
        ("edit", {"name-0": "", "value-0": "v"}, "Metadata row 1 has a value and needs a name"),
        ("edit", {"name-0": "a", "name-1": "a"}, "Metadata row 2 has a name that stands in a row above"),
        ("edit", {"name-0": "a", "value-0": "4242424242424242"}, "Metadata must not contain a card number"),
        ("edit", {"name-0": "a", "value-0": "x" * 15_400}, "Metadata is larger than 15360 bytes"),
        ("explode", {}, "There is no such operation"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(
    admin: Visitor, api: Api, action: str, given: dict[str, str], message: str
) -> None:
    made = authorised(api, authorization_type="pre_auth")
    before = stand(api, made)

    answer = admin.post(f"{HERE}/{made}/{action}", **{"form": "0" * 32} | given)

    assert answer.status_code == 400
    assert message in words(answer.text)
    assert "Nothing was changed" in answer.text
    assert stand(api, made) == before


async def test_viewers_see_no_buttons_and_operators_move_money(
    new_visitor: Any, new_user: NewUser, api: Api
) -> None:
    made = authorised(api)
    before = stand(api, made)
    viewer, operator = new_visitor(), new_visitor()
    viewer.sign_in(await new_user(Role.VIEWER))
    operator.sign_in(await new_user(Role.OPERATOR))

    page = viewer.get(f"{HERE}/{made}").text
    refused = [viewer.post(f"{HERE}/{made}/{each}", form="0" * 32).status_code for each in ACTIONS]

    assert "What can be done" not in page
    assert refused == [403] * len(ACTIONS)
    assert stand(api, made) == before
    assert operator.post(f"{HERE}/{made}/capture").status_code == 303


@pytest.mark.parametrize("action", ACTIONS)
def test_forms_of_other_sites_other_accounts_and_the_other_mode_change_nothing(
    admin: Visitor, api: Api, other_api: Api, action: str
) -> None:
    made, foreign = authorised(api), authorised(other_api)
    before = stand(api, made), stand(other_api, foreign)
    given = {"form": "0" * 32, "description": "Silver"}

    assert admin.post(f"{HERE}/{made}/{action}", csrf="0" * 64, **given).status_code == 403
    assert admin.post(f"{HERE}/{foreign}/{action}", **given).status_code == 404
    assert admin.post(f"{HERE}/chrg_test_nothing/{action}", **given).status_code == 404
    admin.post("/console/mode", mode="live")
    assert admin.post(f"{HERE}/{made}/{action}", **given).status_code == 404
    assert (stand(api, made), stand(other_api, foreign)) == before
