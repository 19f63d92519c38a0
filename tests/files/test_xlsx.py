"""Workbooks: what their cells become, which are refused, and what a bomb costs."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from duerun.domain.errors import RejectedError
from duerun.web import xlsx_scan, xlsx_zip
from duerun.web.xlsx import to_csv

from .conftest import XLSX_TYPE, Files
from .workbooks import Value, packed, parts, sheet, workbook

HEADER = ("customer_key", "customer", "amount", "every", "period", "start_date", "end_date", "note")
BYTES_MAX = 1_000_000


def text_of(data: bytes, *, rows_max: int = 100, bytes_max: int = BYTES_MAX) -> str:
    return b"".join(to_csv(data, rows_max=rows_max, bytes_max=bytes_max)).decode()


def refusal_of(data: bytes, **limits: int) -> tuple[str, str]:
    with pytest.raises(RejectedError) as caught:
        text_of(data, **limits)
    return caught.value.code, caught.value.message


NOT_READABLE = ("invalid_file_type", "file is not a readable .xlsx workbook")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param("<c><v>5000</v></c>", "5000", id="whole number"),
        pytest.param("<c><v>5000.0</v></c>", "5000", id="whole number with a point"),
        pytest.param("<c><v>123456789012345678</v></c>", "123456789012345680", id="more than a double holds"),
        pytest.param("<c><v>4.242424242424242E15</v></c>", "4242424242424242", id="whole with an exponent"),
        pytest.param("<c><v>4242424242424242.5</v></c>", "4242424242424242.5", id="long fraction"),
        pytest.param("<c><v>12.5</v></c>", "12.5", id="fraction"),
        pytest.param("<c><v>0.30000000000000004</v></c>", "0.3", id="noise of arithmetic"),
        pytest.param('<c t="b"><v>1</v></c>', "true", id="true"),
        pytest.param('<c t="b"><v>0</v></c>', "false", id="false"),
        pytest.param('<c s="1"><v>46000</v></c>', "2025-12-09", id="date"),
        pytest.param('<c s="2"><v>46000</v></c>', "2025-12-09", id="midnight"),
        pytest.param('<c s="2"><v>46000.5</v></c>', "2025-12-09T12:00:00", id="moment"),
        pytest.param('<c t="d"><v>2027-01-31</v></c>', "2027-01-31", id="date in words"),
        pytest.param('<c t="s"><v>0</v></c>', "shared", id="shared text"),
        pytest.param('<c t="s"><v>1</v></c>', "rich", id="formatted text"),
        pytest.param(
            '<c t="inlineStr"><is><t xml:space="preserve"> 007 </t></is></c>',
            " 007 ",
            id="text is kept as it is",
        ),
        pytest.param('<c t="inlineStr"><is><t>a,"b"</t></is></c>', '"a,""b"""', id="quoted"),
        pytest.param('<c t="inlineStr"><is><t>a&#10;b</t></is></c>', '"a\nb"', id="two lines"),
        pytest.param("<c><f>2500*2</f><v>5000</v></c>", "5000", id="formula"),
        pytest.param('<c t="str"><f>A1</f><v>text</v></c>', "text", id="formula of a text"),
        pytest.param('<c t="str"><f>""</f><v></v></c>', "", id="formula of an empty text"),
        pytest.param("<c/>", "", id="empty"),
    ],
)
def test_a_cell_becomes_the_text_that_a_csv_file_would_hold(cell: str, text: str) -> None:
    shared = "<si><t>shared</t></si><si><r><t>ri</t></r><r><t>ch</t></r></si>"
    rows = f'<row r="1"><c t="inlineStr"><is><t>x</t></is></c>{cell}</row>'

    assert text_of(workbook(rows, shared=shared)) in (f"x,{text}\n", f"x{text}\n")


def test_empty_rows_are_left_out_and_short_rows_are_filled_up() -> None:
    rows = (
        '<row r="1"><c><v>1</v></c><c><v>2</v></c></row><row r="9"/><row r="12"><c r="A12"><v>3</v></c></row>'
    )

    assert text_of(workbook(rows)) == "1,2\n3,\n"


def test_only_the_first_sheet_is_read() -> None:
    assert "#N/A" not in text_of(workbook('<row r="1"><c><v>1</v></c></row>'))


def test_an_empty_sheet_gives_no_text() -> None:
    assert text_of(workbook("")) == ""


def renamed(old: str, new: str) -> bytes:
    return packed({new if name == old else name: text for name, text in parts("").items()})


def without(name: str) -> bytes:
    return packed({each: text for each, text in parts("").items() if each != name})


def with_part(name: str, text: str) -> bytes:
    return packed(parts("") | {name: text})


