"""Schedules: a rule, what it pays, and the arrows between its states."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b

from duerun.domain.errors import RejectedError
from duerun.domain.occurrences import Occurrence
from duerun.domain.recurrence import NEXT_DATES_MAX, Rule, dates_after, format_on, next_date

EMBEDDED_OCCURRENCES_MAX = 20


class Kind(StrEnum):
    """What an occurrence of the schedule moves."""

    CHARGE = "charge"
    TRANSFER = "transfer"


class ScheduleState(StrEnum):
    """The states that are kept. Pausing is a mark on an active schedule, expiring is seen from its dates."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    DELETED = "deleted"


class ScheduleEvent(StrEnum):
    """What happens to a schedule, by the word that refusals use."""

    SUSPEND = "suspended"
    EXPIRE = "expired"
    DELETE = "deleted"
    PAUSE = "paused"
    RESUME = "resumed"
    CHANGE = "changed"


ARROWS = {
    (ScheduleState.ACTIVE, ScheduleEvent.PAUSE): ScheduleState.ACTIVE,
    (ScheduleState.ACTIVE, ScheduleEvent.RESUME): ScheduleState.ACTIVE,
    (ScheduleState.ACTIVE, ScheduleEvent.CHANGE): ScheduleState.ACTIVE,
    (ScheduleState.ACTIVE, ScheduleEvent.SUSPEND): ScheduleState.SUSPENDED,
    (ScheduleState.ACTIVE, ScheduleEvent.EXPIRE): ScheduleState.EXPIRED,
    (ScheduleState.ACTIVE, ScheduleEvent.DELETE): ScheduleState.DELETED,
    (ScheduleState.SUSPENDED, ScheduleEvent.DELETE): ScheduleState.DELETED,
    (ScheduleState.EXPIRED, ScheduleEvent.DELETE): ScheduleState.DELETED,
    (ScheduleState.DELETED, ScheduleEvent.DELETE): ScheduleState.DELETED,
}


def apply(state: ScheduleState, event: ScheduleEvent) -> ScheduleState:
    """The next state; raises `RejectedError` where no arrow leads."""
    try:
        return ARROWS[state, event]
    except KeyError:
        raise RejectedError(f"a schedule that is {state} cannot be {event}") from None


@dataclass(frozen=True, slots=True)
class DateChange:
    """What was decided for one date ahead: it is left out, runs on another day, or at another amount."""

    skipped: bool = False
    moved_to: date | None = None
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule with what an answer shows of it.

    `open_dates` are dates whose occurrence is planned or in its retry cycle; `planned_through` is the latest date
    that has an occurrence; `occurrences` are the first processed ones; `card_released` is set when its own card was
    destroyed and the customer's default card took its place.
    """

    id: str
    livemode: bool
    kind: Kind
    terms_id: str
    rule: Rule
    state: ScheduleState
    planned_through: date | None
    currency: str
    created_at: datetime
    amount_minor: int | None = None
    percentage: Decimal | None = None
    customer_id: str | None = None
    card_id: str | None = None
    default_card: bool = False
    recipient_id: str | None = None
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    capture: bool = True
    card_released: bool = False
    paused_at: datetime | None = None
    ended_at: datetime | None = None
    customer_key: str | None = None
    bulk_job_id: str | None = None
    open_dates: tuple[date, ...] = ()
    changes: Mapping[date, DateChange] = field(default_factory=dict)
    occurrences: tuple[Occurrence, ...] = ()
    occurrences_total: int = 0

    def next_dates(self, *, limit: int = NEXT_DATES_MAX) -> list[date]:
        """The dates that are not settled, ascending, where they were moved to; none for an ended schedule."""
        if self.state is not ScheduleState.ACTIVE:
            return []
        if not self.changes:
            # What is open lies before what is ahead.
            return [*sorted(self.open_dates), *dates_after(self.rule, self.planned_through, limit=limit)][
                :limit
            ]
        left_out = sum(change.skipped for change in self.changes.values())
        ahead = dates_after(self.rule, self.planned_through, limit=limit + left_out)
        days = {self._runs_on(day) for day in (*self.open_dates, *ahead)}
        return sorted(day for day in days if day is not None)[:limit]

    @property
    def has_one_date_left(self) -> bool:
        """Whether the next date is the last one."""
        return len(self.next_dates(limit=2)) == 1

    def _runs_on(self, day: date) -> date | None:
        """The day on which a date is carried out, None if it is left out."""
        change = self.changes.get(day)
        if change is None:
            return day
        return None if change.skipped else change.moved_to or day


def as_created(schedule: Schedule) -> Schedule:
    """The schedule as it was in the moment of its creation: active, with nothing processed."""
    first = next_date(schedule.rule, None)
    return replace(
        schedule,
        state=ScheduleState.ACTIVE,
        default_card=schedule.default_card and not schedule.card_released,
        paused_at=None,
        ended_at=None,
        planned_through=first,
        open_dates=() if first is None else (first,),
        changes={},
        occurrences=(),
        occurrences_total=0,
    )


def terms_hash(
    *, customer_id: str, amount_minor: int, currency: str, every: int, period: str, on_text: str
) -> int:
    """64 bits that equal terms share, so that an index finds possible duplicates."""
    text = f"{customer_id}|{amount_minor}|{currency}|{every}|{period}|{on_text}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def terms_hash_of(rule: Rule, *, customer_id: str, amount_minor: int, currency: str) -> int:
    """`terms_hash` of a rule and what it charges."""
    return terms_hash(
        customer_id=customer_id,
        amount_minor=amount_minor,
        currency=currency,
        every=rule.every,
        period=rule.period,
        on_text=format_on(rule),
    )


def overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Whether two spans of dates, ends inclusive and None for no end, share a day."""
    return _starts_by_end_of(first, second) and _starts_by_end_of(second, first)


def _starts_by_end_of(span: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    return other[1] is None or span[0] <= other[1]
