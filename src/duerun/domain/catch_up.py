"""What will be done about dates that were missed, before it is done. Pure, and by the code that does it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from duerun.domain.accounts import Account
from duerun.domain.recurrence import next_date
from duerun.domain.retries import RetryPolicy
from duerun.domain.settlement import Due, Step, decide, is_missed


@dataclass(frozen=True, slots=True)
class MissedDate:
    """One date that passed, and the step that the policy takes for it."""

    due: Due
    scheduled_on: date
    step: Step


def missed_dates(due: Due, account: Account, now: datetime, policy: RetryPolicy) -> Iterator[MissedDate]:
    """The dates of a schedule from its open one on that passed until `now`, in order; nothing if it was not missed."""
    current: Due | None = due if is_missed(due, account, now) else None
    while current is not None:
        decision = decide(current, account, now, policy)
        yield MissedDate(due, current.scheduled_on, decision.step)
        if decision.step is Step.HOLD:
            for day in decision.missed:
                yield MissedDate(due, day, Step.HOLD)
            return
        for day in decision.missed[:-1]:
            yield MissedDate(due, day, decision.step)
        newest = decision.missed[-1] if decision.missed else next_date(current.rule, current.scheduled_on)
        current = _at(current, newest, account, now)


def _at(due: Due, day: date | None, account: Account, now: datetime) -> Due | None:
    """The same schedule at another of its dates; None for one that is still to come."""
    if day is None or due.attempt > 0 or account.due_at(due.kind, day) > now:
        return None
    due_at = account.due_at(due.kind, day)
    return replace(due, scheduled_on=day, due_at=due_at, retry_of=None, skip_asked=False)
