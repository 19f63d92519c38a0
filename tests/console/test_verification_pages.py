"""Checks of payees in the console: single and files, explained, filtered, fetched; who may what."""

import io
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests
import xlsxwriter
from python_calamine import load_workbook

from conftest import Api
from console.conftest import NewUser, Visitor
from duerun.domain.console_users import Role
from duerun.domain.payees import practice
from duerun.domain.payees.practice_payees import practice_payees
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.services import console_checks, verification, vop_clients
from duerun.services.unit import Runtime
from duerun.storage import accounts
from duerun.storage.vop_clients import Changes
from duerun.web.console.verdicts import MEANINGS, REASONS

HERE = "/console/verification"
MARKUP = "<script>alert(1)</script>"
HEADER = "E2E ID;Beneficiary Name;Beneficiary IBAN"


def line(number: int, name: str | None = None, reference: str = "") -> str:
    return f"{reference};{name or practice.name_of(number)};{practice.iban_of(number)}"


def send(
    visitor: Visitor, data: str | bytes, *, name: str = "payees.csv", **headers: str
) -> requests.Response:
    """Send a file as the page does."""
    body = data.encode() if isinstance(data, str) else data
    return visitor.session.post(
        f"{visitor.url}{HERE}/files",
        files={"file": (name, body, "application/octet-stream")},
        headers={"X-CSRF-Token": visitor.csrf(), "HX-Request": "true"} | headers,
        allow_redirects=False,
        timeout=60,
    )


def sent(visitor: Visitor, data: str | bytes, **given: str) -> str:
    """The page of a file that is taken."""
    answer = send(visitor, data, **given)
    assert "hx-redirect" in answer.headers, answer.text
    return answer.headers["hx-redirect"]


async def work(runtime: Runtime) -> None:
    """Check what waits."""
    while await verification.check_next_chunk(runtime, "tests", datetime.now(UTC), only_small=False):
        pass


def check(visitor: Visitor, name: str, iban: str, profile: str = "balanced") -> str:
    answer = visitor.post(HERE, name=name, iban=iban, profile=profile)
    assert answer.status_code == 200
    return answer.text


def test_a_single_check_is_explained_step_by_step(admin: Visitor) -> None:
    name, iban = practice.name_of(13), practice.iban_of(13)

    same = check(admin, name, f"{iban[:4]} {iban[4:]}")
    other = check(admin, "Somebody Else", iban)

    assert "Match</span> <code>MTCH" in same
    assert "check digits are right" in same
    assert "practice directory answers" in same
    assert f"is held by &#39;{name}&#39;" in same
    assert "<code>NMTC" in other
    assert REASONS[Reason.CONFLICT] in other or REASONS[Reason.DIFFERENT] in other


def test_the_profile_decides_where_banks_differ(admin: Visitor) -> None:
    name, iban = practice.name_of(13), practice.iban_of(13)
    turned = " ".join(reversed(name.split()))

    assert "<code>MTCH" in check(admin, turned, iban, "balanced")
    assert "<code>CMTC" in check(admin, turned, iban, "strict")
    assert "Profile must be one of" in check(admin, turned, iban, "nothing")


def test_what_is_wrong_with_a_question_is_told_and_the_form_keeps_it(admin: Visitor) -> None:
    text = check(admin, MARKUP, "NL00DUER0000000001")
    empty = check(admin, "", "")

    assert "IBAN" in text
    assert 'role="alert"' in text
    assert "<script>alert" not in text
    assert "NL00DUER0000000001" in text
    assert 'role="alert"' in empty


@pytest.mark.parametrize(
    "number", [number for number in practice.OUTCOMES if number not in (9_000_007, 9_000_008)]
)
def test_magic_numbers_stand_for_their_outcomes(admin: Visitor, number: int) -> None:
    text = check(admin, "Anna", practice.iban_of(number))

    assert "<code>NOAP" in text
    assert practice.OUTCOMES[number].words in text


def test_the_practice_directory_lists_them_all(admin: Visitor) -> None:
    text = admin.get(f"{HERE}/practice").text

    assert all(practice.iban_of(number) in text for number in practice.OUTCOMES)
    assert "John Close Match" in text


