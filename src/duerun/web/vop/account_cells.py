"""An account as a row of a CSV file, brought into the form of the account file (the VOP wire specification, 8.4)."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from duerun.domain.errors import RejectedError
from duerun.web.payees.faults import Fault, field_fault
from duerun.web.vop.account_reading import ORGANISATION, PERSONS

BETWEEN = "|"

_INDEX = re.compile(r"\[\d+\]")
_REMITTANCE = "unstructuredRemittanceInformation"
_ACCOUNT_COLUMNS = ("iban", "status", "accountHolderType", "accountName", "remittance")
_PERSON_COLUMNS = ("givenNames", "prefix", "surname", "birthName", "aliases")
_ORGANISATION_COLUMNS = ("legalName", "commercialNames", "lei", "otherIds")
COLUMNS = _ACCOUNT_COLUMNS + _PERSON_COLUMNS + _ORGANISATION_COLUMNS
MANDATORY = ("iban", "status", "accountHolderType")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a CSV file are cut: the sign between cells, and the column of each place (empty: unknown)."""

    separator: str
    columns: tuple[str, ...]


def read_layout(header: str) -> Layout:
    """The layout that a header names, in any order and case. Raises RejectedError for a header that does not serve."""
    separator = ";" if ";" in header or "," not in header else ","
    cells = [cell.strip().casefold() for cell in cut(header, separator)]
    names = {column.casefold(): column for column in COLUMNS}
    for name, column in names.items():
        if cells.count(name) > 1:
            raise RejectedError(f"has the column '{column}' twice")
    missing = [column for column in MANDATORY if column.casefold() not in cells]
    if missing:
        raise RejectedError(f"lacks the column '{missing[0]}'")
    return Layout(separator, tuple(names.get(cell, "") for cell in cells))


def cut(line: str, separator: str) -> list[str]:
    """The cells of a line. Raises RejectedError for one that is not CSV; no cell goes over several lines."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        raise RejectedError("is not CSV: look for a quote that is misplaced or not closed") from None


def members_of(cells: list[str], layout: Layout) -> tuple[dict[str, Any], list[Fault]]:
    """The members that a row stands for, and what is wrong with the row itself."""
    texts = [cell.strip() for cell in cells]
    faults = []
    if any(texts[len(layout.columns) :]):
        faults.append(Fault("INVALID_FIELD", "has more cells than the header"))
    row = {column: text for column, text in zip(layout.columns, texts, strict=False) if column and text}
    given: dict[str, Any] = {column: row[column] for column in _ACCOUNT_COLUMNS[:4] if column in row}
    for word in MANDATORY[1:]:
        given[word] = row.get(word, "").upper()
    if "remittance" in row:
        given[_REMITTANCE] = row["remittance"]
    faults += _misplaced(row, given["accountHolderType"])
    holder = _members(row, _PERSON_COLUMNS)
    if holder:
        given[PERSONS] = [holder]
    organisation = _members(row, _ORGANISATION_COLUMNS)
    if organisation:
        given[ORGANISATION] = organisation
    return ({} if faults else given), faults


def column_of(detail: str) -> str:
    """What is said of a member, said of its column.

    >>> column_of("Field 'organisationAccountHolder.otherIds[1].identification' must have 9 digits")
    "Field 'otherIds' must have 9 digits"
    """
    head, path, rest = detail.split("'", 2)
    names = _INDEX.sub("", path).replace(_REMITTANCE, "remittance").split(".")
    found = [name for name in names if name in COLUMNS]
    return f"{head}'{found[0] if found else path}'{rest}"


def _misplaced(row: dict[str, str], kind: str) -> list[Fault]:
    """Cells that belong to the other kind of holder."""
    foreign = {"NP": _ORGANISATION_COLUMNS, "ORG": _PERSON_COLUMNS}.get(kind, ())
    return [field_fault(column, f"must be empty for {kind}") for column in foreign if column in row]


def _members(row: dict[str, str], columns: tuple[str, ...]) -> dict[str, Any]:
    return {column: _FORMS.get(column, str)(row[column]) for column in columns if column in row}


def _several(text: str) -> list[str]:
    return [part.strip() for part in text.split(BETWEEN)]


def _other_ids(text: str) -> list[dict[str, str]]:
    """`SCHEME:value` each; without a scheme it is one that is not on the list."""
    pairs = [part.partition(":") for part in _several(text) if part]
    return [
        {"schemeNameCode": scheme.strip().upper() if colon else "-", "identification": value.strip() or "-"}
        for scheme, colon, value in pairs
    ]


_FORMS: dict[str, Callable[[str], Any]] = {
    "aliases": _several,
    "commercialNames": _several,
    "otherIds": _other_ids,
    "lei": str.upper,
}
