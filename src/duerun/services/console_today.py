"""Today, for people: what stands where, what is wrong, and the money of the day and of the days ahead.

Counts end at a limit and are read each time. Sums may take seconds over millions of payments: they are added up beside
the requests, at most once at a time for an account, and each tells its moment.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from duerun.domain.accounts import Account
from duerun.domain.errors import DuerunError
from duerun.domain.forecast_money import Flow
from duerun.domain.local_time import run_at
from duerun.services import forecast
from duerun.services.alarms import ALIVE_SECONDS
from duerun.services.unit import Runtime
from duerun.storage import alarms
from duerun.storage import console_today as store
from duerun.storage.alarms import LoopFacts
from duerun.storage.console_today import COUNTED_ROWS_MAX, Counts, Sum

__all__ = ["COUNTED_ROWS_MAX", "Counts"]

DAYS_AHEAD = 30
ACCOUNTS_KEPT_MAX = 200
SUMS_KEPT_SECONDS = 5.0
# Sums that take long are added up less often: so many times as long as they take lies between two.
SUMS_PAUSE_FACTOR = 20.0
SUMS_WAIT_SECONDS = 0.06
_ONE_DAY = timedelta(days=1)


class Window(StrEnum):
    """When money moves: it has today, it still will today, or within the days ahead, today among them."""

    DONE = "done"
    TODAY = "today"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Money:
    """Payments of a window in a currency."""

    currency: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Money in (`charge`) and out (`transfer`) by window and kind, as it was at a moment of the account."""

    at: datetime
    of: dict[tuple[Window, str], list[Money]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a look at today needs besides sums."""

    counts: Counts
    loops: list[LoopFacts]


async def standing(runtime: Runtime, account: Account, now: datetime, real_now: datetime) -> Standing:
    """What stands where in the account, and how the engine is."""
    async with runtime.database.connection() as connection:
        counts = await store.counts(
            connection, account, now, _midnight(account, account.today(now) + _ONE_DAY)
        )
        loops = await alarms.loops(connection, real_now - timedelta(seconds=ALIVE_SECONDS))
    return Standing(counts, loops)


@dataclass(slots=True)
class _Kept:
    sums: Sums | None = None
    fresh_until: float = 0.0
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class MoneyOfTheDay:
    """The latest sums of some accounts, added up beside the requests that ask for them."""

    runtime: Runtime
    kept: OrderedDict[tuple[int, bool], _Kept] = field(default_factory=OrderedDict)

    async def get(self, account: Account, now: datetime) -> Sums | None:
        """The latest sums; None while there are none yet."""
        entry = self.kept.setdefault((account.id, account.livemode), _Kept())
        self.kept.move_to_end((account.id, account.livemode))
        while len(self.kept) > ACCOUNTS_KEPT_MAX:
            self.kept.popitem(last=False)
        if entry.task is None and time.monotonic() >= entry.fresh_until:
            entry.task = asyncio.create_task(self._renew(entry, account, now))
        if entry.task is not None:
            await asyncio.wait([entry.task], timeout=SUMS_WAIT_SECONDS)
        return entry.sums

    async def _renew(self, entry: _Kept, account: Account, now: datetime) -> None:
        began = time.monotonic()
        try:
            entry.sums = await add_up(self.runtime, account, now)
        except DuerunError:
            # Not now: what was added up before stays, with its moment.
            pass
        finally:
            took = time.monotonic() - began
            entry.fresh_until = time.monotonic() + max(SUMS_KEPT_SECONDS, took * SUMS_PAUSE_FACTOR)
            entry.task = None


async def add_up(runtime: Runtime, account: Account, now: datetime) -> Sums:
    """All sums of an account at a moment; what is ahead is what the forecast says."""
    today = account.today(now)
    asked = forecast.Window(today, today + timedelta(days=DAYS_AHEAD))
    async with runtime.unit(account, now) as unit:
        done = await store.done(unit.connection, account, _midnight(account, today), now)
        made = await forecast.make(unit, runtime.retries, asked)
    flows = [(day, currency, flow) for (day, currency), flow in made.flows.items()]
    return Sums(
        now,
        {
            **_by_kind(Window.DONE, done),
            **_by_kind(Window.TODAY, _sums(each for each in flows if each[0] == today)),
            **_by_kind(Window.AHEAD, _sums(flows)),
        },
    )


def _midnight(account: Account, day: date) -> datetime:
    return run_at(day, datetime.min.time(), account.zone)


def _sums(flows: Iterable[tuple[date, str, Flow]]) -> Iterator[Sum]:
    """What charges bring and transfers take, without what there is nothing of."""
    for _, currency, flow in flows:
        if flow.charges:
            yield Sum("charge", currency, flow.charges, flow.charged_minor)
        if flow.transfers:
            yield Sum("transfer", currency, flow.transfers, flow.transferred_minor)


def _by_kind(window: Window, sums: Iterable[Sum]) -> dict[tuple[Window, str], list[Money]]:
    found: dict[str, dict[str, Counter[str]]] = {"charge": {}, "transfer": {}}
    for each in sums:
        money = found[each.kind].setdefault(each.currency, Counter())
        money["count"] += each.count
        money["amount_minor"] += each.amount_minor
    return {
        (window, kind): [
            Money(currency, each["count"], each["amount_minor"])
            for currency, each in sorted(by_currency.items())
        ]
        for kind, by_currency in found.items()
    }
