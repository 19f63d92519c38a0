"""Settings in the console: changed by admins, refused with what was kept, tried out on past failures."""

from datetime import date, timedelta
from typing import Any

import pytest

from conftest import Api
from console.browsing import FAILING_CARD
from console.conftest import NewUser, Visitor
from console.test_webhooks import words
from duerun.domain.accounts import Account
from duerun.domain.console_users import Role
from duerun.services import audit_log
from duerun.services.audit_log import Asked, Line
from duerun.services.unit import Runtime
from duerun.storage import accounts

HERE = "/console/settings"
FAILS_TWICE = "4111111111160092"
RULES = {
    "waits-0": "1, 1",
    "way-0": "days",
    "code-1": "insufficient_fund",
    "waits-1": "2, 5",
    "way-1": "business",
    "code-2": "stolen_or_lost_card",
    "waits-2": "",
    "way-2": "stop",
    "code-3": "",
    "waits-3": "",
    "way-3": "days",
}
TABLE = "*: 1, 1; insufficient_fund: 2, 5 business; stolen_or_lost_card: stop"
FORMS: dict[str, dict[str, str]] = {
    "retries": RULES,
    "retries/test": RULES | {"days": "30"},
    "retries/server": {},
    "transfers": {"days": "2", "way": "days", "suspend_after": "5"},
    "time": {"timezone": "Asia/Tokyo", "charge_run_time": "09:15", "transfer_run_time": "07:00"},
    "missed": {"catch_up_charges": "all", "catch_up_transfers": "latest", "catch_up_max": "3"},
    "approval": {"bulk_approval_rows": "100", "bulk_approval_amount": "1,234.50"},
}


async def account_of(runtime: Runtime, api: Api) -> Account:
    async with runtime.database.connection() as connection:
        found = await accounts.fetch(connection, api.account_id, livemode=False)
    assert found is not None
    return found


async def lines_of(runtime: Runtime, api: Api) -> list[Line]:
    return await audit_log.list_lines(
        runtime, Asked(account_id=api.account_id, area="settings"), rows_max=100
    )


def monthly(api: Api, card: str) -> Any:
    charge = {"customer": api.customer(card)["id"], "amount": 99_900}
    return api.post(
        "/schedules", {"every": 1, "period": "month", "on": {"days_of_month": [1]}, "charge": charge}
    )


def fail_once(api: Api, *cards: str) -> date:
    """Schedules whose first date passes with all its retries and whose second one is to come; that first date."""
    made = [monthly(api, card) for card in cards]
    first = date.fromisoformat(api.get(f"/schedules/{made[0]['id']}")["next_occurrences_on"][0])
    api.advance(to=f"{first + timedelta(days=6)}T00:00:00Z")
    return first


async def test_each_form_sets_what_it_shows_and_tells_the_audit_log(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    for name, form in FORMS.items():
        if name not in ("retries/test", "retries/server"):
            assert admin.post(f"{HERE}/{name}", **form).status_code == 303
    account = await account_of(runtime, api)
    page = admin.get(HERE).text
    lines = await lines_of(runtime, api)

    assert str(account.retry_charges) == TABLE
    assert (str(account.retry_transfers), account.transfer_suspend_after) == ("2", 5)
    assert (account.timezone, f"{account.charge_run_time}") == ("Asia/Tokyo", "09:15:00")
    assert (account.catch_up_charges, account.catch_up_max) == ("all", 3)
    assert (account.bulk_approval_rows, account.bulk_approval_amount) == (100, 123_450)
    assert 'value="2, 5"' in page
    assert 'value="1234.50"' in page
    assert "This account has rules of its own" in page
    assert len(lines) == 5
    assert lines[-1].entry.facts == {"retry_charges": ["server", TABLE]}
    assert all(line.entry.actor.startswith("user-") for line in lines)


async def test_the_servers_rules_count_again(admin: Visitor, api: Api, runtime: Runtime) -> None:
    admin.post(f"{HERE}/retries", **RULES)

    assert admin.post(f"{HERE}/retries/server").status_code == 303
    assert (await account_of(runtime, api)).retry_charges is None
    assert "The server's rules count" in admin.get(HERE).text.replace("&#39;", "'")


async def test_a_second_click_changes_nothing_more(admin: Visitor, api: Api, runtime: Runtime) -> None:
    for _ in range(2):
        assert admin.post(f"{HERE}/missed", **FORMS["missed"]).status_code == 303

    assert len(await lines_of(runtime, api)) == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.APPROVER], ids=str)
async def test_others_read_and_change_nothing(
    visitor: Visitor, new_user: NewUser, api: Api, runtime: Runtime, role: Role
) -> None:
    visitor.sign_in(await new_user(role))
    before = await account_of(runtime, api)

    page = visitor.get(HERE)
    refused = {visitor.post(f"{HERE}/{name}", **form).status_code for name, form in FORMS.items()}

    assert page.status_code == 200
    assert "Admins can change them" in page.text
    assert '<button class="primary">Save' not in page.text
    assert refused == {403}
    assert await account_of(runtime, api) == before


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_of_another_site_changes_nothing(
    admin: Visitor, api: Api, runtime: Runtime, name: str
) -> None:
    before = await account_of(runtime, api)

    assert admin.post(f"{HERE}/{name}", csrf="0" * 64, **FORMS[name]).status_code == 403
    assert await account_of(runtime, api) == before


