"""The end of claims: states, retries, next dates and endings of schedules, each kind of row in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from duerun.domain.occurrences import VISIBLE, OccurrenceState
from duerun.domain.retries import RetryPolicy
from duerun.domain.settlement import Decision, Due, FollowUp, Step, count_missed, decide, follow
from duerun.services.extra_events import tell_expiring, tell_settled
from duerun.services.suspensions import expire, suspend
from duerun.services.tally import MISSED_DATES, OCCURRENCES, mode
from duerun.services.unit import Unit
from duerun.storage import occurrences as store
from duerun.storage import schedules as schedule_store
from duerun.telemetry import logger

_log = logger("services.settling")


@dataclass(frozen=True, slots=True)
class Ended:
    """A claim that came to an end, with its token, its state and what it made. `code` tells why it was refused, and
    `failed_at` when, where that was before now."""

    due: Due
    token: int
    state: OccurrenceState
    message: str | None = None
    result_id: str | None = None
    missed: tuple[date, ...] = ()
    code: str | None = None
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """The claims that still were ours, and what follows for their schedules."""

    ours: set[str]
    followed: Sequence[tuple[Ended, FollowUp]]


ENDS = {Step.SKIP: OccurrenceState.SKIPPED, Step.HOLD: OccurrenceState.HELD}


def ended_by(due: Due, decision: Decision) -> Ended:
    """The end of an occurrence that is not sent at all."""
    return Ended(due, due.token, ENDS[decision.step], decision.message, missed=decision.missed)


async def sort_out(unit: Unit, policy: RetryPolicy, found: Sequence[Due]) -> list[str]:
    """Settle what is not to be sent, cancel what has no schedule any more; the ids that are to run."""
    decisions = [(due, decide(due, unit.account, unit.now, policy)) for due in found]
    _tell_missed(unit, sum(count_missed(due, each, unit.account, unit.now) for due, each in decisions))
    stopped = [ended_by(due, each) for due, each in decisions if each.step in ENDS]
    await settle(unit, policy, stopped)
    gone = [due.id for due, each in decisions if each.step is Step.CANCEL]
    await store.cancel_locked(unit.connection, unit.account, gone, unit.now)
    return [due.id for due, each in decisions if each.step is Step.RUN]


def _tell_missed(unit: Unit, count: int) -> None:
    if count:
        _log.warning(
            "account %s missed %d dates while nothing ran: see duerun catchup list",
            unit.account.public_id,
            count,
        )
        unit.counts[MISSED_DATES, mode(livemode=unit.account.livemode)] += count


async def settle(unit: Unit, policy: RetryPolicy, ended: Sequence[Ended]) -> None:
    """Write ends down with all that follows from them."""
    await carry_on(unit, await end(unit, policy, ended))


async def end(unit: Unit, policy: RetryPolicy, ended: Sequence[Ended]) -> Settlement:
    """Write ends down; what follows is left to `carry_on`, so that what they made can be written in between."""
    rows = [
        store.Settled(each.due.id, each.token, each.state, each.message, each.result_id) for each in ended
    ]
    ours = await store.settle(unit.connection, unit.account, rows, unit.now)
    kept = [each.state for each in ended if each.due.id in ours]
    unit.counts.update((f"{OCCURRENCES}_{state}", mode(livemode=unit.account.livemode)) for state in kept)
    followed = [
        (
            each,
            follow(
                each.due,
                each.state,
                each.message,
                account=unit.account,
                now=unit.now,
                policy=policy,
                missed=each.missed,
                code=each.code,
                failed_at=each.failed_at,
            ),
        )
        for each in ended
        if each.due.id in ours
    ]
    return Settlement(ours, followed)


async def carry_on(unit: Unit, settlement: Settlement) -> None:
    """Plan what comes next, tell what is settled, and end the schedules that end."""
    followed = settlement.followed
    planned = [row for _, after in followed for row in after.planned]
    fresh = await store.plan(unit.connection, unit.account, planned, unit.now, places=unit.places)
    made = [
        row.state
        for new, row in zip(fresh, planned, strict=True)
        if new and row.state is not OccurrenceState.DUE
    ]
    unit.counts.update((f"{OCCURRENCES}_{state}", mode(livemode=unit.account.livemode)) for state in made)
    if unit.extra_events:
        ended = [each.due.id for each, _ in followed if each.state in VISIBLE]
        skipped = [new for new, row in zip(fresh, planned, strict=True) if new and row.state in VISIBLE]
        await tell_settled(unit, ended + skipped)
    counts = {
        each.due.schedule_id: after.failed_dates for each, after in followed if after.failed_dates is not None
    }
    await schedule_store.set_failed_dates(unit.connection, unit.account, counts)
    await suspend(unit, [each.due.schedule_id for each, after in followed if after.suspend])
    await expire(unit, [each.due.schedule_id for each, after in followed if after.may_expire])
    if unit.extra_events:
        await tell_expiring(unit, [each.due.schedule_id for each, after in followed if _used_up(each, after)])


def _used_up(ended: Ended, after: FollowUp) -> bool:
    """Whether a schedule that ends some day has one date less ahead: this one is settled and not tried again."""
    is_tried_again = any(row.scheduled_on == ended.due.scheduled_on for row in after.planned)
    return ended.state in VISIBLE and ended.due.rule.end_on is not None and not is_tried_again
