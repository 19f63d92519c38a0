"""Business days: weekends, holidays, and the fixed holidays of four countries."""

from datetime import date

import pytest

from duerun.domain.business_days import holidays, is_business_day, next_business_day

NEW_YEAR = frozenset({date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 3)})


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2025-06-02", True, id="Monday"),
        pytest.param("2025-06-06", True, id="Friday"),
        pytest.param("2025-06-07", False, id="Saturday"),
        pytest.param("2025-06-08", False, id="Sunday"),
        pytest.param("2025-01-01", False, id="a holiday in the week"),
    ],
)
def test_a_business_day_is_a_weekday_without_a_holiday(day: str, expected: bool) -> None:
    assert is_business_day(date.fromisoformat(day), NEW_YEAR) is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2025-06-02", "2025-06-03", id="Monday to Tuesday"),
        pytest.param("2025-06-06", "2025-06-09", id="Friday over the weekend"),
        pytest.param("2025-06-07", "2025-06-09", id="from a Saturday"),
        pytest.param("2025-06-08", "2025-06-09", id="from a Sunday"),
        pytest.param("2024-12-31", "2025-01-06", id="over holidays and a weekend behind them"),
        pytest.param("2025-01-02", "2025-01-06", id="from a holiday"),
        pytest.param("2024-02-28", "2024-02-29", id="to a leap day"),
    ],
)
def test_the_next_business_day_is_later_and_open(day: str, expected: str) -> None:
    assert next_business_day(date.fromisoformat(day), NEW_YEAR) == date.fromisoformat(expected)


def test_no_business_day_comes_after_the_calendar() -> None:
    with pytest.raises(OverflowError):
        next_business_day(date.max, frozenset())


@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        pytest.param("TH", "2025-04-14", True, id="Songkran"),
        pytest.param("TH", "2018-06-04", False, id="a working Monday"),
        pytest.param("TH", "2018-06-03", False, id="Queen Suthida's birthday before her time"),
        pytest.param("TH", "2019-06-03", True, id="Queen Suthida's birthday"),
        pytest.param("TH", "2016-05-05", True, id="the old Coronation Day"),
        pytest.param("TH", "2017-05-05", False, id="the old Coronation Day abolished"),
        pytest.param("TH", "2020-05-04", True, id="the new Coronation Day"),
        pytest.param("TH", "2016-10-13", False, id="the memorial day in the year of the death itself"),
        pytest.param("TH", "2017-10-13", True, id="the memorial day"),
        pytest.param("TH", "2025-12-10", True, id="Constitution Day"),
        pytest.param("JP", "2018-12-23", True, id="the former Emperor's birthday"),
        pytest.param("JP", "2019-12-23", False, id="the former Emperor's birthday is over"),
        pytest.param("JP", "2019-02-23", False, id="the Emperor's birthday before his reign"),
        pytest.param("JP", "2020-02-23", True, id="the Emperor's birthday"),
        pytest.param("JP", "2015-08-11", False, id="before Mountain Day"),
        pytest.param("JP", "2019-08-11", True, id="Mountain Day"),
        pytest.param("JP", "2021-08-11", False, id="Mountain Day moved for the Olympic Games"),
        pytest.param("JP", "2022-08-11", True, id="Mountain Day again"),
        pytest.param("SG", "2025-08-09", True, id="Singapore's National Day"),
        pytest.param("SG", "2025-08-31", False, id="not Malaysia's in Singapore"),
        pytest.param("MY", "2025-08-31", True, id="Malaysia's National Day"),
        pytest.param("MY", "2009-09-16", False, id="before Malaysia Day"),
        pytest.param("MY", "2010-09-16", True, id="Malaysia Day"),
        pytest.param("MY", "2025-01-01", False, id="New Year is no holiday in all of Malaysia"),
        pytest.param("XX", "2025-12-25", False, id="an unknown country"),
    ],
)
def test_fixed_holidays_hold_in_their_years(country: str, day: str, expected: bool) -> None:
    on = date.fromisoformat(day)

    assert (on in holidays(country, on.year)) is expected


@pytest.mark.parametrize(
    ("country", "day"),
    [
        pytest.param("TH", "2026-12-07", id="a substitute for a Saturday"),
        pytest.param("TH", "2026-03-03", id="Makha Bucha, by the moon"),
        pytest.param("JP", "2026-09-22", id="between two holidays"),
        pytest.param("SG", "2026-02-17", id="Chinese New Year"),
        pytest.param("MY", "2026-05-27", id="Hari Raya Haji"),
    ],
)
def test_movable_holidays_and_substitutes_close_the_banks(country: str, day: str) -> None:
    on = date.fromisoformat(day)

    assert on in holidays(country, on.year)
    assert next_business_day(on, holidays(country, on.year)) > on


def test_a_year_without_a_calendar_has_its_weekends_only() -> None:
    assert holidays("TH", 9001) == frozenset()
