"""Which rows of one bulk file repeat an earlier row (source: the wire specification, 13.3)."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class DuplicateRule(StrEnum):
    """What makes two rows the same: their terms with overlapping dates, their key, either, or nothing."""

    TERMS_OR_KEY = "terms_or_key"
    TERMS = "terms"
    KEY = "key"
    OFF = "off"


class Candidate(NamedTuple):
    """A row that may be a duplicate. Equal `terms` mean the same customer, amount, currency and rule."""

    row_no: int
    customer_key: str
    terms: Hashable
    start_on: date
    end_on: date | None


def settle_duplicates(candidates: Sequence[Candidate], *, rule: DuplicateRule) -> set[int]:
    """The numbers of the rows, given in file order, that repeat an earlier row which is no duplicate.

    Dates overlap when they share a day, ends inclusive; None is no end.
    """
    by_terms = rule in (DuplicateRule.TERMS_OR_KEY, DuplicateRule.TERMS)
    by_key = rule in (DuplicateRule.TERMS_OR_KEY, DuplicateRule.KEY)
    keys: set[str] = set()
    spans: defaultdict[Hashable, _Spans] = defaultdict(_Spans)
    duplicates: set[int] = set()
    for candidate in candidates:
        is_known = by_key and candidate.customer_key in keys
        if is_known or (by_terms and not spans[candidate.terms].add(candidate.start_on, candidate.end_on)):
            duplicates.add(candidate.row_no)
        else:
            keys.add(candidate.customer_key)
    return duplicates


class _Spans:
    """Spans of dates that share no day, in order."""

    def __init__(self) -> None:
        self._starts: list[date] = []
        self._ends: list[date] = []

    def add(self, start_on: date, end_on: date | None) -> bool:
        """Whether the span shares no day with those before it, and so was added."""
        end = end_on or date.max
        place = bisect_right(self._starts, start_on)
        if place and self._ends[place - 1] >= start_on:
            return False
        if place < len(self._starts) and self._starts[place] <= end:
            return False
        self._starts.insert(place, start_on)
        self._ends.insert(place, end)
        return True
