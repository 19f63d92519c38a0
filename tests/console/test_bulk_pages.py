"""Bulk files in the console: refused and matched, tried, committed, approved, fetched; who may what."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests
import xlsxwriter

from conftest import Api
from console.browsing import ROOT
from console.conftest import NewUser, Visitor
from duerun.domain.console_users import Role
from duerun.domain.csv_records import COLUMNS_MAX
from duerun.services import access, bulk
from duerun.services.unit import Runtime
from duerun.web.console.bulk_cells import COLUMNS_OF

HEADER = "customer_key,customer,amount,every,period,days_of_month,start_date,description"
MARKUP = "<script>alert(1)</script>"


def row(
    key: str, customer: str, amount: object = 100_000, *, start: str = "", description: str = "Gym"
) -> str:
    return f"{key},{customer},{amount},1,month,5,{start},{description}"


def send(
    visitor: Visitor, text: str | bytes, *, name: str = "members.csv", columns: str = "", **headers: str
) -> requests.Response:
    """Send a file as the page does."""
    data = text.encode() if isinstance(text, str) else text
    given = {"X-CSRF-Token": visitor.csrf(), "HX-Request": "true"}
    given |= {"X-Columns": columns} if columns else {}
    return visitor.session.post(
        f"{visitor.url}/console/bulk",
        files={"file": (name, data, "application/vnd.ms-excel")},
        headers=given | headers,
        allow_redirects=False,
        timeout=60,
    )


def sent(visitor: Visitor, text: str | bytes, **given: str) -> str:
    """The page of a file that is taken."""
    answer = send(visitor, text, **given)
    assert answer.status_code == 200, answer.text
    assert "hx-redirect" in answer.headers, answer.text
    return answer.headers["hx-redirect"]


async def work(runtime: Runtime) -> None:
    """Carry out what waits."""
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass


async def test_a_file_is_tried_first_and_its_errors_stand_in_their_cells(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    member = api.customer()["id"]
    lines = [
        HEADER,
        row("k1", member),
        row("k2", "cust_test_nobody", 5, start="2030-13-01", description=MARKUP),
    ]
    here = sent(admin, "\n".join(lines))

    waiting = admin.get(here).text
    await work(runtime)
    text = admin.get(here).text

    assert "Being checked" in waiting
    assert f'hx-get="{here}/live"' in waiting
    assert "Checked, not committed" in text
    assert 'data-label="amount" class="wrong"' in text
    assert 'data-label="start_date" class="wrong"' in text
    assert 'data-label="customer" class="wrong"' in text
    assert "Amount must be greater than or equal to 2000" in text
    assert "<script>alert" not in text
    assert "Create 1 schedule?" in text
    assert "1,000.00" in text
    assert api.get("/schedules")["total"] == 0


async def test_a_file_is_committed_watched_and_reported(admin: Visitor, api: Api, runtime: Runtime) -> None:
    member = api.customer()["id"]
    here = sent(admin, "\n".join([HEADER, row("k1", member), row("=k2", member, 5)]))
    await work(runtime)

    committed = admin.post(f"{here}/commit")
    live = admin.get(f"{here}/live", headers={"HX-Request": "true"})
    await work(runtime)
    done = admin.get(f"{here}/live", headers={"HX-Request": "true"})
    report = admin.get(f"{here}/report.csv")
    failed = admin.get(f"{here}/failed.csv?safe=1")

    assert committed.headers["location"] == here
    assert "<progress" in live.text
    assert done.headers["hx-refresh"] == "true"
    assert "Done" in admin.get(here).text
    assert api.get("/schedules")["total"] == 1
    assert report.headers["content-type"].startswith("text/csv")
    assert "attachment" in report.headers["content-disposition"]
    assert report.text.count("\n") == 3
    assert "'=k2" in failed.text
    assert "'=k2" not in report.text


@pytest.mark.parametrize("name", ["members.csv", "members.xlsx"])
async def test_columns_are_matched_and_the_match_can_be_mended(
    admin: Visitor, api: Api, runtime: Runtime, name: str
) -> None:
    cells = [
        "Customer Key",
        "customer",
        "Ammount",
        "every",
        "period",
        "days_of_month",
        "Starts on",
        "my note",
        "plan",
    ]
    values = ["k1", api.customer()["id"], "100000", "1", "month", "5", "", "x", "gold"]
    data = ("\n".join([",".join(cells), ",".join(values)])).encode()
    if name.endswith("xlsx"):
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            for line, each in enumerate((cells, values)):
                sheet.write_row(line, 0, each)
        data = file.getvalue()

    refused = send(admin, data, name=name)
    here = sent(
        admin,
        data,
        name=name,
        columns="0:customer_key,1:customer,2:amount,3:every,4:period,5:days_of_month,6:note,7:note,8:metadata",
    )
    await work(runtime)
    admin.post(f"{here}/commit")
    await work(runtime)

    assert "did you mean" in refused.text
    assert "<option selected>amount</option>" in refused.text
    assert "<option selected>start_date</option>" in refused.text
    made = api.get("/schedules")["data"]
    assert [each["charge"]["metadata"] for each in made] == [{"plan": "gold"}]
    assert "note Starts on,my note,metadata.plan" in admin.get(f"{here}/report.csv").text


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        ("", "a.csv", "is empty"),
        (HEADER, "a.csv", "no rows"),
        ("a\0b", "a.csv", "NUL"),
        (b"\xff\xfe", "a.csv", "UTF-8"),
        ("x", "a.xls", "xlsx"),
        ("x", "a.pdf", "CSV"),
        ("x", "a.xlsx", "workbook"),
        (",".join("abc" for _ in range(COLUMNS_MAX + 1)), "a.csv", "columns"),
        (f"{HEADER},{MARKUP},description\n1", "a.csv", "twice"),
    ],
    ids=["empty", "no rows", "NUL", "not UTF-8", "old workbook", "pdf", "no workbook", "wide", "twice"],
)
def test_a_file_that_cannot_be_taken_is_told_why(
    admin: Visitor, data: str | bytes, name: str, said: str
) -> None:
    answer = send(admin, data, name=name)

    assert answer.status_code == 200
    assert "hx-redirect" not in answer.headers
    assert "The file was not taken" in answer.text
    assert said in answer.text
    assert MARKUP not in answer.text


@pytest.mark.parametrize("columns", ["0:nothing", "x", "0:amount;1:every"])
def test_a_choice_of_columns_that_cannot_be_read_is_refused(admin: Visitor, columns: str) -> None:
    assert send(admin, HEADER, columns=columns).status_code == 400


def test_a_file_without_the_token_is_refused(admin: Visitor) -> None:
    given = {"files": {"file": ("a.csv", b"x", "text/csv")}, "timeout": 60}

    missing = admin.session.post(f"{admin.url}/console/bulk", **given)  # type: ignore[arg-type]
    forged = send(admin, HEADER, **{"X-CSRF-Token": "0" * 64})
    elsewhere = send(admin, HEADER, Origin="https://elsewhere.example")

    assert (missing.status_code, forged.status_code, elsewhere.status_code) == (403, 403, 403)


async def test_the_uploader_does_not_approve_and_another_approver_does(
    new_visitor: Callable[[], Visitor], new_user: NewUser, api: Api, runtime: Runtime
) -> None:
    await access.set_options(runtime, api.account_id, {"bulk_approval_rows": "1"})
    first, second, looker = new_visitor(), new_visitor(), new_visitor()
    first.sign_in(uploader := await new_user(Role.APPROVER))
    second.sign_in(approver := await new_user(Role.APPROVER))
    looker.sign_in(await new_user(Role.OPERATOR))
    member = api.customer()["id"]
    here = sent(first, "\n".join([HEADER, row("k1", member), row("k2", member, 200_000)]))
    await work(runtime)
    first.post(f"{here}/commit")

    own, other = first.get(here).text, second.get(here).text
    refused = first.post(f"{here}/approve")
    not_allowed = looker.post(f"{here}/approve")
    approved = second.post(f"{here}/approve")
    await work(runtime)

    assert "You have sent it" in own
    assert "Approve this file?" not in own
    assert "Approve this file?" in other
    assert uploader in other
    assert refused.status_code == 400
    assert "another user" in refused.text
    assert not_allowed.status_code == 403
    assert approved.status_code == 303
    assert approver in second.get(here).text
    assert api.get("/schedules")["total"] == 2


async def test_viewers_look_and_fetch_but_send_and_change_nothing(
    admin: Visitor,
    visitor: Visitor,
    new_visitor: Callable[[], Visitor],
    new_user: NewUser,
    api: Api,
    runtime: Runtime,
) -> None:
    here = sent(admin, "\n".join([HEADER, row("k1", api.customer()["id"])]))
    await work(runtime)
    viewer = new_visitor()
    viewer.sign_in(await new_user(Role.VIEWER))

    pages = [viewer.get(path) for path in ("/console/bulk", here, f"{here}/report.csv")]
    refused = [viewer.post(f"{here}/{step}") for step in ("commit", "cancel", "pause", "approve")]

    assert [each.status_code for each in pages] == [200] * 3
    assert "Check a file" not in pages[0].text
    assert "Create 1 schedule?" not in pages[1].text
    assert [each.status_code for each in refused] == [403] * 4
    assert send(viewer, HEADER).status_code == 403


async def test_a_file_is_paused_resumed_and_given_up(admin: Visitor, api: Api, runtime: Runtime) -> None:
    here = sent(admin, "\n".join([HEADER, row("k1", api.customer()["id"])]))

    shown = []
    for step in ("pause", "resume", "cancel"):
        assert admin.post(f"{here}/{step}").status_code == 303
        shown.append(admin.get(here).text)

    assert "Let this file go on?" in shown[0]
    assert "Let this file stand still?" in shown[1]
    assert "Not reached" in shown[2]
    assert admin.post(f"{here}/explode").status_code == 400
    assert admin.post(f"{here}/commit").status_code == 400


def test_files_of_others_are_not_there(admin: Visitor, other_api: Api) -> None:
    answer = other_api.call(
        "POST", "/schedules/upload", files={"file": ("a.csv", f"{HEADER}\n{row('k1', 'x')}", "text/csv")}
    )
    foreign = answer.json()["id"]

    for path in ("", "/live", "/report.csv", "/failed.csv"):
        assert admin.get(f"/console/bulk/{foreign}{path}").status_code == 404
        assert admin.get(f"/console/bulk/recr_test_nothing{path}").status_code == 404
    for step in ("commit", "approve", "cancel"):
        assert admin.post(f"/console/bulk/{foreign}/{step}").status_code == 404
    assert foreign not in admin.get("/console/bulk").text


async def test_the_list_is_filtered_and_goes_on(admin: Visitor, api: Api, runtime: Runtime) -> None:
    member = api.customer()["id"]
    made = [sent(admin, f"{HEADER}\n{row(f'k{number}', member)}") for number in range(27)]

    first = admin.get("/console/bulk").text
    rest = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = admin.get(f"/console/bulk{rest}").text

    assert [each for each in made if each in first] == made[2:]
    assert [each for each in made if f'{each}"' in second] == made[:2]
    assert made[0] not in admin.get("/console/bulk?state=completed").text
    assert admin.get("/console/bulk?state=melted").status_code == 400
    assert admin.get("/console/bulk?before=x").status_code == 400


async def test_many_errors_stay_below_the_size_of_a_page_and_go_on(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    wide = ",".join(f"metadata.m{number}" for number in range(60))
    lines = [f"{HEADER},{wide}"] + [f"{row(f'k{number}', 'x', 'y')},{',' * 59}" for number in range(90)]
    here = sent(admin, "\n".join(lines))
    await work(runtime)

    first = admin.get(here)
    more = first.text.split('rel="next" href="')[1].split('"')[0]
    second = admin.get(more)

    assert len(first.content) < 100_000
    assert "Row 1<" in first.text
    assert "Row 1<" not in second.text
    assert admin.get(f"{here}?after=90").status_code == 200


def test_every_code_of_a_row_has_its_cell() -> None:
    page = (
        (ROOT / "docs/reference/errors.md").read_text("utf-8").split("odes of the rows of a bulk file\n")[1]
    )
    codes = re.findall(r"^\| `([a-z_]+)`", page.split("\n## ")[0], re.MULTILINE)

    assert COLUMNS_OF.keys() == set(codes)
