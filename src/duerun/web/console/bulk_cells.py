"""In which cell of a bulk file's row an error stands."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from duerun.domain.csv_records import METADATA_PREFIX
from duerun.services.bulk_findings import Mistake
from duerun.services.bulk_results import RowResult

CELL_SHOWN_CHARACTERS_MAX = 120
DATES = ("start_date", "end_date")

# By code, the columns that are looked at, the first one that the message names first.
COLUMNS_OF: Mapping[str, tuple[str, ...]] = {
    "missing_customer_key": ("customer_key",),
    "invalid_customer_key": ("customer_key",),
    "duplicate_schedule": ("customer_key",),
    "invalid_customer": ("customer",),
    "invalid_recipient": ("recipient",),
    "no_card_attached": ("card", "customer"),
    "invalid_card": ("card", "customer"),
    "invalid_amount": ("amount", "percentage_of_balance", "transfer"),
    "invalid_currency": ("currency",),
    "invalid_description": ("description",),
    "invalid_period": ("period", "every"),
    "invalid_days_of_month": ("days_of_month", "weekdays", "weekday_of_month"),
    "invalid_date_format": DATES,
    "start_date_in_past": ("start_date",),
    "end_date_before_start": ("end_date",),
    "conflicting_columns": ("recipient", "percentage_of_balance", "transfer", "customer", "card"),
    "invalid_metadata": (),
    "changed_since_dry_run": (),
    "card_number_refused": (),
}


class Cell(NamedTuple):
    """A cell as it is shown, with what is wrong with it."""

    column: str
    text: str
    faults: tuple[str, ...]


class FailedRow(NamedTuple):
    """A row with errors. `faults` are those that belong to no single cell."""

    number: int
    cells: tuple[Cell, ...]
    faults: tuple[str, ...]


def failed_row(result: RowResult) -> FailedRow:
    """A failed row with each error in its cell."""
    mistakes = [Mistake(result.error_code or "", result.error_message)]
    mistakes += result.finding.other_errors if result.finding else ()
    placed: dict[str, list[str]] = {}
    for mistake in mistakes:
        for column in _columns(mistake, result.cells) or ("",):
            placed.setdefault(column, []).append(_said(mistake))
    cells = tuple(
        Cell(column, _shown(text), tuple(placed.get(column, ()))) for column, text in result.cells.items()
    )
    return FailedRow(result.row_no, cells, tuple(placed.get("", ())))


def _columns(mistake: Mistake, cells: Mapping[str, str]) -> list[str]:
    """The columns that an error belongs to, of those that the file has."""
    if mistake.code == "invalid_date_format":
        return [name for name in DATES if name in cells and not _is_date(cells[name])]
    if mistake.code == "invalid_metadata":
        return [name for name in cells if name.startswith(METADATA_PREFIX)][:1]
    if mistake.code == "card_number_refused":
        return [name for name, text in cells.items() if "***" in text]
    candidates = [name for name in COLUMNS_OF.get(mistake.code, ()) if name in cells]
    return _named(mistake.message or "", candidates) or candidates[:1]


def _named(message: str, candidates: Iterable[str]) -> list[str]:
    """The column that a message begins with, or that it names first."""
    words = message.casefold().replace("percentage", "percentage_of_balance", 1)
    places = {name: words.find(name.split("_of_balance")[0].replace("_", " ")) for name in candidates}
    found = sorted((place, -len(name), name) for name, place in places.items() if place >= 0)
    return [found[0][2]] if found else []


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError:
        return False
    return True


def _said(mistake: Mistake) -> str:
    return mistake.message or mistake.code.replace("_", " ").capitalize()


def _shown(text: str) -> str:
    cut = text[:CELL_SHOWN_CHARACTERS_MAX]
    return cut + "…" if len(cut) < len(text) else cut
