"""Schedules changed in the console: their terms, and single dates that are moved or paid at another amount."""

from datetime import date, timedelta
from typing import Any

import pytest

from conftest import Api
from console.conftest import NewUser, Visitor
from console.test_webhooks import words
from duerun.domain.console_users import Role
from duerun.services import audit_log
from duerun.services.audit_log import Asked
from duerun.services.unit import Runtime


def schedule(api: Api, **given: Any) -> str:
    charge = {"customer": api.customer()["id"], "amount": 99_900, "description": "Gold membership"}
    body = {"every": 1, "period": "month", "on": {"days_of_month": [28]}, "charge": charge}
    return str(api.post("/schedules", body | given)["id"])


def payout(api: Api, **terms: Any) -> str:
    transfer = {"recipient": api.recipient()["id"], **terms}
    body = {"every": 1, "period": "month", "on": {"days_of_month": [28]}, "transfer": transfer}
    return str(api.post("/schedules", body)["id"])


def dates(api: Api, made: str) -> list[str]:
    return [str(each) for each in api.get(f"/schedules/{made}")["next_occurrence_dates"]]


def stand(api: Api, made: str) -> Any:
    """How a schedule is, but for the moment at which that was asked."""
    return {name: value for name, value in api.get(f"/schedules/{made}").items() if name != "occurrences"}


def day_after(day: str, days: int = 1) -> str:
    return str(date.fromisoformat(day) + timedelta(days=days))


async def told(runtime: Runtime, api: Api) -> list[tuple[str, dict[str, Any]]]:
    """What the audit log tells of schedules, the oldest first."""
    asked = Asked(account_id=api.account_id, area="schedules")
    lines = await audit_log.list_lines(runtime, asked, rows_max=50)
    return [(each.entry.action, each.entry.facts) for each in lines[::-1]]


async def test_a_date_is_moved_paid_at_another_amount_and_put_back(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    made = schedule(api)
    day = dates(api, made)[2]
    here = f"/console/schedules/{made}/dates/{day}"
    form = admin.get(here)

    changed = admin.post(here, what="change", runs_on=day_after(day), amount="1,234.50")
    decided = api.get(f"/schedules/{made}/dates")["data"]
    page = words(admin.get(f"/console/schedules/{made}").text)
    admin.post(here, what="reset")

    assert form.status_code == 200
    assert 'value="999.00"' in form.text
    assert changed.status_code == 303
    assert [(each["moved_to"], each["amount"]) for each in decided] == [(day_after(day), 123_450)]
    assert f"moved from {day}" in page
    assert "1,234.50 THB" in page
    assert api.get(f"/schedules/{made}/dates")["data"] == []
    assert await told(runtime, api) == [
        (
            "schedules.change_date",
            {"date": day, "moved_to": [None, day_after(day)], "amount": [None, 123_450]},
        ),
        ("schedules.reset_date", {"date": day}),
    ]


async def test_a_form_that_changes_nothing_and_a_second_click_leave_no_trace(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    made = schedule(api)
    day = dates(api, made)[2]
    here = f"/console/schedules/{made}"

    admin.post(f"{here}/dates/{day}", what="change", runs_on=day, amount="999.00")
    admin.post(f"{here}/edit", amount="999", description="Gold membership", end_on="")
    for _ in range(2):
        admin.post(f"{here}/edit", amount="500", description="Gold membership", end_on="")

    assert api.get(f"/schedules/{made}/dates")["data"] == []
    assert await told(runtime, api) == [("schedules.change", {"amount": [99_900, 50_000]})]


def test_the_terms_of_a_charge_are_edited(admin: Visitor, api: Api) -> None:
    made = schedule(api)
    end = day_after(dates(api, made)[3])

    form = admin.get(f"/console/schedules/{made}/edit").text
    answer = admin.post(
        f"/console/schedules/{made}/edit", amount="1500", description="<b>Silver</b>", end_on=end
    )
    found = api.get(f"/schedules/{made}")

    assert 'value="999.00"' in form
    assert answer.status_code == 303
    assert found["charge"]["amount"] == 150_000
    assert found["charge"]["description"] == "<b>Silver</b>"
    assert found["end_on"] == end
    assert "&lt;b&gt;Silver&lt;/b&gt;" in admin.get(f"/console/schedules/{made}/edit").text


def test_a_transfer_is_changed_from_an_amount_to_a_share(admin: Visitor, api: Api) -> None:
    made = payout(api, amount=50_000)

    both = admin.post(f"/console/schedules/{made}/edit", amount="500", percentage="7.5", end_on="")
    neither = admin.post(f"/console/schedules/{made}/edit", amount="", percentage="", end_on="")
    share = admin.post(f"/console/schedules/{made}/edit", amount="", percentage="7.5", end_on="")

    assert (both.status_code, neither.status_code, share.status_code) == (400, 400, 303)
    found = api.get(f"/schedules/{made}")["transfer"]
    assert found["percentage_of_balance"] == 7.5
    assert "amount" not in found or found["amount"] is None


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("edit", {"amount": "0"}, 400),
        ("edit", {"amount": ""}, 400),
        ("edit", {"amount": "9" * 400}, 400),
        ("edit", {"amount": "999999999"}, 400),
        ("edit", {"amount": "-5"}, 400),
        ("edit", {"amount": "500\0"}, 400),
        ("edit", {"amount": "500", "description": "x" * 4_097}, 400),
        ("edit", {"amount": "500", "description": "4242 4242 4242 4242"}, 400),
        ("edit", {"amount": "500", "end_on": "soon"}, 400),
        ("edit", {"amount": "500", "end_on": "2000-01-01"}, 400),
        ("dates/{day}", {"what": "change", "runs_on": "", "amount": ""}, 400),
        ("dates/{day}", {"what": "change", "runs_on": "2000-01-01", "amount": ""}, 400),
        ("dates/{day}", {"what": "change", "runs_on": "9999-12-31", "amount": ""}, 400),
        ("dates/{day}", {"what": "change", "runs_on": "{day}", "amount": "0.01"}, 400),
        ("dates/{day}", {"what": "explode"}, 400),
        ("dates/2030-01-27", {"what": "change", "runs_on": "2030-01-28"}, 400),
        ("dates/0", {"what": "skip"}, 400),
    ],
)
async def test_what_cannot_be_changes_nothing(
    admin: Visitor, api: Api, runtime: Runtime, path: str, form: dict[str, str], status: int
) -> None:
    made = schedule(api)
    before, day = stand(api, made), dates(api, made)[2]
    given = {name: value.format(day=day) for name, value in form.items()}

    answer = admin.post(f"/console/schedules/{made}/{path.format(day=day)}", **given)

    assert answer.status_code == status
    assert "Nothing was changed" in answer.text
    assert stand(api, made) == before
    assert await told(runtime, api) == []


