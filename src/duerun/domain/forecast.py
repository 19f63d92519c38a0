"""What will happen: due dates are played through by the rules by which they run, and nothing is written.

Schedules of one shape move in step, so they are played as one `Lane`. What a date does, and what follows it, is
decided by `duerun.domain.settlement`, as it is when the date has come.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from duerun.domain.accounts import Account
from duerun.domain.charges import fees_of
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.recurrence import Rule, next_date
from duerun.domain.retries import RetryPolicy
from duerun.domain.schedules import DateChange, ScheduleState
from duerun.domain.settlement import Decision, Due, Planned, Step, decide, follow

_ENDS = {Step.SKIP: OccurrenceState.SKIPPED, Step.HOLD: OccurrenceState.HELD}


@dataclass(slots=True, kw_only=True)
class Lane:
    """Schedules that run on the same days: how many, what they pay together, and what is planned for each.

    `amount_minor` is None for a share of the balance: `percentage` of it, or all of it. `net_minor` is what charges
    leave after fees. `retries` tells the date that is tried again on a day. `single` is an attempt that nothing follows
    here, because the dates of its schedule stand in another lane; `under_way` is one that was sent and has no outcome.
    """

    kind: str
    rule: Rule
    currency: str
    count: int
    amount_minor: int | None
    net_minor: int = 0
    percentage: Decimal | None = None
    capture: bool = True
    paused: bool = False
    blocked: bool = False
    failed_dates: int = 0
    planned_through: date | None = None
    scheduled_on: date | None = None
    due_at: datetime | None = None
    attempt: int = 0
    released: bool = False
    single: bool = False
    under_way: bool = False
    schedule_id: str = ""
    changes: Mapping[date, DateChange] = field(default_factory=dict)
    retries: dict[date, date] = field(default_factory=dict)

    def first(self, account: Account) -> "Planned | None":
        """The attempt that is planned, or that will be as soon as somebody looks."""
        day = self.scheduled_on or next_date(self.rule, self.planned_through)
        if day is None:
            return None
        row = Planned(self.schedule_id, self.kind, day, account.due_at(self.kind, day), self.attempt)
        return row if self.due_at is None else _at(row, self.due_at)

    def amount_on(self, day: date) -> int | None:
        """What is paid on a date; None for a share of the balance."""
        change = self.changes.get(day)
        return (
            self.amount_minor
            if change is None or change.amount_minor is None
            else change.amount_minor * self.count
        )

    def net_on(self, day: date, account: Account) -> int:
        """What the charges of a date leave after fees; nothing comes of one that is only authorised."""
        change = self.changes.get(day)
        if change is None or change.amount_minor is None or not self.capture:
            return self.net_minor
        return self.count * (change.amount_minor - sum(fees_of(change.amount_minor, account.fees)))


@dataclass(frozen=True, slots=True)
class Turn:
    """An attempt whose moment has come: when it runs, and what is done with it."""

    moment: datetime
    due: Due
    decision: Decision

    @property
    def runs(self) -> bool:
        return self.decision.step is Step.RUN


def turn(lane: Lane, row: Planned, account: Account, now: datetime, policy: RetryPolicy) -> Turn:
    """What is done with a planned attempt, at its moment or, if that has passed, now."""
    moment = max(row.due_at, now)
    change = lane.changes.get(row.scheduled_on)
    due = Due(
        id="",
        schedule_id=row.schedule_id,
        kind=row.kind,
        scheduled_on=row.scheduled_on,
        attempt=row.attempt,
        due_at=row.due_at,
        token=0,
        sends=0,
        released=lane.released,
        rule=lane.rule,
        schedule_state=ScheduleState.ACTIVE,
        paused=lane.paused,
        failed_dates=lane.failed_dates,
        retry_of=lane.retries.get(row.scheduled_on) if row.attempt == 0 else None,
        skip_asked=change is not None and change.skipped,
    )
    return Turn(moment, due, decide(due, account, moment, policy))


def stopped(lane: Lane, taken: Turn, account: Account, policy: RetryPolicy) -> list[Planned]:
    """What is planned behind an attempt that does not run."""
    state = _ENDS.get(taken.decision.step)
    return [] if state is None else settled(lane, taken, state, taken.decision.message, account, policy)


def settled(
    lane: Lane,
    taken: Turn,
    state: OccurrenceState,
    message: str | None,
    account: Account,
    policy: RetryPolicy,
) -> list[Planned]:
    """What is planned behind an attempt with an outcome; the lane remembers failures and retries."""
    after = follow(
        taken.due,
        state,
        message,
        account=account,
        now=taken.moment,
        policy=policy,
        missed=taken.decision.missed,
    )
    if after.failed_dates is not None:
        lane.failed_dates = after.failed_dates
    for row in after.planned:
        if row.retry_on is not None:
            lane.retries[row.retry_on] = row.scheduled_on
    rows = [row for row in after.planned if row.state is OccurrenceState.DUE]
    return [_moved(lane, row, account) for row in rows if row.attempt > 0 or not lane.single]


def play(
    lane: Lane, account: Account, *, now: datetime, until: datetime, policy: RetryPolicy
) -> Iterator[Turn]:
    """The attempts of a lane whose payments never fail, in order of time, up to a moment."""
    row = lane.first(account)
    while row is not None and row.due_at < until:
        taken = turn(lane, row, account, now, policy)
        yield taken
        rows = (
            settled(lane, taken, OccurrenceState.SUCCESSFUL, None, account, policy)
            if taken.runs
            else stopped(lane, taken, account, policy)
        )
        row = rows[-1] if rows else None


def _moved(lane: Lane, row: Planned, account: Account) -> Planned:
    change = lane.changes.get(row.scheduled_on)
    if row.attempt > 0 or change is None or change.moved_to is None:
        return row
    return _at(row, account.due_at(row.kind, change.moved_to))


def _at(row: Planned, due_at: datetime) -> Planned:
    return Planned(row.schedule_id, row.kind, row.scheduled_on, due_at, row.attempt, row.retry_on)
