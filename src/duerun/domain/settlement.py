"""What is to be done with a due occurrence, and what follows once it is settled. Pure: the engine carries it out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from duerun.domain.accounts import Account
from duerun.domain.business_days import holidays
from duerun.domain.occurrences import MISSED, PAUSED, SKIP_ASKED, OccurrenceState
from duerun.domain.recurrence import Rule, is_date, next_date
from duerun.domain.retries import (
    NEXT_BUSINESS_DAY,
    AfterFailure,
    CatchUp,
    RetryPolicy,
    RetryTable,
    after_failed_charge,
    after_failed_transfer,
)
from duerun.domain.schedules import ScheduleState

# A moment that passed longer ago than this, on an earlier day, was missed and not merely late.
LATE_MAX = timedelta(hours=6)


class Step(StrEnum):
    """What to do with an occurrence that is due."""

    RUN = "run"
    SKIP = "skip"
    HOLD = "hold"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A due occurrence with what its schedule says. `retry_of` is the date whose retry falls on this very day.

    `is_put_off`: its last send was not taken on.
    """

    id: str
    schedule_id: str
    kind: str
    scheduled_on: date
    attempt: int
    due_at: datetime
    token: int
    sends: int
    released: bool
    rule: Rule
    schedule_state: ScheduleState
    paused: bool
    failed_dates: int
    retry_of: date | None
    skip_asked: bool = False
    is_put_off: bool = False

    @property
    def schedule_lives(self) -> bool:
        return self.schedule_state is ScheduleState.ACTIVE


@dataclass(frozen=True, slots=True)
class Decision:
    """A step, its reason, and the newer dates that were missed together with this one (oldest first)."""

    step: Step
    message: str | None = None
    missed: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """An occurrence to insert: `due`, or one that is recorded at once as `skipped` or `held`.

    `rule` tells why it is planned where that is not simply the next date.
    """

    schedule_id: str
    kind: str
    scheduled_on: date
    due_at: datetime
    attempt: int = 0
    retry_on: date | None = None
    state: OccurrenceState = OccurrenceState.DUE
    message: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What follows a settled occurrence: rows to insert, and what becomes of its schedule."""

    planned: tuple[Planned, ...] = ()
    suspend: bool = False
    may_expire: bool = False
    failed_dates: int | None = None


RUN = Decision(Step.RUN)


def decide(due: Due, account: Account, now: datetime, policy: RetryPolicy) -> Decision:
    """The step for a due occurrence, before its payment is looked at."""
    if not due.schedule_lives:
        return Decision(Step.CANCEL)
    if due.attempt == 0 and not due.released and not is_date(due.rule, due.scheduled_on):
        # The rule was changed while this date was planned: the dates of the new rule stand beside it.
        return Decision(Step.CANCEL)
    if due.paused:
        return Decision(Step.SKIP, PAUSED)
    if due.skip_asked and due.attempt == 0:
        return Decision(Step.SKIP, SKIP_ASKED)
    catch_up = account.catch_up(due.kind) or policy.catch_up(due.kind)
    missed = is_missed(due, account, now)
    if due.attempt > 0:
        return _decide_retry(due, account, now, catch_up) if missed else RUN
    # A date that was missed was so together with the retry on its day, which then gives way to it.
    gives_way = due.retry_of is not None and policy.overlap_skips
    if gives_way and (not missed or catch_up is CatchUp.ALL):
        return Decision(Step.SKIP, f"retry of {due.retry_of} is pending")
    return _decide_missed(due, account, now, catch_up) if missed else RUN


def is_missed(due: Due, account: Account, now: datetime) -> bool:
    """Whether the day of an occurrence passed while nothing ran."""
    is_late = now - due.due_at > LATE_MAX and account.today(due.due_at) < account.today(now)
    return is_late and not due.released


def _decide_retry(due: Due, account: Account, now: datetime, catch_up: CatchUp) -> Decision:
    """A missed retry: held, or skipped if a newer date is due and runs instead."""
    if catch_up is CatchUp.ASK:
        return Decision(Step.HOLD, MISSED)
    if catch_up is CatchUp.LATEST and any(True for _ in newer_dates_due(due, account, now)):
        return Decision(Step.SKIP, MISSED)
    return RUN


def _decide_missed(due: Due, account: Account, now: datetime, catch_up: CatchUp) -> Decision:
    newer = tuple(newer_dates_due(due, account, now))
    if catch_up is CatchUp.ASK:
        return Decision(Step.HOLD, MISSED, newer)
    if catch_up is CatchUp.LATEST and newer:
        return Decision(Step.SKIP, MISSED, newer)
    if catch_up is CatchUp.ALL and 0 < account.catch_up_max <= len(newer):
        return Decision(Step.SKIP, MISSED)
    return RUN


def count_missed(due: Due, decision: Decision, account: Account, now: datetime) -> int:
    """How many missed dates a decision is about: the newest one of those that are skipped has its own."""
    if not is_missed(due, account, now) or decision.step is Step.CANCEL:
        return 0
    rest = len(decision.missed)
    return 1 + (rest if decision.step is Step.HOLD else max(rest - 1, 0))


def newer_dates_due(due: Due, account: Account, now: datetime) -> Iterator[date]:
    """The dates behind this one whose moment has come as well, oldest first."""
    day = next_date(due.rule, due.scheduled_on)
    while day is not None and account.due_at(due.kind, day) <= now:
        yield day
        day = next_date(due.rule, day)


def follow(
    due: Due,
    state: OccurrenceState,
    message: str | None,
    *,
    account: Account,
    now: datetime,
    policy: RetryPolicy,
    missed: tuple[date, ...] = (),
    code: str | None = None,
    failed_at: datetime | None = None,
) -> FollowUp:
    """What follows when an occurrence reaches `state`, final or held. `code` tells why a charge failed, and `failed_at`
    when, where that was not now: a retry is dated from there."""
    if not due.schedule_lives or state is OccurrenceState.CANCELLED:
        return FollowUp()
    failed_dates = _failed_dates(due, state, message)
    after = (
        _after_failure(due, message, code, failed_dates, account, failed_at or now, policy)
        if state is OccurrenceState.FAILED
        else AfterFailure()
    )
    if after.suspend:
        return FollowUp(suspend=True, failed_dates=failed_dates)
    retry = _retry(due, after, account)
    ahead = _missed_rows(due, state, account, missed) if missed else _next_row(due, due.scheduled_on, account)
    planned = retry + (ahead if due.attempt == 0 else ())
    changed = failed_dates if failed_dates != due.failed_dates else None
    # What is planned may stand there already, settled: then nothing else would end a schedule whose dates are over.
    over = due.rule.end_on is not None and account.today(now) >= due.rule.end_on
    return FollowUp(planned, may_expire=over or not planned, failed_dates=changed)


def _after_failure(
    due: Due,
    message: str | None,
    code: str | None,
    failed_dates: int,
    account: Account,
    now: datetime,
    policy: RetryPolicy,
) -> AfterFailure:
    today = account.today(now)
    if due.kind == "transfer":
        stop = account.transfer_suspend_after
        return after_failed_transfer(
            account.retry_transfers or NEXT_BUSINESS_DAY,
            suspend_after=policy.transfer_suspend_after if stop is None else stop,
            message=message or "",
            failed_dates=failed_dates,
            today=today,
            holidays=holidays_of(account, today),
        )
    table = retries_of(account, policy)
    off = holidays_of(account, today) if table.of(code).business else frozenset()
    return after_failed_charge(table, code=code, attempt=due.attempt, today=today, holidays=off)


def retries_of(account: Account, policy: RetryPolicy) -> RetryTable:
    """By what an account's failed charges are tried again: its own table, or the server's."""
    return account.retry_charges or policy.charges


def holidays_of(account: Account, today: date) -> frozenset[date]:
    """The account's own and the nationwide holidays that count for a retry of today."""
    return account.holidays | _national(account.country, today)


