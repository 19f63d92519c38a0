"""The portal's CSV and workbooks: what is read, what is refused, and the reports that are read back."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from duerun.domain.errors import RejectedError
from duerun.domain.payees.answers import Answer, not_applicable
from duerun.domain.payees.questions import Identification, OtherId, PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.web.payees.ndjson_rows import read_ndjson, write_ndjson
from duerun.web.payees.payee_rows import PayeeRow, RowContext
from duerun.web.payees.portal_csv import read_csv, write_csv
from duerun.web.payees.portal_xlsx import read_xlsx, write_xlsx

IBAN = "NL91ABNA0417164300"
HEADER = "E2E ID;Beneficiary Name;Beneficiary IBAN;Beneficiary ORG ID\r\n"
FIRST_UETR = "00000000-0000-4000-8000-000000000001"


def context() -> RowContext:
    numbers = iter(range(1, 1_000_000))
    return RowContext("ABNANL2A", lambda: f"00000000-0000-4000-8000-{next(numbers):012d}")


def from_csv(text: str | bytes, *, rows_max: int = 100, bytes_max: int = 100_000) -> list[PayeeRow]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_csv(io.BytesIO(data), context(), rows_max=rows_max, bytes_max=bytes_max))


def workbook(rows: list[list[Any]]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet()
        for place, cells in enumerate(rows):
            sheet.write_row(place, 0, cells)
    return written.getvalue()


def from_xlsx(data: bytes, *, rows_max: int = 100) -> list[PayeeRow]:
    return list(read_xlsx(data, context(), rows_max=rows_max, bytes_max=1_000_000))


def as_workbook(text: str) -> list[PayeeRow]:
    return from_xlsx(workbook([list(cells) for cells in csv.reader(io.StringIO(text), delimiter=";")]))


READERS = pytest.mark.parametrize(
    "read", [pytest.param(from_csv, id="csv"), pytest.param(as_workbook, id="xlsx")]
)


@READERS
def test_rows_are_read(read: Callable[[str], list[PayeeRow]]) -> None:
    rows = read(
        HEADER
        + "Inv-1;Henri Groenen;nl91 abna 0417 1643 00;\r\n"
        + f";;{IBAN};DE136695976\r\n"
        + f'13B8472F-d796-436a-ba76-0be4ec234206;"Groenen; Henri";{IBAN};\r\n'
    )

    assert [row.question for row in rows] == [
        PayeeQuestion(IBAN, "Henri Groenen", None, None, "ABNANL2A"),
        PayeeQuestion(IBAN, None, Identification(others=(OtherId("DE136695976", "TXID"),)), None, "ABNANL2A"),
        PayeeQuestion(IBAN, "Groenen; Henri", None, None, "ABNANL2A"),
    ]
    assert [row.number for row in rows] == [1, 2, 3]
    assert rows[0].reference == "Inv-1"
    assert rows[0].uetr == FIRST_UETR
    assert rows[0].given_iban == "nl91 abna 0417 1643 00"
    assert rows[1].reference == rows[1].uetr
    assert rows[1].given_id == "DE136695976"
    assert rows[2].uetr == "13b8472f-d796-436a-ba76-0be4ec234206"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Beneficiary IBAN;Beneficiary Name\n{IBAN};Henri Groenen", id="other order, no E2E ID"),
        pytest.param(f"BENEFICIARY IBAN; beneficiary  name \n{IBAN};Henri Groenen\n", id="case and spaces"),
        pytest.param(f"Beneficiary IBAN,Beneficiary Name\n{IBAN},Henri Groenen\n", id="comma"),
        pytest.param(f"\ufeffBeneficiary IBAN;Beneficiary Name\n{IBAN};Henri Groenen\n", id="mark of UTF-8"),
        pytest.param(f'"Beneficiary IBAN";"Beneficiary Name"\n"{IBAN}";"Henri Groenen"\n', id="quotes"),
        pytest.param(
            f"Note;Beneficiary IBAN;Beneficiary Name\nx;{IBAN};Henri Groenen\n", id="another column"
        ),
        pytest.param(f"Beneficiary IBAN;Beneficiary Name;\n{IBAN};Henri Groenen;\n", id="empty last column"),
    ],
)
def test_other_forms_of_the_table_are_read(text: str) -> None:
    (row,) = from_csv(text)

    assert row.question == PayeeQuestion(IBAN, "Henri Groenen", None, None, "ABNANL2A")


FAULTS = {
    "blank": (";;;", ["Row 1 is blank"]),
    "no IBAN": (";Anna Becker;;", ["Field 'Beneficiary IBAN' is mandatory"]),
    "no name": (f";;{IBAN};", ["Field 'Beneficiary Name' is mandatory without 'Beneficiary ORG ID'"]),
    "both": (
        f";Anna Becker;{IBAN};ABNANL2A",
        ["Field 'Beneficiary ORG ID' must not stand beside 'Beneficiary Name'"],
    ),
    "formula": (f";=A1;{IBAN};", ["Field 'Beneficiary Name' must not be a formula"]),
    "long name": (f";{'x' * 141};{IBAN};", ["Field 'Beneficiary Name' must have at most 140 characters"]),
    "long reference": (f"{'x' * 65};Anna Becker;{IBAN};", ["Field 'E2E ID' must have at most 64 characters"]),
    "two faults": (
        ";-;NL92ABNA0417164300;",
        [
            "Field 'Beneficiary IBAN' has a wrong check digit",
            "Field 'Beneficiary Name' must contain a letter or a digit",
        ],
    ),
    "wrong id": (f";;{IBAN};ABCD:1", ["Field 'Beneficiary ORG ID' names an unknown scheme"]),
    "long id": (f";;{IBAN};{'x' * 257}", ["Field 'Beneficiary ORG ID' must have at most 256 characters"]),
    "too many cells": (f";Anna Becker;{IBAN};;x", ["Row 1 has more cells than the header"]),
    "line end in a name": (
        f';"Anna\nBecker";{IBAN};',
        ["Field 'Beneficiary Name' must not contain control characters"],
    ),
}


@pytest.mark.parametrize(("line", "details"), [pytest.param(*case, id=name) for name, case in FAULTS.items()])
def test_a_bad_row_is_told_and_the_others_are_read(line: str, details: list[str]) -> None:
    bad, good = from_csv(f"{HEADER}{line}\r\n;Anna Becker;{IBAN};\r\n")

    assert [fault.detail for fault in bad.faults] == details
    assert bad.question is None
    assert good.question is not None


def test_blank_rows_of_a_workbook_are_refused_with_their_number() -> None:
    rows = from_xlsx(workbook([["Beneficiary IBAN", "Beneficiary Name"], [IBAN, "A"], [], [IBAN, 7]]))

    assert [[fault.detail for fault in row.faults] for row in rows] == [[], ["Row 2 is blank"], []]
    assert rows[2].question == PayeeQuestion(IBAN, "7", None, None, "ABNANL2A")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "file contains no records", id="empty"),
        pytest.param(HEADER.encode(), "file contains no records", id="header alone"),
        pytest.param(b"a;b\n1;2\n", "file lacks the column 'Beneficiary IBAN'", id="no IBAN"),
        pytest.param(
            b"Beneficiary IBAN;b\n1;2\n",
            "file lacks the column 'Beneficiary Name' or 'Beneficiary ORG ID'",
            id="no name",
        ),
        pytest.param(
            b"Beneficiary IBAN;Beneficiary IBAN\n1;2\n",
            "file has the column 'Beneficiary IBAN' twice",
            id="twice",
        ),
        pytest.param(HEADER.encode() + b";\xff;;\n", "file is not UTF-8", id="not UTF-8"),
        pytest.param(HEADER.encode() + b";a\0;;\n", "file contains a NUL byte", id="NUL"),
        pytest.param(HEADER.encode() + b';"a"b;;\n', "row 1 is not CSV", id="misplaced quote"),
        pytest.param(HEADER.encode() + b";a;b;\n" + b'1;"a;;\n' * 3, "row 2 is not CSV", id="open quote"),
        pytest.param(HEADER.encode() + b"x" * 70_000, "file has a line that is too long", id="long line"),
        pytest.param(
            HEADER.encode() + b";a;b;\n" * 20_000, "file exceeds the maximum of 100000 bytes", id="bytes"
        ),
        pytest.param(
            HEADER.encode() + b";a;b;\n" * 101, "file exceeds the maximum of 100 records", id="records"
        ),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(RejectedError) as caught:
        from_csv(data, rows_max=1_000_000 if "bytes" in words else 100)
    assert caught.value.message.startswith(words)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: HEADER.encode() + text.encode()))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        rows = from_csv(data)
    except RejectedError:
        return
    for row in rows:
        assert (row.question is None) == bool(row.faults)
        assert str(UUID(row.uetr)) == row.uetr


def test_a_workbook_with_a_formula_is_refused() -> None:
    with pytest.raises(RejectedError, match="cell B2 holds a formula"):
        from_xlsx(workbook([["Beneficiary IBAN", "Beneficiary Name"], [IBAN, "=1+1"]]))


def test_a_workbook_with_macros_is_refused() -> None:
    written = io.BytesIO(workbook([["Beneficiary IBAN", "Beneficiary Name"], [IBAN, "A"]]))
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")

    with pytest.raises(RejectedError, match="file holds macros"):
        from_xlsx(written.getvalue())


def test_a_workbook_with_too_many_rows_or_of_another_kind_is_refused() -> None:
    rows = [["Beneficiary IBAN", "Beneficiary Name"], [IBAN, "A"], [IBAN, "B"]]
    with pytest.raises(RejectedError, match="file has more than 1 rows"):
        from_xlsx(workbook(rows), rows_max=1)
    with pytest.raises(RejectedError, match="not a readable"):
        from_xlsx(b"PK nothing")
    with pytest.raises(RejectedError, match="contains no records"):
        from_xlsx(workbook(rows[:1]))


def results() -> Iterator[tuple[PayeeRow, Answer | None]]:
    rows = from_csv(
        f"{HEADER}E-1;Henri Groenen;{IBAN};\r\nE-2;=cmd;{IBAN};\r\nE-3;;{IBAN};ABNANL2A\r\n"
        f"-4;@Ana Beker;{IBAN};\r\nE-5;Anna Becker;{IBAN};\r\nE-6;Anna Becker;{IBAN};\r\n"
    )
    answers = [
        Answer(Verdict.MATCH, Reason.EXACT, "never shown"),
        None,
        Answer(Verdict.NO_MATCH, Reason.IDENTIFICATION, by_identification=True),
        Answer(Verdict.CLOSE, Reason.TYPO, "+Anna Becker"),
        not_applicable(Reason.TIMEOUT),
        None,
    ]
    return zip(rows, answers, strict=True)


def table(kind: str, *, guard: bool) -> list[list[str]]:
    """The report's cells, read back by a reader of such files."""
    if kind == "csv":
        text = b"".join(write_csv(results(), guard=guard)).decode()
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    written = io.BytesIO()
    write_xlsx(written, results(), guard=guard)
    sheet = python_calamine.load_workbook(io.BytesIO(written.getvalue())).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