async def test_live_checks_need_a_bic_and_tell_no_names_of_accounts(
    admin: Visitor, api: Api, runtime: Runtime
) -> None:
    admin.post("/console/mode", mode="live")
    name, iban = practice.name_of(13), practice.iban_of(13)

    without = check(admin, name, iban)
    found = without.split("duerun vop client change ")[1].split()[0]
    await vop_clients.change(runtime, found, Changes(bics=["ABNANL2A"]))
    text = check(admin, "Somebody Else", iban, "lenient")
    await vop_clients.change(runtime, found, Changes(is_disabled=True))
    disabled = check(admin, name, iban)

    assert "need the BIC" in without
    assert "<code>NOAP" in text
    assert "is held by" not in text
    assert 'name="profile"' not in text
    assert "switched off" in disabled
    assert "for test mode" in admin.get(f"{HERE}/practice").text


async def test_a_looser_profile_is_for_test_mode_only(api: Api, runtime: Runtime) -> None:
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
    assert account is not None
    client = await console_checks.client_of(runtime, account, datetime.now(UTC))

    assert console_checks.with_profile(client, "lenient").profile == "lenient"
    assert console_checks.with_profile(replace(client, livemode=True), "lenient").profile is None


async def test_a_file_is_checked_filtered_and_fetched(admin: Visitor, runtime: Runtime) -> None:
    rows = [line(1, reference="first"), line(13, "Somebody Else"), line(2, "=HYPERLINK(1)"), line(9_000_001)]
    rows += [f"bad;{MARKUP};NL00DUER0000000001", line(3, MARKUP)]
    here = sent(admin, "\r\n".join([HEADER, *rows]))

    working = admin.get(here).text
    live = admin.get(f"{here}/live").text
    early = admin.get(f"{here}/results.csv")
    await work(runtime)
    ended = admin.get(f"{here}/live")
    texts = {word: admin.get(f"{here}?result={word}").text for word in MEANINGS}
    everything = admin.get(here).text
    csv = admin.get(f"{here}/results.csv")
    ndjson = admin.get(f"{here}/results.ndjson").text
    xlsx = admin.get(f"{here}/results.xlsx").content

    assert "Results come when all are checked" in working
    assert "<progress" in live
    assert early.status_code == 400
    assert ended.headers["hx-refresh"] == "true"
    assert {word: max(0, text.count("<tr>") - 1) for word, text in texts.items()} == {
        "MTCH": 1,
        "CMTC": 0,
        "NMTC": 2,
        "NOAP": 1,
        "refused": 2,
    }
    assert everything.count("<tr>") == 7
    assert "<script>alert" not in everything
    assert "IBAN" in texts["refused"]
    assert csv.text.count("\r\n") == 7
    assert "'=HYPERLINK" in csv.text
    assert "attachment" in csv.headers["content-disposition"]
    assert len(ndjson.splitlines()) == 6
    with load_workbook(io.BytesIO(xlsx)) as book:
        assert len(list(book.get_sheet_by_index(0).iter_rows())) == 7


@pytest.mark.parametrize("form", ["xlsx", "ndjson"])
async def test_workbooks_and_lines_are_taken_as_well(admin: Visitor, runtime: Runtime, form: str) -> None:
    if form == "xlsx":
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["Beneficiary Name", "Beneficiary IBAN"])
            sheet.write_row(1, 0, [practice.name_of(1), practice.iban_of(1)])
        data = file.getvalue()
    else:
        record = {
            "uetr": str(uuid.uuid4()),
            "party": {"name": practice.name_of(1)},
            "partyAccount": {"iban": practice.iban_of(1)},
            "requestingAgent": {"financialInstitutionId": {"bicfi": console_checks.PRACTICE_BIC}},
        }
        data = json.dumps(record).encode()
    here = sent(admin, data, name=f"payees.{form}")
    await work(runtime)

    assert admin.get(f"{here}?result=MTCH").text.count("<tr>") == 2


