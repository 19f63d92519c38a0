"""Recurrence: recorded vectors, boundaries, words, and what is refused."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duerun.domain.errors import RejectedError
from duerun.domain.recurrence import (
    BAD_DAYS_OF_MONTH,
    BAD_EVERY,
    BAD_WEEKDAY_OF_MONTH,
    BAD_WEEKDAYS,
    LAST,
    NEXT_DATES_MAX,
    ON_WITH_TWO_KINDS_OF_DAYS,
    ON_WITHOUT_MONTH_DAYS,
    ON_WITHOUT_WEEKDAYS,
    DaysOfMonth,
    On,
    Period,
    Rule,
    WeekdayOfMonth,
    Weekdays,
    dates_after,
    format_on,
    in_words,
    is_date,
    next_date,
    parse_days_of_month,
    parse_on,
    parse_on_parts,
    parse_weekday_of_month,
    parse_weekdays,
    rule_of,
)

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
HUGE = 10**18
ONE_DAY = timedelta(days=1)


def rule(text: str) -> Rule:
    """A rule in short: `3 week monday;saturday 2017-05-16..2018-05-15`; on and end may be left out."""
    every, period, *on_text, span = text.split()
    start, _, end = span.partition("..")
    return rule_of(
        every=int(every),
        period=period,
        on_text="".join(on_text),
        start_on=date.fromisoformat(start),
        end_on=date.fromisoformat(end) if end else None,
    )


def days(text: str) -> list[date]:
    return [date.fromisoformat(day) for day in text.split()]


RECORDED = [
    pytest.param(
        "1 month 15 2017-12-15..2018-03-15",
        "2017-12-15 2018-01-15 2018-02-15 2018-03-15",
        id="monthly on the 15th, both ends inclusive",
    ),
    pytest.param(
        "10 day 2017-11-10..2017-12-31",
        "2017-11-10 2017-11-20 2017-11-30 2017-12-10 2017-12-20 2017-12-30",
        id="every 10 days",
    ),
    pytest.param(
        "1 month 2nd_monday 2017-06-02..2018-05-01",
        "2017-06-12 2017-07-10 2017-08-14 2017-09-11 2017-10-09 2017-11-13 2017-12-11 "
        "2018-01-08 2018-02-12 2018-03-12 2018-04-09",
        id="second Mondays",
    ),
    pytest.param(
        "1 week monday;friday 2017-07-08..2017-07-31",
        "2017-07-10 2017-07-14 2017-07-17 2017-07-21 2017-07-24 2017-07-28 2017-07-31",
        id="Mondays and Fridays of a finished transfer schedule",
    ),
]

RECORDED_IN_PART = [
    pytest.param(
        "1 week monday;friday 2017-12-01..2018-05-01",
        30,
        "2017-12-01 2017-12-04 2017-12-08",
        "2018-03-09 2018-03-12",
        id="Mondays and Fridays, capped",
    ),
    pytest.param(
        "3 week monday;saturday 2017-05-16..2018-05-15",
        30,
        "2017-05-20 2017-06-05 2017-06-10 2017-06-26 2017-07-01",
        "2018-03-26",
        id="every third week, the first one cut by the start, capped",
    ),
    pytest.param(
        "1 month 1st_monday 2019-05-23..2020-05-23",
        12,
        "2019-06-03 2019-07-01 2019-08-05",
        "2020-05-04",
        id="first Mondays",
    ),
    pytest.param(
        "1 month last_friday 2019-05-23..2020-05-23",
        12,
        "2019-05-31 2019-06-28 2019-07-26",
        "2020-04-24",
        id="last Fridays",
    ),
]


@pytest.mark.parametrize(("text", "expected"), RECORDED)
def test_recorded_schedules_yield_their_recorded_dates(text: str, expected: str) -> None:
    assert dates_after(rule(text), None) == days(expected)


@pytest.mark.parametrize(("text", "count", "head", "tail"), RECORDED_IN_PART)
def test_recorded_schedules_yield_their_recorded_count_head_and_tail(
    text: str, count: int, head: str, tail: str
) -> None:
    dates = dates_after(rule(text), None)

    assert len(dates) == count
    assert dates[: len(days(head))] == days(head)
    assert dates[-len(days(tail)) :] == days(tail)


BOUNDARIES = [
    pytest.param(
        "1 day 2024-02-28..2024-03-01", "2024-02-28 2024-02-29 2024-03-01", id="29 February of a leap year"
    ),
    pytest.param("1 day 2023-02-28..2023-03-01", "2023-02-28 2023-03-01", id="no 29 February"),
    pytest.param("1 day 2025-01-01..2025-01-01", "2025-01-01", id="a span of one day"),
    pytest.param("1 day 2025-01-02..2025-01-01", "", id="an end before the start"),
    pytest.param("7 day 2025-01-01..2025-01-14", "2025-01-01 2025-01-08", id="an end one day short"),
    pytest.param("2 week sunday 2025-01-05..2025-01-31", "2025-01-05 2025-01-19", id="a start on a Sunday"),
    pytest.param(
        "2 week monday 2025-01-05..2025-01-31", "2025-01-13 2025-01-27", id="week 0 ends on its Sunday"
    ),
    pytest.param(
        "2 week monday;sunday 2025-01-06..2025-01-31",
        "2025-01-06 2025-01-12 2025-01-20 2025-01-26",
        id="week 0 begins on its Monday",
    ),
    pytest.param(
        "1 week wednesday 2024-12-26..2025-01-08", "2025-01-01 2025-01-08", id="weeks across the new year"
    ),
    pytest.param(
        "2 month 10 2025-01-11..2025-06-30", "2025-03-10 2025-05-10", id="month 0 counts without a date"
    ),
    pytest.param("12 month 28 2024-02-28..2026-02-27", "2024-02-28 2025-02-28", id="a year in months"),
    pytest.param(
        "1 month 1;15;28 2025-01-15..2025-02-15",
        "2025-01-15 2025-01-28 2025-02-01 2025-02-15",
        id="three days",
    ),
    pytest.param("1 month last_monday 2025-06-01..2025-07-01", "2025-06-30", id="a last Monday on the 30th"),
    pytest.param("1 month last_friday 2025-01-01..2025-01-31", "2025-01-31", id="a last Friday on the 31st"),
    pytest.param(
        "1 month last_thursday 2024-02-01..2024-02-29", "2024-02-29", id="a last Thursday on the 29th"
    ),
    pytest.param("1 month last_friday 2025-02-01..2025-02-28", "2025-02-28", id="a last Friday on the 28th"),
    pytest.param(
        "1 month 4th_friday 2025-01-01..2025-02-28",
        "2025-01-24 2025-02-28",
        id="a fourth that is not the last",
    ),
    pytest.param("1 month last_friday 2025-01-31..2025-01-31", "2025-01-31", id="start and end on its date"),
    pytest.param(
        "1 month 2nd_monday 2025-01-14..2025-02-28", "2025-02-10", id="a start one day after its date"
    ),
    pytest.param("1 day 9999-12-30", "9999-12-30 9999-12-31", id="days at the end of the calendar"),
    pytest.param(
        "1 week friday;saturday 9999-12-24", "9999-12-24 9999-12-25 9999-12-31", id="weeks at its end"
    ),
    pytest.param("1 month 28 9999-11-29", "9999-12-28", id="months at its end"),
    pytest.param("1 month last_friday 9999-11-27", "9999-12-31", id="last Fridays at its end"),
    pytest.param(f"{HUGE} day 2025-01-01", "2025-01-01", id="every 10^18 days"),
    pytest.param(f"{HUGE} week wednesday 2025-01-01", "2025-01-01", id="every 10^18 weeks"),
    pytest.param(f"{HUGE} week monday 2025-01-01", "", id="every 10^18 weeks, the first one missed"),
    pytest.param(f"{HUGE} month 1;2 2025-01-01", "2025-01-01 2025-01-02", id="every 10^18 months"),
    pytest.param(
        "1 day 0001-01-01..0001-01-02", "0001-01-01 0001-01-02", id="days at the beginning of the calendar"
    ),
    pytest.param(
        "1 week monday 0001-01-01..0001-01-08", "0001-01-01 0001-01-08", id="weeks at its beginning"
    ),
    pytest.param("1 month 1st_monday 0001-01-01..0001-01-31", "0001-01-01", id="months at its beginning"),
]


@pytest.mark.parametrize(("text", "expected"), BOUNDARIES)
def test_dates_hold_at_boundaries(text: str, expected: str) -> None:
    assert dates_after(rule(text), None) == days(expected)


AFTER = [
    pytest.param("1 month 15 2025-01-01", "2024-06-01", "2025-01-15", id="long before the start"),
    pytest.param("1 month 15 2025-01-15", "2025-01-14", "2025-01-15", id="the day before the start"),
    pytest.param("1 month 15 2025-01-15", "2025-01-15", "2025-02-15", id="on a date"),
    pytest.param(
        "1 month 15 2025-01-15..2025-02-15", "2025-02-14", "2025-02-15", id="the day before the end"
    ),
    pytest.param("1 month 15 2025-01-15..2025-02-15", "2025-02-15", "", id="on the end"),
    pytest.param("1 month 15 2025-01-15..2025-02-14", "2025-01-15", "", id="the next date is past the end"),
    pytest.param("7 day 2025-01-01", "2125-01-01", "2125-01-03", id="days, a century on"),
    pytest.param("3 week monday 2025-01-06", "2125-01-01", "2125-01-22", id="weeks, a century on"),
    pytest.param("7 month 1 2025-01-01", "2125-01-01", "2125-05-01", id="months, a century on"),
    pytest.param("1 day 2025-01-01", "9999-12-31", "", id="on the last day of the calendar"),
    pytest.param("5 day 2025-01-01", "9999-12-30", "", id="days past the calendar"),
    pytest.param("5 month 1 2025-01-01", "9999-12-30", "", id="months past the calendar"),
]


@pytest.mark.parametrize(("text", "after", "expected"), AFTER)
def test_next_date_is_the_first_later_one(text: str, after: str, expected: str) -> None:
    found = next_date(rule(text), date.fromisoformat(after))

    assert found == (date.fromisoformat(expected) if expected else None)


def test_at_most_thirty_dates_are_told_unless_another_limit_is_given() -> None:
    daily = rule("1 day 2025-01-01")

    assert len(dates_after(daily, None)) == NEXT_DATES_MAX == 30
    assert dates_after(daily, date(2025, 1, 1), limit=2) == days("2025-01-02 2025-01-03")
    assert len(dates_after(daily, None, limit=400)) == 400
    assert dates_after(daily, None, limit=0) == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2024-12-01", False, id="before the start, though on the rule"),
        pytest.param("2025-01-01", True, id="the start"),
        pytest.param("2025-01-02", False, id="the day after a date"),
        pytest.param("2025-03-01", True, id="the end"),
        pytest.param("2025-04-01", False, id="past the end, though on the rule"),
    ],
)
def test_a_day_is_a_date_of_the_rule_or_not(day: str, expected: bool) -> None:
    assert is_date(rule("1 month 1 2025-01-01..2025-03-01"), date.fromisoformat(day)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("10 day 2025-01-01", "Every 10 day(s)", id="days"),
        pytest.param("1 week monday 2025-01-01", "Every 1 week(s) on Monday", id="one weekday"),
        pytest.param(
            "3 week saturday;monday 2025-01-01", "Every 3 week(s) on Monday and Saturday", id="two weekdays"
        ),
        pytest.param(
            "1 week monday;tuesday;wednesday;thursday;friday 2025-01-01",
            "Every 1 week(s) on Monday, Tuesday, Wednesday, Thursday, and Friday",
            id="five weekdays",
        ),
        pytest.param("1 month 27 2025-01-01", "Every 1 month(s) on the 27th", id="one day"),
        pytest.param("1 month 1;16 2025-01-01", "Every 1 month(s) on the 1st and 16th", id="two days"),
        pytest.param(
            "1 month 1;15;28 2025-01-01", "Every 1 month(s) on the 1st, 15th, and 28th", id="more days"
        ),
        pytest.param(
            "1 month 2;3;4;11;12;13;21;22;23;24 2025-01-01",
            "Every 1 month(s) on the 2nd, 3rd, 4th, 11th, 12th, 13th, 21st, 22nd, 23rd, and 24th",
            id="ordinals",
        ),
        pytest.param(
            "1 month 2nd_monday 2025-01-01", "Every 1 month(s) on the 2nd Monday", id="second Monday"
        ),
        pytest.param(
            "1 month last_friday 2025-01-01", "Every 1 month(s) on the last Friday", id="last Friday"
        ),
    ],
)
def test_a_rule_in_words(text: str, expected: str) -> None:
    assert in_words(rule(text)) == expected


STORED_TEXTS = [
    pytest.param(Period.DAY, "", None, id="nothing for days"),
    pytest.param(Period.WEEK, "monday;friday", Weekdays((MONDAY, FRIDAY)), id="weekdays"),
    pytest.param(Period.MONTH, "1;15", DaysOfMonth((1, 15)), id="days of the month"),
    pytest.param(Period.MONTH, "2nd_monday", WeekdayOfMonth(2, MONDAY), id="an ordinal weekday"),
    pytest.param(Period.MONTH, "last_friday", WeekdayOfMonth(LAST, FRIDAY), id="the last weekday"),
]


@pytest.mark.parametrize(("period", "text", "on"), STORED_TEXTS)
def test_what_is_stored_is_read_back_unchanged(period: Period, text: str, on: On) -> None:
    stored = Rule(every=1, period=period, on=on, start_on=date(2025, 1, 1), end_on=None)

    assert format_on(stored) == text
    assert parse_on(period, text) == on


def test_equal_columns_give_one_rule() -> None:
    assert rule("1 month 1;15 2025-01-01..2026-01-01") is rule("1 month 1;15 2025-01-01..2026-01-01")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["monday"], (MONDAY,), id="one"),
        pytest.param(["Friday", "MONDAY"], (MONDAY, FRIDAY), id="any case, sorted"),
        pytest.param(("sunday", "sunday", "Sunday"), (SUNDAY,), id="doubles"),
        pytest.param([" saturday "], (SATURDAY,), id="blanks around"),
    ],
)
def test_weekday_names_are_read(names: object, expected: tuple[int, ...]) -> None:
    assert parse_weekdays(names) == Weekdays(expected)


def test_weekdays_are_named_from_monday_on() -> None:
    assert Weekdays((SUNDAY, MONDAY)).names() == ["monday", "sunday"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([1], (1,), id="one"),
        pytest.param([28, 1, 15], (1, 15, 28), id="sorted"),
        pytest.param([5, "5", "05"], (5,), id="doubles"),
        pytest.param(["1", " 28 "], (1, 28), id="texts of a form"),
    ],
)
def test_days_of_the_month_are_read(values: object, expected: tuple[int, ...]) -> None:
    assert parse_days_of_month(values) == DaysOfMonth(expected)


@pytest.mark.parametrize(
    ("text", "expected", "formatted"),
    [
        pytest.param("1st_monday", WeekdayOfMonth(1, MONDAY), "1st_monday", id="1st"),
        pytest.param("First_Monday", WeekdayOfMonth(1, MONDAY), "1st_monday", id="first"),
        pytest.param("second_friday", WeekdayOfMonth(2, FRIDAY), "2nd_friday", id="second"),
        pytest.param("third_sunday", WeekdayOfMonth(3, SUNDAY), "3rd_sunday", id="third"),
        pytest.param("FOURTH_SATURDAY", WeekdayOfMonth(4, SATURDAY), "4th_saturday", id="fourth"),
        pytest.param("Last_friday", WeekdayOfMonth(LAST, FRIDAY), "last_friday", id="last"),
    ],
)
def test_a_weekday_of_the_month_is_read_in_both_spellings(
    text: str, expected: WeekdayOfMonth, formatted: str
) -> None:
    assert parse_weekday_of_month(text) == expected
    assert expected.format() == formatted


@pytest.mark.parametrize(
    ("names", "message"),
    [
        pytest.param([], ON_WITHOUT_WEEKDAYS, id="none"),
        pytest.param(["mon"], BAD_WEEKDAYS, id="an abbreviation"),
        pytest.param(["monday", ""], BAD_WEEKDAYS, id="an empty name"),
        pytest.param(["monday", None], BAD_WEEKDAYS, id="a null"),
        pytest.param([1], BAD_WEEKDAYS, id="a number"),
        pytest.param([["monday"]], BAD_WEEKDAYS, id="a nested array"),
        pytest.param("monday", BAD_WEEKDAYS, id="a text"),
        pytest.param({"monday": True}, BAD_WEEKDAYS, id="an object"),
        pytest.param(None, BAD_WEEKDAYS, id="a null for the array"),
    ],
)
def test_bad_weekdays_are_refused(names: object, message: str) -> None:
    with pytest.raises(RejectedError) as refusal:
        parse_weekdays(names)

    assert refusal.value.message == message
    assert refusal.value.code == "bad_request"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param([], ON_WITHOUT_MONTH_DAYS, id="none"),
        pytest.param([0], BAD_DAYS_OF_MONTH, id="0"),
        pytest.param([-1], BAD_DAYS_OF_MONTH, id="-1"),
        pytest.param([1, 29], BAD_DAYS_OF_MONTH, id="29"),
        pytest.param(["30"], BAD_DAYS_OF_MONTH, id="30 as a text"),
        pytest.param([31], BAD_DAYS_OF_MONTH, id="31"),
        pytest.param([10**30], BAD_DAYS_OF_MONTH, id="a huge integer"),
        pytest.param(["1" * 5_000], BAD_DAYS_OF_MONTH, id="5,000 digits"),
        pytest.param([1.5], BAD_DAYS_OF_MONTH, id="a fraction"),
        pytest.param([True], BAD_DAYS_OF_MONTH, id="a boolean"),
        pytest.param([None], BAD_DAYS_OF_MONTH, id="a null"),
        pytest.param([""], BAD_DAYS_OF_MONTH, id="an empty text"),
        pytest.param(["٣"], BAD_DAYS_OF_MONTH, id="a digit of another script"),
        pytest.param([[1]], BAD_DAYS_OF_MONTH, id="a nested array"),
        pytest.param(1, BAD_DAYS_OF_MONTH, id="no array"),
        pytest.param("1", BAD_DAYS_OF_MONTH, id="a text"),
    ],
)
def test_bad_days_of_the_month_are_refused(values: object, message: str) -> None:
    with pytest.raises(RejectedError) as refusal:
        parse_days_of_month(values)

    assert refusal.value.message == message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "monday",
        "_monday",
        "2nd_",
        "2nd",
        "5th_monday",
        "0th_monday",
        "2nd monday",
        "2nd_mon",
        "2nd_monday_x",
        2,
        None,
        ["2nd_monday"],
    ],
    ids=repr,
)
def test_a_bad_weekday_of_the_month_is_refused(text: object) -> None:
    with pytest.raises(RejectedError) as refusal:
        parse_weekday_of_month(text)

    assert refusal.value.message == BAD_WEEKDAY_OF_MONTH


@pytest.mark.parametrize(
    ("period", "parts", "expected"),
    [
        pytest.param(Period.DAY, {}, None, id="days need nothing"),
        pytest.param(Period.DAY, {"weekdays": ["nonsense"]}, None, id="weekdays are ignored for days"),
        pytest.param(
            Period.WEEK, {"weekdays": ["monday"], "days_of_month": [99]}, Weekdays((MONDAY,)), id="weekdays"
        ),
        pytest.param(
            Period.MONTH,
            {"days_of_month": [1], "weekdays": "nonsense"},
            DaysOfMonth((1,)),
            id="days of month",
        ),
        pytest.param(
            Period.MONTH,
            {"weekday_of_month": "2nd_monday", "days_of_month": []},
            WeekdayOfMonth(2, MONDAY),
            id="an empty array is not given",
        ),
        pytest.param(
            Period.MONTH,
            {"weekday_of_month": "", "days_of_month": [3]},
            DaysOfMonth((3,)),
            id="an empty text is not given",
        ),
    ],
)
def test_the_parts_of_a_request_make_the_periods_on(
    period: Period, parts: dict[str, object], expected: On
) -> None:
    assert parse_on_parts(period, **parts) == expected


@pytest.mark.parametrize(
    ("period", "parts", "message"),
    [
        pytest.param(Period.WEEK, {}, ON_WITHOUT_WEEKDAYS, id="a week without weekdays"),
        pytest.param(Period.WEEK, {"days_of_month": [1]}, ON_WITHOUT_WEEKDAYS, id="a week with days only"),
        pytest.param(Period.MONTH, {}, ON_WITHOUT_MONTH_DAYS, id="a month without on"),
        pytest.param(
            Period.MONTH,
            {"days_of_month": [1], "weekday_of_month": "2nd_monday"},
            ON_WITH_TWO_KINDS_OF_DAYS,
            id="a month with both",
        ),
        pytest.param(Period.MONTH, {"days_of_month": [29]}, BAD_DAYS_OF_MONTH, id="the 29th"),
        pytest.param(Period.MONTH, {"weekday_of_month": "x"}, BAD_WEEKDAY_OF_MONTH, id="a bad ordinal"),
    ],
)
def test_parts_that_make_no_on_are_refused(period: Period, parts: dict[str, object], message: str) -> None:
    with pytest.raises(RejectedError) as refusal:
        parse_on_parts(period, **parts)

    assert refusal.value.message == message


def test_the_refusals_say_the_texts_of_the_specification() -> None:
    assert BAD_DAYS_OF_MONTH == "on [days_of_month] must be an array of integer values (1 - 28)"
    assert ON_WITHOUT_MONTH_DAYS == "on must contain one of days_of_month, weekday_of_month"
    assert ON_WITHOUT_WEEKDAYS == "on must contain weekdays"
    assert BAD_WEEKDAYS == "on [weekdays] must be an array of weekday names"
    assert BAD_WEEKDAY_OF_MONTH == "on [weekday_of_month] must be an ordinal and a weekday"
    assert BAD_EVERY == "every must be an integer greater than or equal to 1"


@pytest.mark.parametrize("every", [0, -1])
def test_a_rule_repeats_every_one_period_at_least(every: int) -> None:
    with pytest.raises(RejectedError, match="every must be an integer"):
        Rule(every=every, period=Period.DAY, on=None, start_on=date(2025, 1, 1), end_on=None)


@pytest.mark.parametrize(
    ("period", "on"),
    [
        pytest.param(Period.DAY, Weekdays((MONDAY,)), id="a day with weekdays"),
        pytest.param(Period.WEEK, None, id="a week with nothing"),
        pytest.param(Period.WEEK, DaysOfMonth((1,)), id="a week with days of the month"),
        pytest.param(Period.MONTH, Weekdays((MONDAY,)), id="a month with weekdays"),
    ],
)
def test_a_rule_holds_only_what_belongs_to_its_period(period: Period, on: On) -> None:
    with pytest.raises(ValueError, match="does not belong"):
        Rule(every=1, period=period, on=on, start_on=date(2025, 1, 1), end_on=None)


def test_values_outside_a_week_or_a_month_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="from 0 to 6"):
        Weekdays((7,))
    with pytest.raises(ValueError, match="from 1 to 28"):
        DaysOfMonth(())
    with pytest.raises(ValueError, match="no such weekday"):
        WeekdayOfMonth(5, MONDAY)


def test_days_and_an_ordinal_weekday_of_the_same_numbers_stay_apart() -> None:
    days_rule = rule("1 month 1;2 2025-01-01")
    weekday_rule = rule("1 month 1st_wednesday 2025-01-01")

    assert days_rule != weekday_rule
    assert len({days_rule, weekday_rule}) == 2


ONS: dict[Period, st.SearchStrategy[On]] = {
    Period.DAY: st.none(),
    Period.WEEK: st.builds(Weekdays, st.sets(st.integers(0, 6), min_size=1).map(tuple)),
    Period.MONTH: st.one_of(
        st.builds(DaysOfMonth, st.sets(st.integers(1, 28), min_size=1).map(tuple)),
        st.builds(WeekdayOfMonth, st.sampled_from((1, 2, 3, 4, LAST)), st.integers(0, 6)),
    ),
}


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    period = draw(st.sampled_from(Period))
    start_on = draw(st.dates(date(1999, 1, 1), date(2101, 12, 31)))
    span = draw(st.none() | st.integers(0, 800))
    return Rule(
        every=draw(st.integers(1, 9)),
        period=period,
        on=draw(ONS[period]),
        start_on=start_on,
        end_on=None if span is None else start_on + timedelta(days=span),
    )


def days_from(start: date, count: int) -> Iterator[date]:
    return (start + timedelta(days=offset) for offset in range(count))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(rules())
def test_the_next_date_is_the_same_from_every_day_before_it(drawn: Rule) -> None:
    known = [drawn.start_on - timedelta(days=3), *dates_after(drawn, None, limit=12)]

    for earlier, later in pairwise(known):
        distance = (later - earlier).days
        assert {next_date(drawn, day) for day in days_from(earlier, distance)} == {later}
        assert [day for day in days_from(earlier + ONE_DAY, distance) if is_date(drawn, day)] == [later]


@settings(max_examples=300, derandomize=True, deadline=None)
@given(rules())
def test_asking_again_and_step_by_step_never_drifts(drawn: Rule) -> None:
    before = repr(drawn)
    at_once = dates_after(drawn, None)

    step_by_step = [next_date(drawn, None), *(next_date(drawn, day) for day in at_once)]

    assert step_by_step[: len(at_once)] == at_once
    assert dates_after(drawn, None) == at_once
    assert repr(drawn) == before


@settings(max_examples=300, derandomize=True, deadline=None)
@given(rules())
def test_a_rule_comes_back_from_its_stored_columns(drawn: Rule) -> None:
    read = rule_of(
        every=drawn.every,
        period=str(drawn.period),
        on_text=format_on(drawn),
        start_on=drawn.start_on,
        end_on=drawn.end_on,
    )

    assert read == drawn
