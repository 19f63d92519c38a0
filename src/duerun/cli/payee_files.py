"""The files of payees that commands read and write: which form a file has, and its rows or results."""

import codecs
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from duerun.domain.errors import RejectedError
from duerun.domain.payees.answers import Answer
from duerun.settings import Settings
from duerun.web.payees.ndjson_rows import read_ndjson, write_ndjson
from duerun.web.payees.payee_rows import PayeeRow, RowContext
from duerun.web.payees.portal_csv import read_csv, write_csv
from duerun.web.payees.portal_xlsx import read_xlsx, write_xlsx
from duerun.web.vop.pain001 import OrderHeader, PainReader
from duerun.web.vop.pain002 import ReportHeader, write_pain002

HEAD_BYTES = 512

Results = Callable[[], Iterable[tuple[PayeeRow, Answer | None]]]


class InputForm(StrEnum):
    """How a file of payees is written."""

    NDJSON = "ndjson"
    CSV = "csv"
    XLSX = "xlsx"
    PAIN001 = "pain.001"


class OutputForm(StrEnum):
    """How results are written."""

    NDJSON = "ndjson"
    CSV = "csv"
    XLSX = "xlsx"
    PAIN002 = "pain.002"


SUFFIXES = {
    OutputForm.NDJSON: ".ndjson",
    OutputForm.CSV: ".csv",
    OutputForm.XLSX: ".xlsx",
    OutputForm.PAIN002: ".xml",
}
ANSWERED_BY = {
    InputForm.NDJSON: OutputForm.NDJSON,
    InputForm.CSV: OutputForm.CSV,
    InputForm.XLSX: OutputForm.XLSX,
    InputForm.PAIN001: OutputForm.PAIN002,
}
_BY_SUFFIX = {
    ".ndjson": InputForm.NDJSON,
    ".jsonl": InputForm.NDJSON,
    ".json": InputForm.NDJSON,
    ".xlsx": InputForm.XLSX,
    ".xlsm": InputForm.XLSX,
    ".xml": InputForm.PAIN001,
}
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(slots=True)
class PayeeFile:
    """A file that was opened: its form, its rows, and what a status report repeats of an order."""

    form: InputForm
    rows: Iterable[PayeeRow]
    order: OrderHeader = field(default_factory=OrderHeader)


def form_of(path: Path, head: bytes) -> InputForm:
    """A file's form by its first bytes, else by its suffix; what neither tells is taken as CSV."""
    if head.startswith(_OLD_EXCEL):
        raise RejectedError(f"{path} is a workbook of the old form or has a password: save it as .xlsx")
    if head.startswith(_ZIP):
        return InputForm.XLSX
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"<"):
        return InputForm.PAIN001
    if text.startswith(b"{"):
        return InputForm.NDJSON
    return _BY_SUFFIX.get(path.suffix.lower(), InputForm.CSV)


def open_rows(path: Path, file: BinaryIO, context: RowContext, settings: Settings) -> PayeeFile:
    """The payees of an open file; its rows are read as they are asked for."""
    form = form_of(path, file.read(HEAD_BYTES))
    file.seek(0)
    rows_max, bytes_max = settings.vop_records_max, settings.vop_bytes_max
    match form:
        case InputForm.NDJSON:
            line_max = settings.vop_line_bytes_max
            rows = read_ndjson(file, rows_max=rows_max, bytes_max=bytes_max, line_bytes_max=line_max)
            return PayeeFile(form, rows)
        case InputForm.CSV:
            return PayeeFile(form, read_csv(file, context, rows_max=rows_max, bytes_max=bytes_max))
        case InputForm.XLSX:
            if path.stat().st_size > bytes_max:
                raise RejectedError(f"file exceeds the maximum of {bytes_max} bytes")
            return PayeeFile(form, read_xlsx(file.read(), context, rows_max=rows_max, bytes_max=bytes_max))
        case InputForm.PAIN001:
            reader = PainReader(file, context, rows_max=rows_max, bytes_max=bytes_max)
            return PayeeFile(form, reader, reader.header)


def output_form(given: OutputForm | None, output: Path | None, form: InputForm) -> OutputForm:
    """How results are written: as it was said, else by the suffix of the output, else as the file came."""
    if given is not None:
        return given
    suffix = output.suffix.lower() if output else ""
    return next((each for each, own in SUFFIXES.items() if own == suffix), ANSWERED_BY[form])


def write_results(
    file: BinaryIO, form: OutputForm, results: Results, header: ReportHeader, *, guard: bool
) -> None:
    """Write results in their order."""
    match form:
        case OutputForm.XLSX:
            write_xlsx(file, results(), guard=guard)
        case OutputForm.CSV:
            _write(file, write_csv(results(), guard=guard))
        case OutputForm.NDJSON:
            _write(file, write_ndjson(results()))
        case OutputForm.PAIN002:
            _write(file, write_pain002(header, results))


def _write(file: BinaryIO, pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        file.write(piece)