async def test_a_file_of_many_parts_goes_on_page_by_page_and_misses_nothing(
    admin: Visitor, runtime: Runtime
) -> None:
    payees = [each for each in practice_payees(4_300) if each.name]
    rows = [f"{number};{each.name};{each.iban}" for number, each in enumerate(payees)]
    here = sent(admin, "\n".join([HEADER, *rows]))
    await work(runtime)

    seen: list[str] = []
    address = f"{here}?result=CMTC"
    while address:
        text = admin.get(address)
        assert len(text.content) < 100_000
        seen += [part.split("</code>")[0] for part in text.text.split("<br><code>")[1:]]
        rest = text.text.split('rel="next" href="')
        address = rest[1].split('"')[0].replace("&amp;", "&") if len(rest) > 1 else ""
    report = admin.get(f"{here}/results.csv").text.splitlines()[1:]

    assert seen == [each.split(";")[0] for each in report if ";CMTC;" in each]
    assert len(seen) > 50
    assert len(report) == len(rows)
    assert admin.get(f"{here}?result=nothing").status_code == 400
    assert admin.get(f"{here}?from=x").status_code == 400


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        ("", "a.csv", "no records"),
        ("a;b\n1;2", "a.csv", "lacks the column"),
        (f"{HEADER}\n;;", "a.csv", "no row that can be checked"),
        (b"\xff", "a.csv", "UTF-8"),
        ("{}", "a.ndjson", "no row that can be checked"),
        ("x", "a.xls", "xlsx"),
        ("x", "a.xlsx", "workbook"),
    ],
    ids=["empty", "columns", "faulty", "not UTF-8", "ndjson", "old workbook", "no workbook"],
)
def test_a_file_that_cannot_be_taken_is_told_why_and_nothing_is_kept(
    admin: Visitor, data: str | bytes, name: str, said: str
) -> None:
    answer = send(admin, data, name=name)

    assert answer.status_code == 200
    assert "hx-redirect" not in answer.headers
    assert said in answer.text
    assert "No files yet" in admin.get(HERE).text


async def test_a_file_that_is_given_up_keeps_no_rows(admin: Visitor, api: Api, runtime: Runtime) -> None:
    here = sent(admin, "\n".join([HEADER, line(1)]))
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
    assert account is not None
    _, task = await console_checks.get(runtime, account, here.rpartition("/")[2])

    before = await console_checks.kept(runtime, task)
    given_up = admin.post(f"{here}/cancel")
    after = await console_checks.kept(runtime, task)

    assert given_up.status_code == 303
    assert (before.rows, after.rows) == (1, 0)
    assert "Given up" in admin.get(here).text
    assert admin.post(f"{here}/cancel").status_code == 400


async def test_viewers_look_but_check_nothing(
    admin: Visitor, new_visitor: Callable[[], Visitor], new_user: NewUser, runtime: Runtime
) -> None:
    here = sent(admin, "\n".join([HEADER, line(1)]))
    viewer = new_visitor()
    viewer.sign_in(await new_user(Role.VIEWER))

    assert viewer.get(here).status_code == 200
    assert "Check one payee" not in viewer.get(HERE).text
    assert viewer.post(HERE, name="x", iban="y").status_code == 403
    assert viewer.post(f"{here}/cancel").status_code == 403
    assert send(viewer, HEADER).status_code == 403


async def test_files_of_others_and_of_the_other_mode_are_not_there(
    admin: Visitor, new_visitor: Callable[[], Visitor], new_user: NewUser, other_api: Api, runtime: Runtime
) -> None:
    stranger = new_visitor()
    stranger.sign_in(await new_user(account_id=other_api.account_id))
    foreign = sent(stranger, "\n".join([HEADER, line(1)]))
    own = sent(admin, "\n".join([HEADER, line(1)]))

    for path in (foreign, f"{HERE}/files/nothing", f"{HERE}/files/{uuid.uuid4()}"):
        for rest in ("", "/live", "/results.csv"):
            assert admin.get(path + rest).status_code == 404
        assert admin.post(f"{path}/cancel").status_code == 404
    admin.post("/console/mode", mode="live")
    assert admin.get(own).status_code == 404


def test_a_file_without_the_token_is_refused(admin: Visitor) -> None:
    forged = send(admin, HEADER, **{"X-CSRF-Token": "0" * 64})

    assert forged.status_code == 403
    assert admin.post(HERE, csrf="0" * 64, name="x", iban="y").status_code == 403


def test_every_verdict_and_reason_has_its_words() -> None:
    assert REASONS.keys() == set(Reason)
    assert set(Verdict) < MEANINGS.keys()


async def test_no_name_or_iban_of_a_payee_is_logged(
    admin: Visitor, caplog: pytest.LogCaptureFixture, runtime: Runtime
) -> None:
    name, iban = "Unmistakable Payee", practice.iban_of(4_711)
    with caplog.at_level("DEBUG"):
        check(admin, name, iban)
        sent(admin, f"{HEADER}\n;{name};{iban}\n;{name};x{iban}")
        send(admin, f"{HEADER}\n;{name};x{iban}")
        await work(runtime)

    assert name not in caplog.text
    assert iban not in caplog.text
