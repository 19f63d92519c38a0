"""What pages show and do: roles, forged forms, foreign ids, text that looks like markup, searches, headers."""

from collections.abc import Callable
from typing import Any

import pytest

from conftest import Api
from console.conftest import NewUser, Visitor
from duerun.domain.console_users import Role
from duerun.services.unit import Runtime

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7*7 }}"
PAGES = (
    "/console",
    "/console/calendar",
    "/console/forecast",
    "/console/clock",
    "/console/webhooks",
    "/console/schedules",
    "/console/charges",
    "/console/transfers",
    "/console/customers",
    "/console/customers/new",
    "/console/recipients",
    "/console/recipients/new",
    "/console/bulk",
    "/console/verification",
    "/console/verification/practice",
    "/console/yourself",
)
WITHOUT_ADVICE = ("/console/recipients", "/console/yourself", "/console/verification/practice")
PAGE_BYTES_MAX = 100_000


def schedule(api: Api, **given: object) -> str:
    """A monthly charge schedule."""
    customer = api.customer(description=str(given.pop("customer_description", "Member")))["id"]
    charge = {"customer": customer, "amount": 100_000, **given}
    body = {"every": 1, "period": "month", "on": {"days_of_month": [28]}, "charge": charge}
    return str(api.post("/schedules", body)["id"])


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_an_empty_account_says_what_to_do(admin: Visitor, path: str) -> None:
    answer = admin.get(path)

    assert answer.status_code == 200
    assert len(answer.content) < PAGE_BYTES_MAX
    assert "POST /" in answer.text or path in (
        "/console/recipients",
        "/console/recipients/new",
        "/console/yourself",
        "/console/clock",
        "/console/verification/practice",
    )


@pytest.mark.parametrize("path", [*PAGES, "/console/sign-in", "/console/nowhere"])
def test_every_answer_is_hardened(admin: Visitor, path: str) -> None:
    headers = admin.get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_no_inline_scripts_or_styles_and_load_nothing_from_elsewhere(
    admin: Visitor, path: str
) -> None:
    text = admin.get(path).text

    assert "<style" not in text
    assert " style=" not in text
    assert " onclick" not in text
    assert "javascript:" not in text
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert text.count("<script") == text.count('<script src="/console/static/')


def test_files_are_kept_by_browsers_and_change_their_address_with_their_content(admin: Visitor) -> None:
    text = admin.get("/console").text
    address = text.split('rel="stylesheet" href="')[1].split('"')[0]

    file = admin.get(address)
    stale = admin.get("/console/static/000000000000/console.css")

    assert "immutable" in file.headers["cache-control"]
    assert file.headers["content-type"].startswith("text/css")
    assert stale.status_code == 404
    assert admin.get("/console/static/000000000000/../../settings.py").status_code == 404


def test_text_of_customers_is_shown_as_text(admin: Visitor, api: Api) -> None:
    made = schedule(api, description=MARKUP, customer_description=MARKUP)
    customer = api.get(f"/schedules/{made}")["charge"]["customer"]
    api.recipient()
    paths = [
        *PAGES,
        f"/console/schedules/{made}",
        f"/console/customers/{customer}",
        "/console/schedules?q=" + "%3Cscript%3Ealert(1)%3C/script%3E",
    ]

    texts = {path: admin.get(path).text for path in paths}

    assert not [path for path, text in texts.items() if "<script>alert" in text or "<img src=x" in text]
    assert not [
        path
        for path, text in texts.items()
        if "49" in text and "{{ 7*7 }}" in text and "&#34;&#39;49" in text
    ]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in texts[f"/console/schedules/{made}"]


@pytest.mark.parametrize("path", ["/pause", "/delete", "/dates/2030-01-28"])
def test_a_form_without_its_token_changes_nothing(admin: Visitor, api: Api, path: str) -> None:
    made = schedule(api)

    missing = admin.session.post(
        f"{admin.url}/console/schedules/{made}{path}", data={"what": "skip"}, timeout=60
    )
    forged = admin.post(f"/console/schedules/{made}{path}", csrf="0" * 64, what="skip")

    assert missing.status_code == forged.status_code == 403
    assert "out of date" in forged.text
    assert api.get(f"/schedules/{made}")["status"] == "active"


