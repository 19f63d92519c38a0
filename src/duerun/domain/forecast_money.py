"""The money of a forecast: what charges bring, what transfers take out of the balance, day by day."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from duerun.domain.accounts import Account
from duerun.domain.currencies import LIMITS
from duerun.domain.forecast import Lane, Turn, play, settled, stopped, turn
from duerun.domain.money import percent_floor
from duerun.domain.occurrences import OccurrenceState
from duerun.domain.retries import INSUFFICIENT_BALANCE, RetryPolicy
from duerun.domain.settlement import Planned, Step

BLOCKED = "recipient cannot be paid"


@dataclass(slots=True)
class Flow:
    """What one day brings in one currency. Amounts in its smallest unit; `net_minor` is what charges leave after fees.

    `first_charges` are first attempts, of which some may fail. `blocked` are transfers whose recipient cannot be paid
    as things stand, `waiting` those that find no balance and are tried again.
    """

    charges: int = 0
    charged_minor: int = 0
    net_minor: int = 0
    first_charges: int = 0
    first_minor: int = 0
    transfers: int = 0
    transferred_minor: int = 0
    skipped_charges: int = 0
    skipped_transfers: int = 0
    held: int = 0
    blocked: int = 0
    waiting: int = 0

    @property
    def skipped(self) -> int:
        return self.skipped_charges + self.skipped_transfers

    def add(self, other: "Flow") -> None:
        """Take another day's figures in."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True, order=True)
class Credit:
    """Money that may leave from `available_at` on; it was made by what was due at `due_at` and ran at `made_at`."""

    available_at: datetime
    made_at: datetime
    due_at: datetime
    amount_minor: int


@dataclass(slots=True)
class BalanceDay:
    """The transferable balance of one day: at its begin, what came in, what went out, and the least of it."""

    opening_minor: int
    incoming_minor: int = 0
    outgoing_minor: int = 0
    lowest_minor: int = 0

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.incoming_minor - self.outgoing_minor

    def followed_by(self, other: "BalanceDay") -> "BalanceDay":
        """This day and those behind it as one span."""
        return BalanceDay(
            self.opening_minor,
            self.incoming_minor + other.incoming_minor,
            self.outgoing_minor + other.outgoing_minor,
            min(self.lowest_minor, other.lowest_minor),
        )


@dataclass(slots=True)
class Play:
    """One forecast in the making: an account at a moment, up to another one; what was found so far."""

    account: Account
    now: datetime
    until: datetime
    policy: RetryPolicy
    flows: dict[tuple[date, str], Flow] = field(default_factory=lambda: defaultdict(Flow))
    credits: dict[tuple[datetime, datetime], int] = field(default_factory=lambda: defaultdict(int))
    debits: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    lows: dict[date, int] = field(default_factory=dict)
    _days: dict[datetime, date] = field(default_factory=dict)

    def day(self, moment: datetime) -> date:
        """The account's day of a moment."""
        found = self._days.get(moment)
        if found is None:
            found = self._days[moment] = self.account.today(moment)
        return found

    def flow(self, taken: Turn, lane: Lane) -> Flow:
        return self.flows[self.day(taken.moment), lane.currency]

    def note_stopped(self, lane: Lane, taken: Turn) -> None:
        """Count what does not run: `skip` and `hold` leave a record, `cancel` does not."""
        flow = self.flow(taken, lane)
        if taken.decision.step is Step.SKIP and lane.kind == "charge":
            flow.skipped_charges += lane.count
        elif taken.decision.step is Step.SKIP:
            flow.skipped_transfers += lane.count
        flow.held += lane.count * (taken.decision.step is Step.HOLD)


def play_charges(made: Play, lanes: Iterable[Lane]) -> None:
    """Add up what the charges of some lanes bring, if none of them fails."""
    for lane in lanes:
        for taken in play(lane, made.account, now=made.now, until=made.until, policy=made.policy):
            if taken.runs:
                _charge(made, lane, taken)
            else:
                made.note_stopped(lane, taken)


def _charge(made: Play, lane: Lane, taken: Turn) -> None:
    flow, day = made.flow(taken, lane), taken.due.scheduled_on
    amount, net = lane.amount_on(day) or 0, lane.net_on(day, made.account)
    flow.charges += lane.count
    flow.charged_minor += amount
    flow.net_minor += net
    if taken.due.attempt == 0:
        flow.first_charges += lane.count
        flow.first_minor += amount
    if net:
        made.credits[taken.moment, taken.due.due_at] += net


