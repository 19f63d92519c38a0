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


def settle_duplicates(candidates: Sequence[Candidate], *, rule: DuplicateRule) -> dict[int, int]:
    """The numbers of the rows, given in file order, that repeat an earlier row which is no duplicate: each with that.

    Dates overlap when they share a day, ends inclusive; None is no end.
    """
    by_terms = rule in (DuplicateRule.TERMS_OR_KEY, DuplicateRule.TERMS)
    by_key = rule in (DuplicateRule.TERMS_OR_KEY, DuplicateRule.KEY)
    keys: dict[str, int] = {}
    spans: defaultdict[Hashable, _Spans] = defaultdict(_Spans)
    duplicates: dict[int, int] = {}
    for each in candidates:
        earlier = keys.get(each.customer_key) if by_key else None
        if earlier is None and by_terms:
            earlier = spans[each.terms].add(each.start_on, each.end_on, each.row_no)
        if earlier is None:
            keys[each.customer_key] = each.row_no
        else:
            duplicates[each.row_no] = earlier
    return duplicates


class _Spans:
    """Spans of dates that share no day, in order, each with its row."""

    def __init__(self) -> None:
        self._starts: list[date] = []
        self._ends: list[date] = []
        self._rows: list[int] = []

    def add(self, start_on: date, end_on: date | None, row_no: int) -> int | None:
        """The row of a span that shares a day with this one; None if there is none, and this one was added."""
        end = end_on or date.max
        place = bisect_right(self._starts, start_on)
        if place and self._ends[place - 1] >= start_on:
            return self._rows[place - 1]
        if place < len(self._starts) and self._starts[place] <= end:
            return self._rows[place]
        self._starts.insert(place, start_on)
        self._ends.insert(place, end)
        self._rows.insert(place, row_no)
        return None