async def test_the_token_of_another_session_does_not_count(
    admin: Visitor, new_visitor: Callable[[], Visitor], new_user: NewUser
) -> None:
    other = new_visitor()
    other.sign_in(await new_user())

    assert admin.post("/console/mode", csrf=other.csrf(), mode="live").status_code == 403


def test_the_sign_in_form_has_a_token_as_well(visitor: Visitor) -> None:
    answer = visitor.post("/console/sign-in", csrf="0" * 64, name="somebody", password="something")

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=["origin", "cross-site", "same-site"],
)
def test_a_form_that_another_site_sends_is_refused(admin: Visitor, headers: dict[str, str]) -> None:
    token = admin.csrf()
    admin.session.headers.update(headers)

    assert admin.post("/console/mode", csrf=token, mode="live").status_code == 403


def test_htmx_sends_the_token_in_a_header(admin: Visitor, api: Api) -> None:
    made = schedule(api)
    headers = {"X-CSRF-Token": admin.csrf(), "HX-Request": "true"}

    answer = admin.session.post(
        f"{admin.url}/console/schedules/{made}/pause", headers=headers, allow_redirects=False, timeout=60
    )

    assert answer.status_code == 303
    assert api.get(f"/schedules/{made}")["status"] == "paused"


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.VIEWER, 403), (Role.OPERATOR, 303), (Role.APPROVER, 303), (Role.ADMIN, 303)],
    ids=str,
)
async def test_only_operators_and_above_change_schedules(
    visitor: Visitor, new_user: NewUser, api: Api, role: Role, status: int
) -> None:
    made = schedule(api)
    visitor.sign_in(await new_user(role))

    page = visitor.get(f"/console/schedules/{made}")
    answer = visitor.post(f"/console/schedules/{made}/pause")

    assert answer.status_code == status
    assert ("Pause this schedule?" in page.text) is (status == 303)
    assert api.get(f"/schedules/{made}")["status"] == ("paused" if status == 303 else "active")


def test_a_schedule_is_paused_resumed_and_deleted(admin: Visitor, api: Api) -> None:
    here = f"/console/schedules/{schedule(api)}"

    assert admin.post(f"{here}/pause").headers["location"] == here
    paused = admin.get(here).text
    admin.post(f"{here}/resume")
    resumed = admin.get(here).text
    admin.post(f"{here}/delete")
    deleted = admin.get(here).text

    assert "The schedule is paused." in paused
    assert "Let this schedule go on?" in paused
    assert "Pause this schedule?" in resumed
    assert "The schedule is deleted." in deleted
    assert "Delete for good" not in deleted


def test_a_date_is_left_out_and_taken_back(admin: Visitor, api: Api) -> None:
    made = schedule(api)
    here = f"/console/schedules/{made}"
    day = api.get(f"/schedules/{made}")["next_occurrence_dates"][3]

    admin.post(f"{here}/dates/{day}", what="skip")
    skipped = api.get(f"/schedules/{made}")["next_occurrence_dates"]
    page = admin.get(here).text
    admin.post(f"{here}/dates/{day}", what="reset")

    assert day not in skipped
    assert "left out" in page
    assert day in api.get(f"/schedules/{made}")["next_occurrence_dates"]


def test_what_cannot_be_done_is_told_and_nothing_changes(admin: Visitor, api: Api) -> None:
    here = f"/console/schedules/{schedule(api)}"

    wrong_day = admin.post(f"{here}/dates/2030-01-27", what="skip")
    wrong_word = admin.post(f"{here}/explode")

    assert wrong_day.status_code == wrong_word.status_code == 400
    assert "2030-01-27 is not a date of the schedule" in wrong_day.text
    assert "Nothing was changed" in wrong_day.text


@pytest.mark.parametrize("kind", ["schedules", "charges", "transfers", "customers", "recipients"])
def test_objects_of_others_are_not_there(admin: Visitor, other_api: Api, kind: str) -> None:
    recipient = other_api.recipient()["id"]
    objects: dict[str, Callable[[], Any]] = {
        "schedules": lambda: schedule(other_api),
        "customers": lambda: other_api.customer()["id"],
        "recipients": lambda: recipient,
        "charges": lambda: other_api.post(
            "/charges", {"amount": 100_000, "currency": "thb", "card": other_api.token()}
        )["id"],
        "transfers": lambda: other_api.post("/transfers", {"amount": 50_000, "recipient": recipient})["id"],
    }
    foreign = objects[kind]()

    answer = admin.get(f"/console/{kind}/{foreign}")
    unknown = admin.get(f"/console/{kind}/nothing")
    found = admin.get(f"/console/{kind}?q={foreign}")

    assert answer.status_code == unknown.status_code == 404
    assert f"/console/{kind}/{foreign}" not in found.text


