"""The portal's columns, whether they come as CSV or in a workbook (source: the VOP wire specification, 8.2)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from duerun.domain.errors import RejectedError
from duerun.web.payees.faults import Fault, field_fault
from duerun.web.payees.payee_rows import Given, Labels, PayeeRow, RowContext, blank_row, build_row

REFERENCE, NAME, IBAN, ORG_ID = "E2E ID", "Beneficiary Name", "Beneficiary IBAN", "Beneficiary ORG ID"
COLUMNS = (REFERENCE, NAME, IBAN, ORG_ID)
LABELS = Labels(reference=REFERENCE, iban=IBAN, name=NAME, org_id=ORG_ID)


def table_rows(rows: Iterable[Sequence[str]], context: RowContext, *, rows_max: int) -> Iterator[PayeeRow]:
    """The payees of a table whose first row names the columns, in any order and case; others are left alone.

    Raises RejectedError for a table without a column that is needed, with one twice, or with too many rows.
    """
    iterator = iter(rows)
    header = next(iterator, None)
    if header is None:
        raise RejectedError("file contains no records")
    places = _places(header)
    first = next(iterator, None)
    if first is None:
        raise RejectedError("file contains no records")
    for number, cells in enumerate(chain((first,), iterator), 1):
        if number > rows_max:
            raise RejectedError(f"file exceeds the maximum of {rows_max} records")
        yield _row(number, cells, len(header), places, context)


def _places(header: Sequence[str]) -> dict[str, int]:
    names = [" ".join(cell.split()).casefold() for cell in header]
    for column in COLUMNS:
        if names.count(column.casefold()) > 1:
            raise RejectedError(f"file has the column '{column}' twice")
    places = {column: names.index(column.casefold()) for column in COLUMNS if column.casefold() in names}
    if IBAN not in places:
        raise RejectedError(f"file lacks the column '{IBAN}'")
    if NAME not in places and ORG_ID not in places:
        raise RejectedError(f"file lacks the column '{NAME}' or '{ORG_ID}'")
    return places


def _row(
    number: int, cells: Sequence[str], width: int, places: dict[str, int], context: RowContext
) -> PayeeRow:
    stripped = [cell.strip(" ") for cell in cells]
    if not any(stripped):
        return blank_row(number, context)
    faults = []
    if any(stripped[width:]):
        faults.append(Fault("INVALID_FIELD", f"Row {number} has more cells than the header"))
    texts = {column: stripped[place] if place < len(stripped) else "" for column, place in places.items()}
    faults += [
        field_fault(column, "must not be a formula") for column, text in texts.items() if text.startswith("=")
    ]
    given = Given(
        reference=texts.get(REFERENCE, ""),
        iban=texts[IBAN],
        name=texts.get(NAME, ""),
        org_id=texts.get(ORG_ID, ""),
    )
    return build_row(number, given, LABELS, context, extra=tuple(faults))
