"""What schedules ought to do, said a second time and independently: dates by dateutil's rrule, no code of the product.

One schedule is a `Plan`. It knows its rule, what was decided for single dates, what is open and what became of the
rest. `Book.advance` lets time pass over all plans. Source: the wire specification, 10 to 12.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil import rrule

A_DAY = timedelta(days=1)
RUN_TIMES = {"charge": time(8, 30), "transfer": time(8, 5)}
RETRIES_MAX = 2
FAILED_DATES_MAX = 3
NEXT_DATES_MAX = 30
FREQUENCIES: dict[str, Literal[1, 2, 3]] = {
    "day": rrule.DAILY,
    "week": rrule.WEEKLY,
    "month": rrule.MONTHLY,
}

# What a card does at each attempt: the outcome of the first, the second and the third.
CARDS = {
    "4242424242424242": ("ok", "ok", "ok"),
    "4111111111140011": ("refused", "refused", "refused"),
    "4111111111170091": ("refused", "ok", "ok"),
    "4111111111160092": ("refused", "refused", "ok"),
    "4111111111150093": ("answer lost", "answer lost", "answer lost"),
    "4111111111140094": ("request lost", "request lost", "request lost"),
}
NOT_CAPTURED = "charge could not be captured"
NOT_VERIFIED = "recipient is not verified"
PAUSED = "schedule is paused"
SKIP_ASKED = "skipped on request"


@dataclass(frozen=True)
class Rule:
    """`weekdays` are 0 for Monday to 6; `ordinal` is -1 for the last one of a month."""

    every: int
    period: str
    start: date
    end: date | None
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    ordinal: int = 0

    def dates(self) -> rrule.rrule:
        first = self.start.replace(day=1) if self.period == "month" else self.start
        weekdays = [rrule.weekday(day, self.ordinal or None) for day in self.weekdays] or None
        return rrule.rrule(
            FREQUENCIES[self.period],
            dtstart=datetime.combine(first, time()),
            interval=self.every,
            wkst=rrule.MO,
            until=datetime.combine(self.end, time()) if self.end else None,
            bymonthday=self.days or None,
            byweekday=weekdays,
        )

    def after(self, day: date) -> date | None:
        found = self.dates().after(datetime.combine(max(day, self.start - A_DAY), time()))
        return found.date() if found else None

    def before(self, day: date) -> date | None:
        found = self.dates().before(datetime.combine(day, time()))
        return found.date() if found and found.date() >= self.start else None

    def holds(self, day: date) -> bool:
        return self.after(day - A_DAY) == day


@dataclass(frozen=True)
class Decided:
    """What was decided for one date."""

    skip: bool = False
    moved_to: date | None = None
    amount: int | None = None


@dataclass(frozen=True)
class Try:
    """One try at one date; `number` is 0 for the first. `amount` stands once it was sent."""

    day: date
    number: int
    at: datetime
    retry_on: date | None = None
    amount: int = 0
    lost: str = ""


@dataclass(frozen=True, order=True)
class Ended:
    """A try that is over, as a reader of the API sees it."""

    day: date
    retry_on: str
    status: str
    message: str
    has_result: bool


@dataclass
class Plan:
    """One schedule: `effect` is what its card does, or whether its recipient is verified."""

    kind: str
    rule: Rule
    amount: int
    effect: tuple[str, ...]
    status: str = "active"
    is_paused: bool = False
    failed_dates: int = 0
    decided: dict[date, Decided] = field(default_factory=dict)
    queue: list[Try] = field(default_factory=list)
    lost: list[Try] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    moved: list[tuple[int, str]] = field(default_factory=list)

    @property
    def lives(self) -> bool:
        return self.status == "active"

    def runs_on(self, day: date) -> date:
        return self.decided.get(day, Decided()).moved_to or day

    def through(self) -> date | None:
        """The latest date of which something became, or is about to."""
        days = [each.day for each in (*self.queue, *self.lost)] + [each.day for each in self.ended]
        return max(days, default=None)

    def word(self) -> str:
        """The status word of an answer."""
        if not self.lives or self.is_paused:
            return "paused" if self.lives else self.status
        return "expiring" if len(self.next_dates()) <= 1 else "active"

    def next_dates(self) -> list[date]:
        if not self.lives:
            return []
        days = {each.day for each in (*self.queue, *self.lost)}
        day = self.through()
        while len(days) < NEXT_DATES_MAX + len(self.decided) and day is not None:
            day = self.rule.after(day)
            days |= {day} if day else set()
        shown = {self.runs_on(each) for each in days if not self.decided.get(each, Decided()).skip}
        return sorted(shown)[:NEXT_DATES_MAX]


class Book:
    """All plans of one account in one zone, and what time does to them."""

    def __init__(self, zone: str, now: datetime) -> None:
        self.zone = ZoneInfo(zone)
        self.now = now
        self.plans: list[Plan] = []

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def moment(self, kind: str, day: date) -> datetime:
        return datetime.combine(day, RUN_TIMES[kind], self.zone).astimezone(UTC)

    def has_passed(self, kind: str, day: date) -> bool:
        return self.moment(kind, day) <= self.now

    # What a caller does.

    def create(self, plan: Plan) -> bool:
        """Take a plan up and carry out what falls on today; False for a rule without a date."""
        first = plan.rule.after(plan.rule.start - A_DAY)
        if first is None:
            return False
        self.plans.append(plan)
        self._queue(plan, first)
        if first == self.today:
            [each] = plan.queue
            plan.queue.clear()
            self._send(plan, each)
        return True

    def pause(self, plan: Plan, *, paused: bool) -> bool:
        if plan.lives:
            plan.is_paused = paused
        return plan.lives

    def delete(self, plan: Plan) -> None:
        plan.status = "deleted"
        plan.queue.clear()

    def change_rule(self, plan: Plan, rule: Rule) -> bool:
        """Another end or other days: what was not begun is planned anew."""
        if not plan.lives or (rule.end and rule.end < rule.start):
            return False
        planned = [each for each in plan.queue if each.number == 0]
        plan.queue = [each for each in plan.queue if each.number > 0]
        plan.rule = rule
        passed = self.today if self.has_passed(plan.kind, self.today) else self.today - A_DAY
        through = max(passed, plan.through() or passed)
        # A date that was moved beyond its own day has not run yet.
        plan.queue += [each for each in planned if each.day <= through and rule.holds(each.day)]
        following = rule.after(through)
        if following is not None:
            self._queue(plan, following)
        self._expire(plan)
        return True

    def decide(
        self, plan: Plan, day: date, *, skip: bool | None, to: date | None, amount: int | None
    ) -> bool:
        """Something for one date ahead; False where that is refused."""
        if not self._is_open(plan, day) or (to is not None and not self._may_move(plan, day, to)):
            return False
        before = plan.decided.get(day, Decided())
        moved_to = before.moved_to if to is None else (None if to == day else to)
        self._keep(
            plan,
            day,
            Decided(
                before.skip if skip is None else skip, moved_to, before.amount if amount is None else amount
            ),
        )
        return True

    def reset(self, plan: Plan, day: date) -> bool:
        is_moved = plan.runs_on(day) != day
        if not self._is_open(plan, day) or (is_moved and not self._is_between(plan, day, day)):
            return False
        self._keep(plan, day, Decided())
        return True

    def _keep(self, plan: Plan, day: date, decided: Decided) -> None:
        plan.decided.pop(day, None)
        if decided != Decided():
            plan.decided[day] = decided
        at = self.moment(plan.kind, decided.moved_to or day)
        plan.queue = [
            Try(each.day, each.number, at) if each.day == day and not each.number else each
            for each in plan.queue
        ]

    def _is_open(self, plan: Plan, day: date) -> bool:
        """Whether something may still be decided for a day."""
        if not plan.lives or not plan.rule.holds(day) or day < self.today:
            return False
        begun = [each.day for each in plan.ended] + [each.day for each in plan.lost]
        begun += [each.day for each in plan.queue if each.number]
        is_queued = any(each.day == day for each in plan.queue)
        return day not in begun and (is_queued or not self.has_passed(plan.kind, day))

    def _may_move(self, plan: Plan, day: date, to: date) -> bool:
        if to == day and plan.runs_on(day) == day:
            return True
        is_ahead = to >= self.today and not self.has_passed(plan.kind, to)
        return is_ahead and self._is_between(plan, day, to)

    def _is_between(self, plan: Plan, day: date, to: date) -> bool:
        """Whether a date that runs on `to` keeps its place in the order of dates."""
        before, after = plan.rule.before(day), plan.rule.after(day)
        return (before is None or plan.runs_on(before) < to) and (after is None or to < plan.runs_on(after))

    # What time does.

    def moments(self) -> Iterator[tuple[datetime, str]]:
        for plan in self.plans:
            yield from ((each.at, plan.kind) for each in plan.queue)

    def advance(self, to: datetime) -> None:
        """Everything that falls due until `to` runs, in order of time."""
        self._find_out()
        while due := min((each for each in self.moments() if each[0] <= to), default=None):
            self.now = max(self.now, due[0])
            for plan in self.plans:
                if plan.kind == due[1]:
                    self._run(plan)
            self._find_out()
        self.now = to

    def _run(self, plan: Plan) -> None:
        reasons = [(each, self._not_run(plan, each)) for each in plan.queue if each.at <= self.now]
        for each, reason in sorted(reasons, key=lambda pair: pair[1] is None):
            if each not in plan.queue:
                continue
            plan.queue.remove(each)
            if reason is None:
                self._send(plan, each)
            else:
                self._end(plan, each, "skipped", reason)

    def _not_run(self, plan: Plan, each: Try) -> str | None:
        if plan.is_paused:
            return PAUSED
        if each.number:
            return None
        if plan.decided.get(each.day, Decided()).skip:
            return SKIP_ASKED
        retries = [(str(other.retry_on), other.day) for other in (*plan.queue, *plan.lost) if other.number]
        retries += [(other.retry_on, other.day) for other in plan.ended if other.status != "skipped"]
        on_this_day = [day for retry_on, day in retries if retry_on == str(plan.runs_on(each.day))]
        return f"retry of {min(on_this_day)} is pending" if on_this_day else None

    def _send(self, plan: Plan, each: Try) -> None:
        effect = plan.effect[each.number] if plan.kind == "charge" else plan.effect[0]
        amount = plan.decided.get(each.day, Decided()).amount or plan.amount
        if effect.endswith("lost"):
            plan.lost.append(Try(each.day, each.number, each.at, each.retry_on, amount, effect))
        elif effect == "not verified":
            self._end(plan, each, "failed", NOT_VERIFIED)
        else:
            plan.moved.append((amount, "failed" if effect == "refused" else "successful"))
            self._end(plan, each, *(("failed", NOT_CAPTURED) if effect == "refused" else ("successful", "")))

    def _find_out(self) -> None:
        """The gateway is asked: an answer that was lost is known now, a request that was lost is sent again."""
        for plan in self.plans:
            lost, plan.lost = plan.lost, []
            for each in lost:
                if each.lost == "request lost" and not plan.lives:
                    continue
                plan.moved.append((each.amount, "successful"))
                self._end(plan, each, "successful", "")

    def _end(self, plan: Plan, each: Try, status: str, message: str) -> None:
        has_result = status == "successful" or message == NOT_CAPTURED
        plan.ended.append(Ended(each.day, str(each.retry_on or ""), status, message, has_result))
        if not plan.lives:
            return
        if plan.kind == "transfer" and status != "skipped":
            plan.failed_dates = plan.failed_dates + 1 if status == "failed" else 0
        is_last_try = each.number == RETRIES_MAX if plan.kind == "charge" else False
        if status == "failed" and (is_last_try or plan.failed_dates == FAILED_DATES_MAX):
            plan.status = "suspended"
            plan.queue.clear()
            return
        if status == "failed" and plan.kind == "charge":
            retry_on = self.today + A_DAY
            plan.queue.append(Try(each.day, each.number + 1, self.moment(plan.kind, retry_on), retry_on))
        if each.number == 0 and (following := plan.rule.after(each.day)) is not None:
            self._queue(plan, following)
        self._expire(plan)

    def _queue(self, plan: Plan, day: date) -> None:
        if not any(each.day == day for each in (*plan.queue, *plan.lost)) and not any(
            each.day == day for each in plan.ended
        ):
            plan.queue.append(Try(day, 0, self.moment(plan.kind, plan.runs_on(day))))

    def _expire(self, plan: Plan) -> None:
        if plan.lives and not plan.queue and not plan.lost:
            plan.status = "expired"
