"""What a bulk job found out about a row: its mistakes, and what its schedule would bring."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from duerun.domain.outlook import Outlook, outlook
from duerun.domain.recurrence import rule_of


@dataclass(frozen=True, slots=True)
class Mistake:
    """One error of a row: its code, and its message where it has one."""

    code: str
    message: str | None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" if self.message else self.code


@dataclass(frozen=True, slots=True)
class Finding:
    """What a dry run tells of a row beyond its first mistake; the rest is None without a sound rule."""

    other_errors: tuple[Mistake, ...]
    in_words: str | None = None
    first_on: date | None = None
    second_on: date | None = None
    last_on: date | None = None
    occurrences: int | None = None


def mistakes(row: dict[str, Any]) -> tuple[Mistake, ...]:
    """All errors of a stored row in the order of checking."""
    if row["error_code"] is None:
        return ()
    others = (Mistake(code, message) for code, message in row["other_errors"] or ())
    return (Mistake(row["error_code"], row["error_message"]), *others)


def finding(row: dict[str, Any]) -> Finding:
    """What a dry run found out about a stored row."""
    others = mistakes(row)[1:]
    if row["every"] is None:
        return Finding(others)
    ahead = _ahead(row)
    return Finding(others, ahead.words, ahead.first_on, ahead.second_on, ahead.last_on, ahead.count)


def _ahead(row: dict[str, Any]) -> Outlook:
    rule = rule_of(
        every=row["every"],
        period=row["period"],
        on_text=row["on_text"],
        start_on=row["start_on"],
        end_on=row["end_on"],
    )
    return outlook(rule)
