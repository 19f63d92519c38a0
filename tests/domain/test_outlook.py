"""What a rule will bring, against its dates counted one by one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duerun.domain.outlook import count_between, months_ahead, outlook
from duerun.domain.recurrence import (
    DaysOfMonth,
    On,
    Period,
    Rule,
    WeekdayOfMonth,
    Weekdays,
    dates_after,
    in_words,
)

START = date(2024, 1, 1)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    period = draw(st.sampled_from(Period))
    on: On = None
    if period is Period.WEEK:
        on = Weekdays(tuple(draw(st.sets(st.integers(0, 6), min_size=1))))
    elif period is Period.MONTH and draw(st.booleans()):
        on = DaysOfMonth(tuple(draw(st.sets(st.integers(1, 28), min_size=1, max_size=5))))
    elif period is Period.MONTH:
        on = WeekdayOfMonth(draw(st.sampled_from([1, 2, 3, 4, -1])), draw(st.integers(0, 6)))
    start = START + timedelta(days=draw(st.integers(0, 800)))
    days = draw(st.none() | st.integers(0, 900))
    end = None if days is None else start + timedelta(days=days)
    return Rule(every=draw(st.integers(1, 9)), period=period, on=on, start_on=start, end_on=end)


@given(rule=rules(), begin=st.integers(-50, 1_500), length=st.integers(0, 700))
def test_dates_between_two_days_are_counted_as_they_are_listed(rule: Rule, begin: int, length: int) -> None:
    first = START + timedelta(days=begin)
    last = first + timedelta(days=length)
    listed = [day for day in dates_after(rule, None, limit=3_000) if day <= last]

    assert count_between(rule, first, last) == sum(first <= day for day in listed)


@given(rule=rules())
def test_an_outlook_tells_the_first_second_and_last_date(rule: Rule) -> None:
    listed = dates_after(rule, None, limit=1_000)

    found = outlook(rule)

    assert found.words == in_words(rule)
    assert [found.first_on, found.second_on] == [*listed[:2], None, None][:2]
    if rule.end_on is None:
        assert (found.last_on, found.count) == (None, None)
    else:
        assert (found.last_on, found.count) == (listed[-1] if listed else None, len(listed))


@pytest.mark.parametrize("last", [date(9999, 12, 31), date(9000, 6, 1)])
def test_a_rule_of_thousands_of_years_is_counted_at_once(last: date) -> None:
    monthly = Rule(every=1, period=Period.MONTH, on=DaysOfMonth((1, 15)), start_on=START, end_on=None)
    months = (last.year - START.year) * 12 + last.month
    expected = months * 2 - (0 if last.day >= 15 else 1)

    assert count_between(monthly, START, last) == expected


def test_months_ahead_are_whole() -> None:
    assert months_ahead(date(2026, 11, 23), 3) == [
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 31)),
    ]
