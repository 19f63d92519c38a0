"""What must hold, judged by the processor's ledger and the almanac: after each line, and once all is drained."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from simulation.seeds.almanac import Schedule, Terms
from simulation.seeds.processor import Line

CHARGE_ATTEMPTS_MAX = 3
TRANSFER_FAILURES_MAX = 3
# A send that was on its way when its schedule ended still leaves; behind this nothing does.
LEAVES_WITHIN_SECONDS = 30.0
FINAL = {"successful", "failed", "skipped", "cancelled"}


class ViolationError(Exception):
    """An invariant that does not hold."""


@dataclass(frozen=True)
class Rules:
    """The policies of one history that decide whether a date may be left out."""

    catches_up_all: bool
    overlap_skips: bool


@dataclass
class Judge:
    """Knows all schedules as their users know them, and reads the ledger line by line."""

    rules: Rules
    orders: dict[int, Terms] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)
    refused: dict[str, list[Line]] = field(default_factory=dict)

    def read(self, line: Line) -> None:
        """One more line of the ledger; raises `ViolationError`."""
        schedule_id, _, day_text = line.request.subject.rpartition(":")
        schedule = self.know(schedule_id, line.request.amount_minor)
        before = self.lines.setdefault(line.request.subject, [])
        self._once(line, before)
        self._as_agreed(line, schedule)
        self._in_its_time(line, schedule, date.fromisoformat(day_text), before)
        self._not_behind_the_end(line, schedule)
        before.append(line)
        self.since.pop(line.request.subject, None)
        if line.is_refused:
            self.since[line.request.subject] = line.earliest_wall
            self.refused.setdefault(schedule_id, []).append(line)

    def hear(self, wall: datetime) -> None:
        """Somebody has read this moment on its clock; `since` keeps the earliest one behind each last refusal."""
        for subject, earliest in self.since.items():
            self.since[subject] = min(earliest, wall)

    def know(self, schedule_id: str, amount_minor: int) -> Schedule:
        """The schedule of an id; the first time it is told by its amount, which no other order has."""
        if schedule_id not in self.schedules:
            if amount_minor not in self.orders:
                raise ViolationError(f"{schedule_id}: nobody asked for this")
            self.schedules[schedule_id] = Schedule(schedule_id, self.orders[amount_minor])
        return self.schedules[schedule_id]

    def _once(self, line: Line, before: list[Line]) -> None:
        for other in before:
            if other.tried == line.tried:
                raise ViolationError(f"{line.tried}: a second effect of one attempt")
            if not other.is_refused:
                raise ViolationError(f"{line.tried}: paid already by attempt {other.request.attempt}")
        attempts = [each.request.attempt for each in before]
        if line.request.attempt != len(attempts):
            raise ViolationError(f"{line.tried}: tried again without a definite refusal")
        if line.request.attempt >= (CHARGE_ATTEMPTS_MAX if line.kind == "charge" else 1):
            raise ViolationError(f"{line.tried}: more tries than the rules allow")

    def _as_agreed(self, line: Line, schedule: Schedule) -> None:
        terms, request = schedule.terms, line.request
        paid = (line.kind, request.account, request.amount_minor, request.currency)
        if paid != (terms.kind, terms.account, terms.amount_minor, terms.currency):
            raise ViolationError(f"{line.tried}: not what was agreed")

    def _in_its_time(self, line: Line, schedule: Schedule, day: date, before: list[Line]) -> None:
        terms = schedule.terms
        if not terms.is_date(day):
            raise ViolationError(f"{line.tried}: not a date of its schedule")
        is_first_of_today = terms.local_day(line.wall) == day and day == terms.first_day
        if not before and terms.moment(day) > line.wall and not is_first_of_today:
            raise ViolationError(f"{line.tried}: before its moment")
        if before and terms.local_day(line.wall) <= terms.local_day(self.since[line.request.subject]):
            raise ViolationError(f"{line.tried}: tried again on the day of the refusal")

    def _not_behind_the_end(self, line: Line, schedule: Schedule) -> None:
        ended_at = schedule.deleted_at
        if ended_at is not None and line.left_at > ended_at + LEAVES_WITHIN_SECONDS:
            raise ViolationError(
                f"{line.tried}: left {line.left_at - ended_at:.0f} s behind the schedule's end"
            )

    # At the end

    def close(self, now: datetime, latest_wall: datetime, rows: list[dict[str, Any]]) -> None:
        """All dates that have come by `now` and what the tables tell of them; raises `ViolationError`."""
        states: dict[tuple[str, int], str] = {}
        for row in rows:
            tried = (f"{row['schedule_id']}:{row['scheduled_on']}", row["attempt"])
            if tried in states:
                raise ViolationError(f"{tried}: two occurrences of one attempt")
            states[tried] = row["state"]
        self._agree(states, rows, now)
        for schedule in self.schedules.values():
            newest = max(schedule.terms.dates(latest_wall), default=None)
            for day in schedule.terms.dates(now - timedelta(hours=1)):
                self._closed(schedule, day, newest, states)

    def _agree(self, states: dict[tuple[str, int], str], rows: list[dict[str, Any]], now: datetime) -> None:
        told = {line.tried: line for lines in self.lines.values() for line in lines}
        for row in rows:
            tried = (f"{row['schedule_id']}:{row['scheduled_on']}", row["attempt"])
            if row["state"] not in FINAL and (row["due_at"] <= now or row["state"] != "due"):
                raise ViolationError(f"{tried}: left in the state {row['state']}")
            line = told.pop(tried, None)
            expected = None if line is None else "failed" if line.is_refused else "successful"
            if line is None and row["state"] in ("successful", "failed"):
                raise ViolationError(f"{tried}: {row['state']} without an effect: {row['message']}")
            if expected is not None and row["state"] != expected:
                raise ViolationError(f"{tried}: {expected} in the ledger, {row['state']} in the book")
        for tried in told:
            raise ViolationError(f"{tried}: an effect without an occurrence")

    def _closed(
        self,
        schedule: Schedule,
        day: date,
        newest: date | None,
        states: dict[tuple[str, int], str],
    ) -> None:
        subject = f"{schedule.id}:{day}"
        lines = self.lines.get(subject, [])
        if lines and not lines[-1].is_refused:
            return
        if self._may_be_left_out(schedule, day, newest):
            return
        if not lines:
            raise ViolationError(f"{subject}: due, and nothing came of it ({states.get((subject, 0))})")
        last = lines[-1].request.attempt
        is_over = schedule.terms.kind == "transfer" or last == CHARGE_ATTEMPTS_MAX - 1
        if not is_over and states.get((subject, last + 1)) != "due":
            raise ViolationError(f"{subject}: refused, and never tried again")

    def _may_be_left_out(self, schedule: Schedule, day: date, newest: date | None) -> bool:
        """Whether a date, or its retries, may have passed without an effect; `newest` had come by the latest clock."""
        if schedule.was_paused or schedule.deletion_asked or self._was_suspended(schedule):
            return True
        if not self.rules.catches_up_all and newest is not None and day < newest:
            return True
        return self.rules.overlap_skips and any(
            line.request.subject < f"{schedule.id}:{day}" for line in self.refused.get(schedule.id, [])
        )

    def _was_suspended(self, schedule: Schedule) -> bool:
        refused = self.refused.get(schedule.id, [])
        if schedule.terms.kind == "transfer":
            return len(refused) >= TRANSFER_FAILURES_MAX
        return any(line.request.attempt == CHARGE_ATTEMPTS_MAX - 1 for line in refused)
