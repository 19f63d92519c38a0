"""The dates that the database finds are those of the rule."""

from datetime import date, timedelta

import psycopg
from hypothesis import given, settings
from hypothesis import strategies as st

from duerun.domain.recurrence import (
    DaysOfMonth,
    Period,
    Rule,
    WeekdayOfMonth,
    Weekdays,
    dates_after,
    format_on,
)

RULES = 150
STARTS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
ONS = st.one_of(
    st.just((Period.DAY, None)),
    st.lists(st.integers(0, 6), min_size=1).map(lambda days: (Period.WEEK, Weekdays(tuple(days)))),
    st.lists(st.integers(1, 28), min_size=1).map(lambda days: (Period.MONTH, DaysOfMonth(tuple(days)))),
    st.tuples(st.sampled_from((1, 2, 3, 4, -1)), st.integers(0, 6)).map(
        lambda parts: (Period.MONTH, WeekdayOfMonth(*parts))
    ),
)


def test_the_database_finds_the_dates_of_a_rule_as_the_rule_does(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:

        @settings(max_examples=RULES)
        @given(
            every=st.integers(1, 5),
            on=ONS,
            start=STARTS,
            lasts=st.integers(0, 400),
            after=st.none() | st.integers(-5, 400),
        )
        def holds(every: int, on: tuple[Period, object], start: date, lasts: int, after: int | None) -> None:
            end = start + timedelta(days=lasts)
            rule = Rule(every=every, period=on[0], on=on[1], start_on=start, end_on=end)  # type: ignore[arg-type]
            day = None if after is None else start + timedelta(days=after)

            rows = connection.execute(
                "SELECT schedule_dates_ahead(%s, %s, %s, %s, %s, %s, 5)",
                (every, on[0].value, format_on(rule), start, end, day),
            ).fetchall()

            assert [found for (found,) in rows] == dates_after(rule, day, limit=5), (rule, day)

        holds()