async def test_viewers_neither_see_the_forms_nor_send_them(
    visitor: Visitor, new_user: NewUser, api: Api
) -> None:
    made = schedule(api)
    before, day = stand(api, made), dates(api, made)[2]
    visitor.sign_in(await new_user(Role.VIEWER))

    refused = [
        visitor.get(f"/console/schedules/{made}/edit").status_code,
        visitor.get(f"/console/schedules/{made}/dates/{day}").status_code,
        visitor.post(f"/console/schedules/{made}/edit", amount="1").status_code,
        visitor.post(f"/console/schedules/{made}/dates/{day}", what="change", runs_on=day).status_code,
    ]

    assert refused == [403] * 4
    assert "/edit" not in visitor.get(f"/console/schedules/{made}").text
    assert stand(api, made) == before


@pytest.mark.parametrize("path", ["edit", "dates/{day}"])
def test_forms_of_other_sites_other_accounts_and_the_other_mode_change_nothing(
    admin: Visitor, api: Api, other_api: Api, path: str
) -> None:
    made, foreign = schedule(api), schedule(other_api)
    day = dates(api, made)[2]
    before = stand(api, made), stand(other_api, foreign)
    given = {"what": "skip", "amount": "1"}
    target = path.format(day=day)

    assert admin.post(f"/console/schedules/{made}/{target}", csrf="0" * 64, **given).status_code == 403
    assert admin.get(f"/console/schedules/{foreign}/{target}").status_code == 404
    assert admin.post(f"/console/schedules/{foreign}/{target}", **given).status_code == 404
    admin.post("/console/mode", mode="live")
    assert admin.get(f"/console/schedules/{made}/{target}").status_code == 404
    assert admin.post(f"/console/schedules/{made}/{target}", **given).status_code == 404
    assert (stand(api, made), stand(other_api, foreign)) == before


async def test_what_is_done_to_a_schedule_is_in_the_audit_log_and_what_the_api_does_is_not(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    made = schedule(api)
    api.patch(f"/schedules/{made}/pause")
    api.patch(f"/schedules/{made}/resume")
    for operation in ("pause", "pause", "resume", "delete", "delete"):
        admin.post(f"/console/schedules/{made}/{operation}")

    assert [action for action, _ in await told(runtime, api)] == [
        "schedules.pause",
        "schedules.resume",
        "schedules.delete",
    ]
    assert admin.get(f"/console/schedules/{made}/edit").status_code == 400
