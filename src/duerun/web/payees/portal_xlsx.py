"""The portal's workbooks, in and out (source: the VOP wire specification, 8.2 and 8.3)."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import xlsxwriter

from duerun.domain.payees.answers import Answer
from duerun.web.payees.payee_rows import PayeeRow, RowContext, guarded, outcome
from duerun.web.payees.portal_table import table_rows
from duerun.web.xlsx import read_rows

OUT_COLUMNS = (
    "E2E ID",
    "Beneficiary IBAN",
    "Beneficiary Name",
    "Beneficiary ORG ID",
    "Name Match",
    "ORG ID Match",
    "Name Suggestion",
    "Error Type",
    "Error Code",
)
WIDTHS = (38, 36, 40, 28, 13, 13, 40, 30, 16)
# Formulas, links and numbers are for cells that mean them; all cells here are texts.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def read_xlsx(data: bytes, context: RowContext, *, rows_max: int, bytes_max: int) -> Iterator[PayeeRow]:
    """The payees of a workbook's first sheet, with the columns of the portal's CSV.

    Raises RejectedError, also after some rows, for what is no such workbook, holds formulas or macros, or breaks a
    limit.
    """
    yield from table_rows(read_rows(data, rows_max=rows_max, bytes_max=bytes_max), context, rows_max=rows_max)


def write_xlsx(
    file: BinaryIO, results: Iterable[tuple[PayeeRow, Answer | None]], *, guard: bool = True
) -> None:
    """The portal's report as a workbook, written row by row; `guard` defuses what looks like a formula."""
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        sheet = book.add_worksheet("Results")
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 0)
        heading = book.add_format({"bold": True})
        for place, name in enumerate(OUT_COLUMNS):
            sheet.write_string(0, place, name, heading)
        for line, (row, answer) in enumerate(results, 1):
            for place, cell in enumerate(_cells(row, answer)):
                if cell:
                    sheet.write_string(line, place, guarded(cell, guard=guard))


def _cells(row: PayeeRow, answer: Answer | None) -> tuple[str, ...]:
    told = outcome(row, answer)
    return (
        row.reference,
        row.given_iban,
        row.given_name,
        row.given_id,
        told.name_match,
        told.id_match,
        told.suggestion,
        told.kind,
        told.code,
    )