def encrypted_entries() -> bytes:
    """An archive whose entries say that they are encrypted."""
    data = bytearray(workbook(""))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        while start >= 0:
            data[start + place] |= 1
            start = data.find(signature, start + 4)
    return bytes(data)


OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"customer_key,customer\n", id="csv"),
        pytest.param(b"PK\x03\x04", id="cut off at once"),
        pytest.param(workbook("")[:900], id="cut off"),
        pytest.param(packed({"a.txt": "no workbook"}), id="another archive"),
        pytest.param(without("xl/workbook.xml"), id="no workbook part"),
        pytest.param(without("xl/worksheets/sheet1.xml"), id="no sheet part"),
        pytest.param(renamed("xl/worksheets/sheet2.xml", "XL/workbook.xml"), id="two parts of one name"),
        pytest.param(with_part("xl/sharedStrings.xml", "<sst><si>"), id="xml without an end"),
        pytest.param(with_part("xl/sharedStrings.xml", DOCTYPE), id="entities"),
        pytest.param(workbook('<row r="1"><c r="A0x"><v>1</v></c></row>'), id="no such cell"),
        pytest.param(workbook('<row r="1"><c t="s"><v>0</v><v>1</v></c></row>'), id="two values in a cell"),
        pytest.param(workbook('<row r="1"><c t="s"><v>-1</v></c></row>'), id="no such text"),
        pytest.param(workbook('<row r="1"><c t="s"><v>7</v></c></row>'), id="text that is not there"),
        pytest.param(workbook('<row r="1"><c><v>inf</v></c></row>'), id="infinite number"),
    ],
)
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    assert refusal_of(data) == NOT_READABLE


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            OLD_OFFICE, "file is an .xls workbook of an old format: save it as .xlsx or CSV", id="xls"
        ),
        pytest.param(
            OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"),
            "file is encrypted: save it without a password",
            id="with a password",
        ),
        pytest.param(
            encrypted_entries(), "file is encrypted: save it without a password", id="encrypted entries"
        ),
    ],
)
def test_a_file_that_cannot_be_opened_is_told_what_to_do(data: bytes, message: str) -> None:
    assert refusal_of(data) == ("invalid_file_type", message)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ('<c r="B1" t="e"><v>#REF!</v></c>', "cell B1 holds an error: #REF!"),
        ('<c r="B1"><f>A1+1</f></c>', "cell B1 holds a formula whose value was not saved with the file"),
        ('<c r="B1"><f>A1+1</f><v/></c>', "cell B1 holds a formula whose value was not saved with the file"),
    ],
    ids=["error", "no value", "empty value"],
)
def test_a_cell_without_a_value_is_not_taken_for_an_empty_one(cell: str, message: str) -> None:
    assert refusal_of(workbook(f'<row r="1">{cell}</row>')) == ("bad_request", message)


def rows_of(count: int, cells: str = "<c><v>1</v></c>") -> str:
    return f"<row>{cells}</row>" * count


LONG_TEXT = f"<si><t>{'x' * 10_000}</t></si>"
TOO_LARGE = f"the sheet is too large: it may have {xlsx_scan.CELLS_MAX} cells, empty ones counted"
TOO_LONG = f"file is larger than {BYTES_MAX} bytes"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(workbook(rows_of(102)), "file has more than 100 rows", id="rows"),
        pytest.param(
            workbook('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), TOO_LARGE, id="far cell"
        ),
        pytest.param(
            workbook(rows_of(1, '<c t="s"><v>0</v></c>' * 200), shared=LONG_TEXT), TOO_LONG, id="shared text"
        ),
        pytest.param(
            workbook(rows_of(1, f'<c t="inlineStr"><is><t>{"x" * BYTES_MAX}</t></is></c>')),
            TOO_LONG,
            id="one long text",
        ),
    ],
)
def test_a_sheet_over_a_limit_is_refused(data: bytes, message: str) -> None:
    assert refusal_of(data) == ("bad_request", message)


def test_rows_up_to_the_limit_beside_the_header_are_read() -> None:
    assert text_of(workbook(rows_of(101))) == "1\n" * 101


def test_an_archive_that_says_it_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    data = with_part("xl/media/image.bin", "0" * 100_000)
    monkeypatch.setattr(xlsx_zip, "UNPACKED_BYTES_MAX", 50_000)

    assert refusal_of(data) == ("invalid_file_type", "the workbook is larger than 50000 bytes when unpacked")


