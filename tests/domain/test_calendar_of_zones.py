"""A million dates of schedules in all zones against an independent calendar: which moment, which local date.

The oracle asks dateutil for offsets from UTC alone and finds the moment of a local time by itself. Incidents D7 and T2:
a guard by UTC days, and schedules made in the hour of a clock change.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import TZPATH, ZoneInfo, available_timezones

import pytest
from dateutil import tz

from duerun.domain.local_time import local_date, run_at
from duerun.domain.recurrence import DaysOfMonth, Period, Rule, WeekdayOfMonth, Weekdays, next_date

CASES = 1_000_000
ZONES = sorted(
    name for name in available_timezones() if "/" in name and not name.startswith(("posix", "right"))
)
DATES_A_RULE = 12
# The oracle knows no clock changes behind 2037.
FIRST, LAST = date(2020, 1, 1).toordinal(), date(2031, 12, 31).toordinal()
ONE_DAY = timedelta(days=1)
SHARES = 8


@cache
def offsets(zone: str) -> tz.tzfile:
    """The zone as dateutil reads it, from the very file that Python reads."""
    folders = [Path(each) for each in TZPATH] + [Path(str(resources.files("tzdata") / "zoneinfo"))]
    return tz.tzfile(str(next(folder / zone for folder in folders if (folder / zone).is_file())))


def offset_at(zone: str, moment: datetime) -> timedelta:
    """The offset of a zone at a moment in UTC without an offset of its own."""
    local = offsets(zone).fromutc(moment.replace(tzinfo=offsets(zone)))
    return local.replace(tzinfo=None) - moment


def moment_of(zone: str, local: datetime) -> datetime:
    """The first moment with this local time; one that is left out keeps the offset from before."""
    before, after = offset_at(zone, local - ONE_DAY), offset_at(zone, local + ONE_DAY)
    found = [local - each for each in (before, after) if offset_at(zone, local - each) == each]
    return min(found, default=local - before)


def rule_of(dice: Random) -> Rule:
    start = date.fromordinal(dice.randint(FIRST, LAST))
    period, on = dice.choice(
        [
            (Period.DAY, None),
            (Period.WEEK, Weekdays((dice.randrange(7),))),
            (Period.MONTH, DaysOfMonth((dice.randint(1, 28),))),
            (Period.MONTH, WeekdayOfMonth(dice.randint(1, 4), dice.randrange(7))),
        ]
    )
    return Rule(every=dice.randint(1, 4), period=period, on=on, start_on=start, end_on=None)


@pytest.mark.parametrize("share", range(SHARES))
def test_every_date_of_every_zone_has_the_moment_and_the_local_date_of_the_oracle(share: int) -> None:
    dice = Random(share)  # noqa: S311 - the same cases in every run
    zones = ZONES[share::SHARES]
    cases = 0
    while cases < CASES // SHARES:
        for zone in zones:
            rule, at = rule_of(dice), time(dice.randrange(24), dice.randrange(60))
            day: date | None = None
            for _ in range(DATES_A_RULE):
                day = next_date(rule, day)
                assert day is not None
                _check(zone, day, at, dice)
                cases += 1


def _check(zone: str, day: date, at: time, dice: Random) -> None:
    moment = run_at(day, at, ZoneInfo(zone))
    expected = moment_of(zone, datetime.combine(day, at))
    assert moment.replace(tzinfo=None) == expected, (zone, day, at)
    step = timedelta(
        seconds=dice.choice((-1, 1)) * dice.choice((1, 59, 3_600, 86_400, dice.randint(1, 34_560_000)))
    )
    other = moment + step
    shown = other.replace(tzinfo=None) + offset_at(zone, other.astimezone(UTC).replace(tzinfo=None))
    assert local_date(other, ZoneInfo(zone)) == shown.date(), (zone, other)


@pytest.mark.parametrize("hour", range(24))
def test_one_local_date_has_one_moment_in_every_zone_and_hour(hour: int) -> None:
    """The runs of successive days never fall together, also across every clock change of a year."""
    for zone in ZONES:
        moments = [
            run_at(date(2026, 1, 1) + timedelta(days=offset), time(hour), ZoneInfo(zone))
            for offset in range(366)
        ]
        assert all(one < other for one, other in pairwise(moments)), zone