def test_changing_the_schedule_of_another_account_is_not_possible(admin: Visitor, other_api: Api) -> None:
    foreign = schedule(other_api)

    assert admin.post(f"/console/schedules/{foreign}/delete").status_code == 404
    assert other_api.get(f"/schedules/{foreign}")["status"] == "active"


def test_test_and_live_are_apart(admin: Visitor, api: Api) -> None:
    made = schedule(api)

    admin.post("/console/mode", mode="live")
    live = admin.get(f"/console/schedules/{made}")
    overview = admin.get("/console").text
    admin.post("/console/mode", mode="test")

    assert live.status_code == 404
    assert 'class="is-live"' in overview
    assert admin.get(f"/console/schedules/{made}").status_code == 200


async def test_a_user_looks_only_at_accounts_where_he_has_a_role(
    admin: Visitor, api: Api, other_api: Api, runtime: Runtime
) -> None:
    foreign = other_api.get("/account")["id"]

    answer = admin.post("/console/mode", account=foreign)

    assert answer.status_code == 400
    assert "no role" in answer.text


def test_lists_go_on_page_by_page_and_miss_nothing(admin: Visitor, api: Api) -> None:
    made = {str(api.post("/customers", {"email": f"m{number}@example.com"})["id"]) for number in range(30)}

    seen: list[str] = []
    address = "/console/customers"
    while address:
        text = admin.get(address).text
        seen += [part.split('"')[0] for part in text.split('<a href="/console/customers/')[1:]]
        rest = text.split('rel="next" href="')
        address = "/console/customers" + rest[1].split('"')[0].replace("&amp;", "&") if len(rest) > 1 else ""

    assert len(seen) == 30
    assert set(seen) == made


def test_a_search_finds_text_state_and_whole_ids(admin: Visitor, api: Api) -> None:
    gold = schedule(api, description="Gold 100% plan")
    plain = schedule(api, description="Plain plan")
    api.patch(f"/schedules/{plain}/pause")

    def shown(query: str) -> tuple[bool, bool]:
        text = admin.get(f"/console/schedules?{query}").text
        return (f"/console/schedules/{gold}" in text, f"/console/schedules/{plain}" in text)

    assert shown("") == (True, True)
    assert shown("q=gold") == (True, False)
    assert shown("q=100%25") == (True, False)
    assert shown("state=paused") == (False, True)
    assert shown("state=active") == (True, False)
    assert shown("state=deleted") == (False, False)
    assert shown("kind=transfer") == (False, False)
    assert shown(f"q={plain}") == (False, True)
    assert admin.get("/console/schedules?state=melted").status_code == 400
    assert admin.get("/console/schedules?before=nonsense").status_code == 400


def test_today_adds_up_what_is_planned_and_what_has_moved(admin: Visitor, api: Api) -> None:
    customer = api.customer()["id"]
    charge = {"customer": customer, "amount": 123_450}
    api.post("/schedules", {"every": 1, "period": "day", "charge": charge})

    text = admin.get("/console").text

    # The first date has run within the call; thirty follow in the days ahead.
    assert "1,234.50" in text
    assert "37,035.00" in text
    assert "30 payments" in text


def test_a_head_request_and_another_method_are_answered(admin: Visitor) -> None:
    head = admin.session.head(f"{admin.url}/console/schedules", timeout=60)
    delete = admin.session.delete(f"{admin.url}/console/schedules", timeout=60)

    assert head.status_code == 200
    assert delete.status_code == 405
    assert delete.headers["allow"] == "GET"


def test_a_form_that_is_too_large_or_unreadable_is_refused(admin: Visitor) -> None:
    token = admin.csrf()

    large = admin.post("/console/mode", csrf=token, mode="x" * 70_000)
    unreadable = admin.session.post(f"{admin.url}/console/mode", data=b"csrf=%ff", timeout=60)
    zero = admin.post("/console/mode", csrf=token, mode="\0")

    assert (large.status_code, unreadable.status_code, zero.status_code) == (413, 400, 400)