@pytest.mark.parametrize(
    ("kind", "header", "error"),
    [
        pytest.param("csv", "Request IBAN;Request Name;Request ID;{};Error Status", ("400", "500"), id="csv"),
        pytest.param(
            "xlsx",
            "Beneficiary IBAN;Beneficiary Name;Beneficiary ORG ID;{};Error Type",
            ("INVALID_FIELD", "INTERNAL_SERVER_ERROR"),
            id="xlsx",
        ),
    ],
)
def test_the_report_has_the_columns_of_the_portal(kind: str, header: str, error: tuple[str, str]) -> None:
    names = header.format("Name Match;ORG ID Match;Name Suggestion").split(";")

    assert table(kind, guard=True) == [
        ["E2E ID", *names, "Error Code"],
        ["E-1", IBAN, "Henri Groenen", "", "MTCH", "", "", "", ""],
        ["E-2", IBAN, "'=cmd", "", "", "", "", error[0], "FORMAT_ERROR"],
        ["E-3", IBAN, "", "ABNANL2A", "", "NMTC", "", "", ""],
        ["'-4", IBAN, "'@Ana Beker", "", "CMTC", "", "'+Anna Becker", "", ""],
        ["E-5", IBAN, "Anna Becker", "", "NOAP", "", "", "", ""],
        ["E-6", IBAN, "Anna Becker", "", "", "", "", error[1], "INTERNAL_ERROR"],
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_without_the_guard_cells_are_as_they_were(kind: str) -> None:
    cells = table(kind, guard=False)

    assert cells[2][2] == "=cmd"
    assert cells[4][0] == "-4"
    assert cells[4][6] == "+Anna Becker"


def test_a_long_report_comes_in_pieces() -> None:
    row, _ = next(results())
    answer = Answer(Verdict.MATCH, Reason.EXACT)
    pieces = list(write_csv((row, answer) for _ in range(5_000)))

    assert len(pieces) > 3
    assert b"".join(pieces).count(b"\r\n") == 5_001


def test_a_record_without_a_readable_uetr_is_answered_without_one() -> None:
    file = io.BytesIO(b'{"uetr":"x","party":{"name":"A"}}\n')

    rows = list(read_ndjson(file, rows_max=10, bytes_max=1_000, line_bytes_max=1_000))
    [line] = write_ndjson((row, None) for row in rows)

    assert rows[0].reference == "line 1"
    assert "uetr" not in json.loads(line)
    assert json.loads(line)["errors"][0]["instance"] == "line 1"
