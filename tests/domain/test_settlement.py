"""What is done with a due occurrence, and what follows: the decisions, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from duerun.domain.accounts import Account
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.recurrence import Period, Rule
from duerun.domain.retries import CatchUp, RetryPolicy
from duerun.domain.schedules import ScheduleState
from duerun.domain.settlement import Due, FollowUp, Step, decide, follow

BANGKOK = Account(
    id=1,
    public_id="account_1",
    livemode=False,
    team_id="team_1",
    email="merchant@example.com",
    country="TH",
    currency="THB",
    timezone="Asia/Bangkok",
    api_version="2019-05-29",
    charge_run_time=time(8, 30),
    transfer_run_time=time(8, 5),
    webhook_uri=None,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)
POLICY = RetryPolicy()
DAILY = Rule(every=1, period=Period.DAY, on=None, start_on=date(2026, 3, 1), end_on=date(2026, 3, 20))


def due(**given: Any) -> Due:
    values: dict[str, Any] = {
        "id": "occu_test_1",
        "schedule_id": "schd_test_1",
        "kind": "charge",
        "scheduled_on": date(2026, 3, 1),
        "attempt": 0,
        "due_at": datetime(2026, 3, 1, 1, 30, tzinfo=UTC),
        "token": 0,
        "sends": 0,
        "released": False,
        "rule": DAILY,
        "schedule_state": ScheduleState.ACTIVE,
        "paused": False,
        "failed_dates": 0,
        "retry_of": None,
    }
    return Due(**values | given)


def at(day: int, hour: int = 1, minute: int = 30) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def following(each: Due, state: OccurrenceState, message: str | None = None, **given: Any) -> FollowUp:
    options: dict[str, Any] = {"account": BANGKOK, "now": at(1), "policy": POLICY}
    return follow(each, state, message, **options | given)


@pytest.mark.parametrize(
    ("each", "step", "message"),
    [
        (due(), Step.RUN, None),
        (due(paused=True), Step.SKIP, "schedule is paused"),
        (due(schedule_state=ScheduleState.DELETED), Step.CANCEL, None),
        (due(schedule_state=ScheduleState.SUSPENDED, attempt=1), Step.CANCEL, None),
        (due(retry_of=date(2026, 2, 28)), Step.SKIP, "retry of 2026-02-28 is pending"),
        (due(attempt=1, retry_of=None), Step.RUN, None),
    ],
    ids=["runs", "paused", "deleted", "suspended", "day of a retry", "retry"],
)
def test_a_due_occurrence_is_decided_by_its_schedule(each: Due, step: Step, message: str | None) -> None:
    decision = decide(each, BANGKOK, at(1), POLICY)

    assert (decision.step, decision.message) == (step, message)


def test_a_regular_date_runs_beside_a_retry_when_both_are_wanted() -> None:
    both = replace(POLICY, overlap_skips=False)

    assert decide(due(retry_of=date(2026, 2, 28)), BANGKOK, at(1), both).step is Step.RUN


@pytest.mark.parametrize(
    ("now", "catch_up", "step", "newer"),
    [
        (at(1, 7, 29), CatchUp.LATEST, Step.RUN, []),
        (at(1, 16), CatchUp.LATEST, Step.RUN, []),
        (at(2, 0), CatchUp.LATEST, Step.RUN, []),
        (at(4, 2), CatchUp.LATEST, Step.SKIP, [2, 3, 4]),
        (at(4, 1, 29), CatchUp.LATEST, Step.SKIP, [2, 3]),
        (at(4, 2), CatchUp.ALL, Step.RUN, []),
        (at(4, 2), CatchUp.ASK, Step.HOLD, [2, 3, 4]),
        (at(2, 0), CatchUp.ASK, Step.HOLD, []),
    ],
    ids=["late", "same day", "only one", "with today", "before today's time", "all", "ask", "ask for one"],
)
def test_missed_days_follow_the_policy(
    now: datetime, catch_up: CatchUp, step: Step, newer: list[int]
) -> None:
    decision = decide(due(), BANGKOK, now, replace(POLICY, catch_up_charges=catch_up))

    assert decision.step is step
    assert [day.day for day in decision.missed] == newer


def test_a_released_occurrence_runs_however_late() -> None:
    ask = replace(POLICY, catch_up_charges=CatchUp.ASK)

    assert decide(due(released=True), BANGKOK, at(19), ask).step is Step.RUN


def test_the_newest_missed_day_is_planned_and_the_others_are_skipped() -> None:
    missed = (date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4))

    after = following(due(), OccurrenceState.SKIPPED, "missed", missed=missed)

    assert [(row.scheduled_on.day, row.state) for row in after.planned] == [
        (2, OccurrenceState.SKIPPED),
        (3, OccurrenceState.SKIPPED),
        (4, OccurrenceState.DUE),
    ]


def test_held_days_wait_together_and_the_plan_goes_on_behind_them() -> None:
    missed = (date(2026, 3, 2), date(2026, 3, 3))

    after = following(due(), OccurrenceState.HELD, "missed", missed=missed)

    assert [(row.scheduled_on.day, row.state) for row in after.planned] == [
        (2, OccurrenceState.HELD),
        (3, OccurrenceState.HELD),
        (4, OccurrenceState.DUE),
    ]


def test_the_next_date_is_planned_at_its_time_of_day() -> None:
    after = following(due(), OccurrenceState.SUCCESSFUL)

    assert [(row.scheduled_on, row.due_at, row.attempt) for row in after.planned] == [
        (date(2026, 3, 2), at(2), 0)
    ]


@pytest.mark.parametrize(
    ("attempt", "retry_on", "suspend"),
    [(0, date(2026, 3, 2), False), (1, date(2026, 3, 2), False), (2, None, True)],
    ids=["first", "second", "third"],
)
def test_a_failed_charge_is_retried_twice_then_stops(
    attempt: int, retry_on: date | None, suspend: bool
) -> None:
    after = following(due(attempt=attempt), OccurrenceState.FAILED, "charge could not be captured")

    retries = [row for row in after.planned if row.retry_on is not None]
    assert [row.retry_on for row in retries] == ([retry_on] if retry_on else [])
    assert [row.attempt for row in retries] == ([attempt + 1] if retry_on else [])
    assert after.suspend is suspend


def test_a_retry_plans_no_further_date() -> None:
    after = following(due(attempt=1), OccurrenceState.SUCCESSFUL)

    assert after == FollowUp(may_expire=True)


def test_the_last_date_lets_the_schedule_expire() -> None:
    after = following(due(scheduled_on=date(2026, 3, 20)), OccurrenceState.SUCCESSFUL)

    assert after == FollowUp(may_expire=True)


def test_a_settled_occurrence_of_a_deleted_schedule_plans_nothing() -> None:
    gone = due(schedule_state=ScheduleState.DELETED)

    assert following(gone, OccurrenceState.SUCCESSFUL) == FollowUp()


@pytest.mark.parametrize(
    ("message", "failed_dates", "retry_on", "suspend", "counted"),
    [
        ("insufficient balance", 0, date(2026, 3, 9), False, None),
        ("recipient is not verified", 0, None, False, 1),
        ("recipient is not active", 2, None, True, 3),
    ],
    ids=["balance waits for Monday", "not verified", "third date"],
)
def test_a_failed_transfer_follows_its_reason(
    message: str, failed_dates: int, retry_on: date | None, suspend: bool, counted: int | None
) -> None:
    friday = due(kind="transfer", scheduled_on=date(2026, 3, 6), failed_dates=failed_dates)

    after = following(friday, OccurrenceState.FAILED, message, now=at(6, 1, 5))

    retries = [row.retry_on for row in after.planned if row.retry_on is not None]
    assert retries == ([retry_on] if retry_on else [])
    assert after.suspend is suspend
    assert after.failed_dates == counted


def test_a_transfer_that_goes_forgets_failed_dates() -> None:
    after = following(due(kind="transfer", failed_dates=2), OccurrenceState.SUCCESSFUL)

    assert after.failed_dates == 0


def test_late_means_more_than_hours_and_another_day() -> None:
    evening = due(due_at=at(1, 16), scheduled_on=date(2026, 3, 1))

    decision = decide(evening, BANGKOK, at(1, 16) + timedelta(hours=5), POLICY)

    assert decision.step is Step.RUN


def test_a_transfer_is_not_tried_again_on_a_national_holiday() -> None:
    new_year = due(kind="transfer", scheduled_on=date(2026, 12, 30))

    after = following(
        new_year, OccurrenceState.FAILED, "insufficient balance", now=datetime(2026, 12, 30, 1, 5, tzinfo=UTC)
    )

    # New Year's Eve and New Year's Day are holidays in Thailand, and a weekend follows.
    assert [row.retry_on for row in after.planned if row.retry_on] == [date(2027, 1, 4)]