def _national(country: str, today: date) -> frozenset[date]:
    """The holidays of this year and the next: a retry may cross the turn of the year."""
    return holidays(country, today.year) | holidays(country, today.year + 1)


def _failed_dates(due: Due, state: OccurrenceState, message: str | None) -> int:
    """Consecutive failed dates of a transfer schedule; a date that will be retried has not failed yet."""
    if due.kind != "transfer":
        return due.failed_dates
    if state is OccurrenceState.SUCCESSFUL:
        return 0
    ended = state is OccurrenceState.FAILED and message != "insufficient balance"
    return due.failed_dates + 1 if ended else due.failed_dates


def _retry(due: Due, after: AfterFailure, account: Account) -> tuple[Planned, ...]:
    if after.retry_on is None:
        return ()
    due_at = account.due_at(due.kind, after.retry_on)
    attempt = due.attempt + 1
    return (
        Planned(
            due.schedule_id, due.kind, due.scheduled_on, due_at, attempt, after.retry_on, rule=after.rule
        ),
    )


def _next_row(due: Due, after: date, account: Account) -> tuple[Planned, ...]:
    day = next_date(due.rule, after)
    if day is None:
        return ()
    return (Planned(due.schedule_id, due.kind, day, account.due_at(due.kind, day)),)


def _missed_rows(
    due: Due, state: OccurrenceState, account: Account, missed: tuple[date, ...]
) -> tuple[Planned, ...]:
    """Skipped: the newest missed date runs, the others share this one's fate. Held: all of them wait."""
    held = state is OccurrenceState.HELD
    settled = missed if held else missed[:-1]
    rows = tuple(
        Planned(due.schedule_id, due.kind, day, account.due_at(due.kind, day), state=state, message=MISSED)
        for day in settled
    )
    if held:
        return rows + _next_row(due, missed[-1], account)
    newest = missed[-1]
    return (*rows, Planned(due.schedule_id, due.kind, newest, account.due_at(due.kind, newest)))