def credits_of(made: Play, maturing: Iterable[tuple[datetime, int]]) -> list[Credit]:
    """What becomes transferable, in order of time: what was made before, and what the charges bring."""
    later = timedelta(days=made.account.settlement_days)
    known = [Credit(moment, made.now - timedelta(1), moment, amount) for moment, amount in maturing]
    fresh = [
        Credit(moment + later, moment, due_at, amount) for (moment, due_at), amount in made.credits.items()
    ]
    return sorted([*known, *fresh])


class Purse:
    """The transferable balance as time passes: credits come in, transfers go out."""

    def __init__(self, transferable_minor: int, credits_in_order: Sequence[Credit]) -> None:
        self.transferable_minor = transferable_minor
        self._credits = list(reversed(credits_in_order))
        self._unripe: list[Credit] = []

    def ripen(self, moment: datetime, due_at: datetime) -> None:
        """Take in what is transferable when something due at `due_at` runs; a transfer is before a charge."""
        while self._credits and self._credits[-1].available_at <= moment:
            self._unripe.append(self._credits.pop())
        ripe = [each for each in self._unripe if each.made_at < moment or each.due_at < due_at]
        self._unripe = [each for each in self._unripe if not (each.made_at < moment or each.due_at < due_at)]
        self.transferable_minor += sum(each.amount_minor for each in ripe)


Row = tuple[datetime, datetime, int, int, Planned]


def play_transfers(made: Play, lanes: Sequence[Lane], purse: Purse) -> None:
    """Pay the transfers of all lanes in order of time out of one balance.

    A fixed amount is taken even if the balance does not hold it: the line then falls below zero. A share of the balance
    that comes to less than a transfer may be is tried again, as it is when it happens.
    """
    queue: list[Row] = []
    numbers = iter(range(10**12))
    for place, lane in enumerate(lanes):
        _push(made, queue, numbers, place, [row] if (row := lane.first(made.account)) else [])
    while queue:
        moment = queue[0][0]
        batch = []
        while queue and queue[0][0] == moment:
            _, _, _, place, row = heapq.heappop(queue)
            batch.append((place, turn(lanes[place], row, made.account, made.now, made.policy)))
        purse.ripen(moment, min(taken.due.due_at for _, taken in batch))
        for place, rows in _settle(made, lanes, batch, purse):
            _push(made, queue, numbers, place, rows)
        day = made.day(moment)
        made.lows[day] = min(made.lows.get(day, purse.transferable_minor), purse.transferable_minor)


def _push(made: Play, queue: list[Row], numbers: Iterator[int], place: int, rows: Sequence[Planned]) -> None:
    for row in rows:
        if row.due_at < made.until:
            heapq.heappush(queue, (max(row.due_at, made.now), row.due_at, next(numbers), place, row))


def _settle(
    made: Play, lanes: Sequence[Lane], batch: Sequence[tuple[int, Turn]], purse: Purse
) -> Iterator[tuple[int, list[Planned]]]:
    """Skipped ones first, then those that cannot be paid, then the paid ones: so their next dates are planned."""
    account, policy = made.account, made.policy
    for place, taken in batch:
        if not taken.runs:
            made.note_stopped(lanes[place], taken)
            yield place, stopped(lanes[place], taken, account, policy)
    outcomes = [
        (place, taken, _pay(made, lanes[place], taken, purse)) for place, taken in batch if taken.runs
    ]
    for failing in (True, False):
        for place, taken, obstacle in outcomes:
            if (obstacle is not None) is failing:
                state = OccurrenceState.FAILED if failing else OccurrenceState.SUCCESSFUL
                yield place, settled(lanes[place], taken, state, obstacle, account, policy)


def _pay(made: Play, lane: Lane, taken: Turn, purse: Purse) -> str | None:
    """Take a transfer out of the balance; why it cannot be, else None."""
    flow = made.flow(taken, lane)
    if lane.blocked:
        flow.blocked += lane.count
        return BLOCKED
    amount = lane.amount_on(taken.due.scheduled_on)
    if amount is None:
        amount = share(made.account, purse.transferable_minor, lane)
        if amount < LIMITS[made.account.country].transfer_min:
            flow.waiting += lane.count
            return INSUFFICIENT_BALANCE
    flow.transfers += lane.count
    flow.transferred_minor += amount
    # What is under way was taken out of the transferable balance when it was sent.
    if not lane.under_way:
        purse.transferable_minor -= amount
        made.debits[made.day(taken.moment)] += amount
    return None


def share(account: Account, transferable_minor: int, lane: Lane) -> int:
    """The part of the balance that a transfer takes: a percentage of it, or all."""
    most = LIMITS[account.country].transfer_max
    if lane.percentage is None:
        return min(transferable_minor, most)
    return min(percent_floor(max(transferable_minor, 0), lane.percentage), most)
