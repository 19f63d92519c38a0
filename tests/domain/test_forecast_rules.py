"""Dates played ahead, bands of failures, and calendars as text."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duerun.domain.accounts import Account, Fees
from duerun.domain.calendars import Upcoming, summary, write
from duerun.domain.forecast import Lane, play
from duerun.domain.forecast_bands import Outcomes, expected, rates_of, wilson
from duerun.domain.recurrence import DaysOfMonth, Period, Rule, WeekdayOfMonth, Weekdays, dates_after
from duerun.domain.retries import RetryPolicy, RetryRule
from duerun.domain.schedules import DateChange

START = date(2027, 1, 1)
NOW = datetime(2026, 12, 31, 12, tzinfo=UTC)
ACCOUNT = Account(
    id=1,
    public_id="account_1",
    livemode=False,
    team_id="team_1",
    email="a@example.com",
    country="TH",
    currency="THB",
    timezone="America/New_York",
    api_version="2019-05-29",
    charge_run_time=time(2, 30),
    transfer_run_time=time(8, 5),
    webhook_uri=None,
    created_at=NOW,
    fees=Fees(Decimal("3.65"), Decimal(7)),
)
ONS = st.one_of(
    st.just((Period.DAY, None)),
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: (Period.WEEK, Weekdays(tuple(days)))),
    st.sets(st.integers(1, 28), min_size=1).map(lambda days: (Period.MONTH, DaysOfMonth(tuple(days)))),
    st.tuples(st.sampled_from((1, 2, 3, 4, -1)), st.integers(0, 6)).map(
        lambda parts: (Period.MONTH, WeekdayOfMonth(*parts))
    ),
)


@given(
    on=ONS,
    every=st.integers(1, 4),
    days=st.integers(1, 400),
    end=st.none() | st.integers(0, 500),
    skipped=st.sets(st.integers(0, 30)),
    paused=st.booleans(),
)
def test_a_lane_that_is_played_falls_on_the_dates_of_its_rule(
    on: tuple[Period, Weekdays | DaysOfMonth | WeekdayOfMonth | None],
    every: int,
    days: int,
    end: int | None,
    skipped: set[int],
    paused: bool,
) -> None:
    end_on = None if end is None else START + timedelta(days=end)
    rule = Rule(every, on[0], on[1], START, end_on)
    until = ACCOUNT.due_at("charge", START + timedelta(days=days))
    dates = [day for day in dates_after(rule, None, limit=500) if ACCOUNT.due_at("charge", day) < until]
    left_out = {day for place, day in enumerate(dates) if place in skipped}
    changes = {day: DateChange(skipped=True) for day in left_out}
    lane = Lane(
        kind="charge", rule=rule, currency="THB", count=3, amount_minor=900, paused=paused, changes=changes
    )

    turns = list(play(lane, ACCOUNT, now=NOW, until=until, policy=RetryPolicy()))

    assert [taken.due.scheduled_on for taken in turns] == dates
    running = [taken.due.scheduled_on for taken in turns if taken.runs]
    assert running == ([] if paused else [day for day in dates if day not in left_out])
    assert [taken.moment for taken in turns] == [ACCOUNT.due_at("charge", day) for day in dates]


@given(count=st.integers(0, 10**6), share=st.floats(0, 1))
def test_the_share_that_was_seen_lies_within_its_band(count: int, share: float) -> None:
    outcomes = Outcomes(count, int(count * share))

    band = wilson(outcomes)

    assert 0 <= band.low <= band.high <= 1
    if count:
        assert band.low - 1e-9 <= outcomes.failed / count <= band.high + 1e-9


def test_nothing_is_said_of_a_few_outcomes() -> None:
    assert rates_of({0: Outcomes(29, 5)}) is None
    assert rates_of({}) is None
    assert rates_of({0: Outcomes(30, 5)}) is not None


def test_retries_follow_on_the_next_days_as_often_as_they_are_made() -> None:
    rates = rates_of({0: Outcomes(1_000_000, 100_000), 1: Outcomes(1_000_000, 500_000)})
    assert rates is not None

    days = expected(
        {START: (1_000, 1_000_000)}, rates, rule=RetryRule((1, 1)), holidays=lambda _: frozenset()
    )

    told = [
        (each.failures_low, each.failures_high, each.retries_low, each.retries_high) for each in days.values()
    ]
    assert list(days) == [START, START + timedelta(days=1), START + timedelta(days=2)]
    assert told == [(99, 101, 0, 0), (49, 51, 99, 101), (24, 26, 49, 51)]


def upcoming(**given: object) -> Upcoming:
    values = {
        "schedule_id": "schd_test_1",
        "kind": "charge",
        "scheduled_on": START,
        "runs_on": START,
        "due_at": NOW,
        "amount_minor": 125_000,
        "currency": "THB",
    }
    return Upcoming(**(values | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (upcoming(), "Charge 1,250.00 THB"),
        (upcoming(kind="transfer", currency="JPY"), "Transfer 125,000 JPY"),
        (
            upcoming(kind="transfer", amount_minor=None, percentage=Decimal("7.5")),
            "Transfer of 7.5 % of the balance",
        ),
        (upcoming(kind="transfer", amount_minor=None), "Transfer of the balance"),
    ],
)
def test_an_entry_says_what_is_moved(entry: Upcoming, words: str) -> None:
    assert summary(entry) == words


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_lines_are_folded_and_unfold_to_what_they_were(text: str) -> None:
    written = write([upcoming(schedule_id=text)], timezone="UTC")

    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    unfolded = written.decode().replace("\r\n ", "")
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    assert f"\r\nDESCRIPTION:{escaped}\r\n" in unfolded
