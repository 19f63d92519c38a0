"""Local run times as moments, across clock changes and at the calendar's ends."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from duerun.domain.local_time import local_date, run_at

BANGKOK = "Asia/Bangkok"
BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("day", "time_of_day", "zone", "expected"),
    [
        pytest.param("2018-03-01", "08:30", BANGKOK, "2018-03-01T01:30", id="charges in Thailand"),
        pytest.param("2017-07-10", "08:05", BANGKOK, "2017-07-10T01:05", id="transfers in Thailand"),
        pytest.param("2025-01-01", "08:30", "Asia/Tokyo", "2024-12-31T23:30", id="the day before in UTC"),
        pytest.param("2025-01-01", "08:30", "Asia/Singapore", "2025-01-01T00:30", id="Singapore"),
        pytest.param("2025-01-01", "08:30", "Asia/Kuala_Lumpur", "2025-01-01T00:30", id="Malaysia"),
        pytest.param("2025-03-30", "01:59", BERLIN, "2025-03-30T00:59", id="just before the gap"),
        pytest.param("2025-03-30", "02:30", BERLIN, "2025-03-30T01:30", id="in the gap, offset before it"),
        pytest.param("2025-03-30", "03:00", BERLIN, "2025-03-30T01:00", id="just after the gap"),
        pytest.param("2025-10-26", "02:30", BERLIN, "2025-10-26T00:30", id="repeated, the first time"),
        pytest.param("2025-10-26", "03:00", BERLIN, "2025-10-26T02:00", id="after the repetition"),
        pytest.param("2025-03-09", "02:30", NEW_YORK, "2025-03-09T07:30", id="in the gap west of Greenwich"),
        pytest.param("2025-11-02", "01:30", NEW_YORK, "2025-11-02T05:30", id="repeated west of Greenwich"),
        pytest.param("2011-12-30", "08:30", "Pacific/Apia", "2011-12-30T18:30", id="a day left out whole"),
    ],
)
def test_a_local_run_time_is_one_moment(day: str, time_of_day: str, zone: str, expected: str) -> None:
    moment = run_at(date.fromisoformat(day), time.fromisoformat(time_of_day), ZoneInfo(zone))

    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert moment.tzinfo is UTC


def test_the_second_pass_of_a_repeated_time_is_never_meant() -> None:
    first = run_at(date(2025, 10, 26), time(2, 30), ZoneInfo(BERLIN))

    assert run_at(date(2025, 10, 26), time(2, 30, fold=1), ZoneInfo(BERLIN)) == first


def test_runs_of_successive_days_are_in_order_across_clock_changes() -> None:
    days = [date(2025, 1, 1) + timedelta(days=offset) for offset in range(365)]

    moments = [run_at(day, time(2, 30), ZoneInfo(BERLIN)) for day in days]

    assert moments == sorted(set(moments))


@pytest.mark.parametrize(
    ("day", "time_of_day", "zone", "expected"),
    [
        pytest.param(
            date.max,
            time(23, 0),
            NEW_YORK,
            datetime.max.replace(tzinfo=UTC),
            id="the last evening in New York",
        ),
        pytest.param(
            date.min, time(1, 0), BANGKOK, datetime.min.replace(tzinfo=UTC), id="the first morning in Bangkok"
        ),
    ],
)
def test_a_run_time_stays_within_the_calendar(
    day: date, time_of_day: time, zone: str, expected: datetime
) -> None:
    assert run_at(day, time_of_day, ZoneInfo(zone)) == expected


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        pytest.param("2025-01-01T16:59:59+00:00", BANGKOK, "2025-01-01", id="a second before midnight"),
        pytest.param("2025-01-01T17:00:00+00:00", BANGKOK, "2025-01-02", id="midnight"),
        pytest.param("2025-01-01T03:00:00+00:00", NEW_YORK, "2024-12-31", id="still the old year"),
        pytest.param("2025-01-02T01:00:00+09:00", BANGKOK, "2025-01-01", id="from another offset"),
        pytest.param("9999-12-31T23:00:00+00:00", BANGKOK, "9999-12-31", id="the end of the calendar"),
        pytest.param("0001-01-01T01:00:00+00:00", NEW_YORK, "0001-01-01", id="its beginning"),
    ],
)
def test_a_moment_has_one_local_date(moment: str, zone: str, expected: str) -> None:
    assert local_date(datetime.fromisoformat(moment), ZoneInfo(zone)) == date.fromisoformat(expected)


def test_a_moment_without_an_offset_has_no_local_date() -> None:
    with pytest.raises(ValueError, match="no offset"):
        local_date(datetime(2025, 1, 1), ZoneInfo(BANGKOK))  # noqa: DTZ001 - the fault under test


def test_a_run_time_falls_on_its_own_local_date() -> None:
    zone = ZoneInfo("Asia/Tokyo")

    assert local_date(run_at(date(2025, 1, 1), time(8, 30), zone), zone) == date(2025, 1, 1)
