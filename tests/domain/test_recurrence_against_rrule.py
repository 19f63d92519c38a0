"""Recurrence against an independent oracle: dateutil's rrule, on 100,000 generated rules."""

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from itertools import dropwhile, islice
from random import Random
from typing import Literal

import pytest
from dateutil import rrule

from duerun.domain.recurrence import (
    LAST,
    NEXT_DATES_MAX,
    DaysOfMonth,
    On,
    Period,
    Rule,
    WeekdayOfMonth,
    Weekdays,
    dates_after,
    is_date,
    next_date,
)

SHAPES = {
    "days": (Period.DAY, 20_000),
    "weekdays": (Period.WEEK, 30_000),
    "days_of_month": (Period.MONTH, 25_000),
    "weekday_of_month": (Period.MONTH, 25_000),
}
RULES_EACH_FAR = 100
PROBES_PER_RULE = 3
FREQUENCIES: dict[Period, Literal[1, 2, 3]] = {
    Period.DAY: rrule.DAILY,
    Period.WEEK: rrule.WEEKLY,
    Period.MONTH: rrule.MONTHLY,
}
DAYS_PER_PERIOD = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31}
FIRST_START = date(1900, 1, 1).toordinal()
LAST_START = date(2300, 12, 31).toordinal()


def generated_rule(dice: Random, shape: str) -> Rule:
    """Mostly short steps, some long ones; half of the rules end, from at once to past the 30th date."""
    period, _ = SHAPES[shape]
    every = dice.choice((1, 1, 1, 2, 3, 4, 6, 12, dice.randint(1, 60)))
    start_on = date.fromordinal(dice.randint(FIRST_START, LAST_START))
    span = dice.randint(0, 40 * every * DAYS_PER_PERIOD[period])
    end_on = start_on + timedelta(days=span) if dice.random() < 0.5 else None
    return Rule(every=every, period=period, on=generated_on(dice, shape), start_on=start_on, end_on=end_on)


def generated_on(dice: Random, shape: str) -> On:
    if shape == "days":
        return None
    if shape == "weekdays":
        return Weekdays(tuple(dice.sample(range(7), dice.randint(1, 7))))
    if shape == "days_of_month":
        return DaysOfMonth(tuple(dice.sample(range(1, 29), dice.choice((1, 1, 2, 3, 28)))))
    return WeekdayOfMonth(dice.choice((1, 2, 3, 4, LAST)), dice.randrange(7))


def oracle(rule: Rule) -> rrule.rrule:
    """The same rule for rrule; its months are counted from day 1 of the first one."""
    first = rule.start_on.replace(day=1) if rule.period == Period.MONTH else rule.start_on
    return rrule.rrule(
        FREQUENCIES[rule.period],
        dtstart=midnight(first),
        interval=rule.every,
        wkst=rrule.MO,
        until=None if rule.end_on is None else midnight(rule.end_on),
        bymonthday=rule.on.days if isinstance(rule.on, DaysOfMonth) else None,
        byweekday=oracle_weekdays(rule.on),
    )


def oracle_weekdays(on: On) -> list[rrule.weekday] | None:
    if isinstance(on, Weekdays):
        return [rrule.weekday(weekday) for weekday in on.weekdays]
    if isinstance(on, WeekdayOfMonth):
        return [rrule.weekday(on.weekday, on.ordinal)]
    return None


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def oracle_dates(rule: Rule, count: int) -> list[date]:
    from_start = dropwhile(lambda moment: moment < midnight(rule.start_on), oracle(rule))
    return [moment.date() for moment in islice(from_start, count)]


def differences(rule: Rule, dice: Random) -> list[str]:
    """What this rule answers otherwise than the oracle does."""
    known = oracle_dates(rule, NEXT_DATES_MAX + 1)
    found = [] if dates_after(rule, None) == known[:NEXT_DATES_MAX] else [f"dates of {rule}"]
    if next_date(rule, None) != (known[0] if known else None):
        found.append(f"first date of {rule}")
    for _ in range(PROBES_PER_RULE):
        found += differences_after(rule, known, probe(rule, known, dice))
    return found


def probe(rule: Rule, known: list[date], dice: Random) -> date:
    """A day from a little before the start to the last date for which the oracle has a later one."""
    last = known[-1] if known else rule.end_on or rule.start_on
    span = (last - rule.start_on).days
    return rule.start_on + timedelta(days=dice.randint(-10, max(span - 1, 0)))


def differences_after(rule: Rule, known: list[date], after: date) -> list[str]:
    place = bisect_right(known, after)
    expected = known[place] if place < len(known) else None
    found = [] if next_date(rule, after) == expected else [f"next date after {after} of {rule}"]
    if is_date(rule, after) != (after in known):
        found.append(f"whether {after} is a date of {rule}")
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_generated_rules_agree_with_rrule(shape: str) -> None:
    dice = Random(f"rules of {shape}")  # noqa: S311 - repeatable, guards nothing
    _, count = SHAPES[shape]

    found = [each for _ in range(count) for each in differences(generated_rule(dice, shape), dice)]

    assert found == []


@pytest.mark.parametrize("shape", SHAPES)
def test_next_dates_decades_away_agree_with_rrule(shape: str) -> None:
    dice = Random(f"far dates of {shape}")  # noqa: S311 - repeatable, guards nothing

    found = []
    for _ in range(RULES_EACH_FAR):
        rule = generated_rule(dice, shape)
        after = rule.start_on + timedelta(days=dice.randint(3_000, 12_000))
        later = oracle(rule).after(midnight(after))
        if next_date(rule, after) != (later.date() if later else None):
            found.append(f"next date after {after} of {rule}")

    assert found == []


def test_a_hundred_thousand_rules_are_compared() -> None:
    assert sum(count for _, count in SHAPES.values()) == 100_000