def test_an_archive_that_lies_about_its_size_is_not_unpacked_further(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [entry.file_size for entry in zipfile.ZipFile(io.BytesIO(workbook(""))).infolist()]
    monkeypatch.setattr(xlsx_zip, "UNPACKED_BYTES_MAX", sum(sizes))
    data = with_part("xl/sharedStrings.xml", f"<sst>{' ' * 100_000}</sst>")
    lie = data.replace((100_011).to_bytes(4, "little"), (20).to_bytes(4, "little"))

    assert lie != data
    assert refusal_of(lie) == NOT_READABLE


def test_an_archive_with_very_many_entries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = parts("") | {f"xl/media/{n}": "" for n in range(xlsx_zip.ENTRIES_MAX)}

    assert refusal_of(packed(entries)) == ("invalid_file_type", "the workbook has more than 1000 parts")


def test_a_part_with_very_many_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_scan, "ELEMENTS_MAX", 1_000)

    assert refusal_of(with_part("xl/styles.xml", f"<x>{'<y/>' * 1_000}</x>")) == ("bad_request", TOO_LARGE)


def a_plan(customer: str) -> Sequence[Value]:
    start = date.today() + timedelta(days=40)  # noqa: DTZ011 - far enough from today in any zone
    return ("007", customer, 50_000.0, 1, "month", start.replace(day=5), None, 'Gym, "gold"')


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("plans.xlsx", XLSX_TYPE), ("plans", XLSX_TYPE), ("Plans.XLSX", "application/octet-stream")],
)
async def test_a_workbook_makes_schedules_and_its_report_is_csv(
    api: Any, files: Files, name: str, content_type: str
) -> None:
    customer = api.customer()["id"]
    plan = a_plan(customer)
    data = sheet([HEADER, plan, ("k2", "cust_test_none", 1.5, True, "month", None, None, None)])

    job = await files.apply(data, name=name, content_type=content_type)

    made = api.get("/schedules")["data"][0]
    assert (made["start_date"], made["charge"]["amount"], made["on"]) == (
        f"{plan[5]}",
        50_000,
        {"days_of_month": [5]},
    )
    lines = files.report(job).text.splitlines()
    assert lines[0] == f"{','.join(HEADER)},status,schedule_id,error_code,error_message"
    assert lines[1] == f'007,{customer},50000,1,month,{plan[5]},,"Gym, ""gold""",success,{made["id"]},,'
    assert lines[2] == "k2,cust_test_none,1.5,true,month,,,,failed,,invalid_customer,Customer not found"


def test_faults_of_a_workbook_are_told_like_those_of_a_csv_file(api: Any, files: Files) -> None:
    def told(data: bytes, name: str = "plans.xlsx", content_type: str = XLSX_TYPE) -> tuple[str, str]:
        answer = files.send(data, name=name, content_type=content_type)
        assert answer.status_code == 400, answer.text
        return answer.json()["code"], answer.json()["message"]

    assert told(b"") == ("bad_request", "file is empty")
    assert told(sheet([HEADER])) == ("bad_request", "file has no rows")
    assert told(sheet([["customer_key", "customer", "ammount", "every", "period"]])) == (
        "bad_request",
        "file lacks the column(s) amount: did you mean it by ammount?",
    )
    assert told(b"PK\x03\x04 broken") == NOT_READABLE
    for content_type in ("application/vnd.ms-excel", "application/octet-stream"):
        code, message = told(OLD_OFFICE, "plans.xls", content_type)
        assert (code, message[:25]) == ("invalid_file_type", "file is an .xls workbook ")
    assert told(workbook(rows_of(10_002))) == ("bad_request", "file has more than 10000 rows")
    assert api.get("/schedules")["total"] == 0


async def test_a_workbook_under_an_idempotency_key_makes_one_job(api: Any, files: Files) -> None:
    data = sheet([HEADER, a_plan("cust_test_none")])

    def send(workbook: bytes) -> Any:
        file = {"file": ("plans.xlsx", workbook, XLSX_TYPE)}
        return api.call("POST", "/schedules/upload", files=file, headers={"Idempotency-Key": "plans"})

    first, again, other = send(data), send(data), send(sheet([HEADER, a_plan("cust_test_other")]))

    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert other.status_code == 422
    await files.settle()


async def test_a_card_number_in_a_cell_for_numbers_is_refused_and_starred(api: Any, files: Files) -> None:
    table = [
        ["customer_key", "customer", "amount", "every", "period", "days_of_month", "note"],
        ["k1", api.customer()["id"], 5000, 1, "month", 5, 4242424242424242],
        [123456789012345, api.customer()["id"], 5000, 1, "month", 5, 1234567890123456],
    ]

    job = await files.apply(sheet(table), name="plans.xlsx", content_type=XLSX_TYPE)
    lines = files.report(job).text.splitlines()

    assert lines[1].endswith(
        ",************4242,failed,,card_number_refused,Row must not contain a card number"
    )
    assert lines[2].startswith("123456789012345,")
    assert ",1234567890123456,success," in lines[2]
