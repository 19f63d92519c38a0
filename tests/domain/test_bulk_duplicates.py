"""A row repeats an earlier one by its terms or by its key, as the rule says; a repeat itself repeats nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duerun.domain.bulk_duplicates import Candidate, DuplicateRule, settle_duplicates
from duerun.domain.schedules import overlap

FIRST_DAY = date(2025, 1, 1)


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


candidate_rows = st.lists(
    st.tuples(
        st.sampled_from(["k1", "k2", "k3", "k4", "k5", "k6"]),
        st.sampled_from(["gold", "silver"]),
        st.integers(0, 20),
        st.one_of(st.none(), st.integers(0, 4)),
    ),
    max_size=14,
)


@pytest.mark.parametrize(
    ("rule", "duplicates"),
    [
        pytest.param(DuplicateRule.TERMS_OR_KEY, {2: 1, 3: 1}, id="terms or key"),
        pytest.param(DuplicateRule.TERMS, {2: 1}, id="terms"),
        pytest.param(DuplicateRule.KEY, {3: 1}, id="key"),
        pytest.param(DuplicateRule.OFF, {}, id="off"),
    ],
)
def test_the_rule_says_what_makes_two_rows_the_same(rule: DuplicateRule, duplicates: dict[int, int]) -> None:
    candidates = [
        Candidate(1, "a", "gold", day(0), day(10)),
        Candidate(2, "b", "gold", day(10), day(20)),
        Candidate(3, "a", "silver", day(0), None),
        Candidate(4, "c", "gold", day(21), None),
    ]

    assert settle_duplicates(candidates, rule=rule) == duplicates


def test_a_row_that_is_a_duplicate_makes_no_other_row_one() -> None:
    candidates = [
        Candidate(1, "a", "gold", day(0), day(10)),
        Candidate(2, "b", "gold", day(5), day(30)),
        Candidate(3, "b", "gold", day(11), day(12)),
    ]

    assert settle_duplicates(candidates, rule=DuplicateRule.TERMS_OR_KEY) == {2: 1}


@pytest.mark.parametrize(
    ("start", "end", "is_duplicate"),
    [
        pytest.param(0, 9, False, id="ends the day before"),
        pytest.param(0, 10, True, id="ends on the first day"),
        pytest.param(12, 13, True, id="lies inside"),
        pytest.param(20, 25, True, id="starts on the last day"),
        pytest.param(21, None, False, id="starts the day after"),
        pytest.param(0, None, True, id="has no end"),
    ],
)
def test_spans_overlap_when_they_share_a_day(start: int, end: int | None, is_duplicate: bool) -> None:
    candidates = [
        Candidate(1, "a", "gold", day(10), day(20)),
        Candidate(2, "b", "gold", day(start), None if end is None else day(end)),
    ]

    assert (2 in settle_duplicates(candidates, rule=DuplicateRule.TERMS)) is is_duplicate


@given(rows=candidate_rows, rule=st.sampled_from(DuplicateRule))
def test_comparing_every_pair_finds_the_same_duplicates(
    rows: list[tuple[str, str, int, int | None]], rule: DuplicateRule
) -> None:
    candidates = [
        Candidate(number, key, terms, day(start), None if days is None else day(start + days))
        for number, (key, terms, start, days) in enumerate(rows, 1)
    ]
    unique: list[Candidate] = []
    for candidate in candidates:
        if not any(repeats(candidate, earlier, rule) for earlier in unique):
            unique.append(candidate)

    expected = {row.row_no for row in candidates} - {row.row_no for row in unique}
    found = settle_duplicates(candidates, rule=rule)
    by_number = {each.row_no: each for each in candidates}
    assert set(found) == expected
    assert all(repeats(by_number[row], by_number[earlier], rule) for row, earlier in found.items())
    assert expected.isdisjoint(found.values())


def repeats(candidate: Candidate, earlier: Candidate, rule: DuplicateRule) -> bool:
    spans = (candidate.start_on, candidate.end_on), (earlier.start_on, earlier.end_on)
    same_terms = candidate.terms == earlier.terms and overlap(*spans)
    same_key = candidate.customer_key == earlier.customer_key
    return (same_terms and rule in ("terms_or_key", "terms")) or (
        same_key and rule in ("terms_or_key", "key")
    )