@pytest.mark.parametrize(
    ("name", "field", "value", "told"),
    [
        ("time", "timezone", "Asia/Nowhere", "timezone must be a time zone"),
        ("time", "timezone", "../../etc/passwd", "timezone must be a time zone"),
        ("time", "charge_run_time", "25:00", "charge_run_time must be a time"),
        ("time", "charge_run_time", "", "charge run time must be filled in"),
        ("missed", "catch_up_max", "9" * 5_000, "catch_up_max must be a number"),
        ("missed", "catch_up_charges", "never", "catch_up_charges must be"),
        ("transfers", "days", "0", "retry_transfers must be"),
        ("transfers", "days", "9" * 400, "retry_transfers must be"),
        ("transfers", "way", "stop", "way must be days or business"),
        ("transfers", "suspend_after", "-1", "transfer_suspend_after must be"),
        ("approval", "bulk_approval_rows", "1e9", "bulk_approval_rows must be"),
        ("approval", "bulk_approval_amount", "12,34.5", "bulk approval amount must be an amount"),
        ("approval", "bulk_approval_amount", "9" * 16, "bulk approval amount is too large"),
        ("retries/test", "days", "31", "days must be one of 30, 90, 180, 365"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_rule_and_nothing_is_changed(
    admin: Visitor, api: Api, runtime: Runtime, name: str, field: str, value: str, told: str
) -> None:
    before = await account_of(runtime, api)

    answer = admin.post(f"{HERE}/{name}", **FORMS[name] | {field: value})

    assert answer.status_code == 400
    assert told.lower() in words(answer.text).lower()
    assert "Nothing was changed" in answer.text
    assert await account_of(runtime, api) == before


@pytest.mark.parametrize("target", ["retries", "retries/test"])
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("waits-0", "0", "row 1 needs days"),
        ("waits-0", "", "row 1 needs days"),
        ("waits-1", ", ".join("1" * 11), "row 2 needs days"),
        ("waits-1", "9" * 4_000, "row 2 needs days"),
        ("way-1", "weeks", "row 2 must say"),
        ("code-1", "No Code", "row 2 needs a failure code"),
        ("code-1", "a; *: 60", "row 2 needs a failure code"),
        ("code-1", "", "row 2 needs a failure code"),
        ("code-1", "*", "row 2 has a failure code"),
        ("code-2", "insufficient_fund", "row 3 has a failure code"),
    ],
)
async def test_a_row_that_cannot_be_is_named_and_what_was_typed_stays_in_the_form(
    admin: Visitor, api: Api, runtime: Runtime, target: str, field: str, value: str, told: str
) -> None:
    answer = admin.post(f"{HERE}/{target}", **RULES | {"days": "30", field: value})

    assert answer.status_code == 400
    assert told in words(answer.text).lower()
    assert "Nothing was saved" in answer.text
    assert (await account_of(runtime, api)).retry_charges is None
    assert 'value="2, 5"' in answer.text or field == "waits-1"


def test_a_nul_is_refused(admin: Visitor) -> None:
    assert admin.post(f"{HERE}/retries", **RULES | {"code-1": "a\0b"}).status_code == 400
    assert admin.post(f"{HERE}/time", **FORMS["time"] | {"timezone": "Asia\0"}).status_code == 400


async def test_rules_are_tried_out_on_past_failures_and_not_kept(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    fail_once(api, FAILING_CARD, FAILS_TWICE, "4242424242424242")
    proposal = {"waits-0": "1, 1", "way-0": "days", "code-1": "insufficient_fund", "way-1": "stop"}

    page = words(admin.post(f"{HERE}/retries/test", **proposal, days="90").text)

    assert "Nothing is saved yet. 2 dates failed at the first try" in page
    assert "Retries in all, at most 4 4 " in page
    assert "insufficient_fund" in page
    assert (await account_of(runtime, api)).retry_charges is None
    assert await lines_of(runtime, api) == []


async def test_a_rule_that_was_set_here_decides_the_next_retry(admin: Visitor, api: Api) -> None:
    admin.post(f"{HERE}/retries", **{"waits-0": "3", "way-0": "days"})

    first = fail_once(api, FAILING_CARD)

    schedule = api.get("/schedules")["data"][0]["id"]
    found = api.get(f"/schedules/{schedule}/occurrences")["data"]
    assert [each["retry_on"] for each in found][:2] == [None, str(first + timedelta(days=3))]


def test_without_failures_the_page_says_what_to_do(admin: Visitor) -> None:
    page = words(admin.post(f"{HERE}/retries/test", **RULES, days="30").text)

    assert "Nothing to try them out on" in page


async def test_another_account_is_neither_seen_nor_changed(
    admin: Visitor, api: Api, other_api: Api, runtime: Runtime
) -> None:
    before = await account_of(runtime, other_api)
    fail_once(other_api, FAILING_CARD)

    page = words(admin.post(f"{HERE}/retries/test", **RULES, days="90").text)
    admin.post(f"{HERE}/retries", **RULES)

    assert "Nothing to try them out on" in page
    assert (await account_of(runtime, other_api)).retry_charges == before.retry_charges
    assert (await account_of(runtime, api)).retry_charges is not None


async def test_failures_of_the_other_mode_are_left_out(admin: Visitor, api: Api) -> None:
    fail_once(api, FAILING_CARD)
    admin.post("/console/mode", mode="live")

    assert "Nothing to try them out on" in words(admin.post(f"{HERE}/retries/test", **RULES, days="90").text)
