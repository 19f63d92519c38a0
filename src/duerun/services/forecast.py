"""The forecast: what charges will bring, what transfers will take, and where the balance would fall short.

It is made from the schedules as they are, by the rules by which they run (`duerun.domain.forecast`), as if nothing
failed; how much may fail is told beside it, as a band from the account's own history.
"""

import asyncio
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.domain.forecast import Lane
from duerun.domain.forecast_bands import Expected, Outcomes, expected, rates_of
from duerun.domain.forecast_money import (
    BalanceDay,
    Credit,
    Flow,
    Play,
    Purse,
    credits_of,
    play_charges,
    play_transfers,
)
from duerun.domain.local_time import run_at
from duerun.domain.retries import RetryPolicy
from duerun.domain.settlement import holidays_of, retries_of
from duerun.services.unit import Unit
from duerun.storage import forecast as store
from duerun.storage import money

MONTHS_MAX = 24
GROUPS = ("day", "week", "month")
DAYS_DEFAULT = 30
HISTORY_DAYS = 180
HISTORY_OUTCOMES_MAX = 10_000
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are asked for, both inclusive, in the account's zone."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The first day on which the balance would not hold what is to be paid, and how much is missing on it."""

    on: date
    missing_minor: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to come between two days, by day and currency; the balance is in the account's own currency.

    `expected` is empty and `history` tells too few outcomes for a band where there is none.
    """

    made_at: datetime
    window: Window
    flows: dict[tuple[date, str], Flow]
    expected: dict[tuple[date, str], Expected]
    history: dict[int, Outcomes]
    balance: dict[date, BalanceDay]
    shortfall: Shortfall | None


def window(account: Account, now: datetime, first: date | None, last: date | None) -> Window:
    """The days that are asked for, from today for 30 days where nothing is said. Raises `RejectedError`."""
    today = account.today(now)
    first = today if first is None else first
    if first < today:
        raise RejectedError(f"from must be today ({today}) or later")
    last = min(first + DAYS_DEFAULT * ONE_DAY, latest(today)) if last is None else last
    if last < first:
        raise RejectedError("to must be on or after from")
    if last > latest(today):
        raise RejectedError(
            f"to must be at most {MONTHS_MAX} months after today: {latest(today)} is the last day"
        )
    return Window(first, last)


def latest(today: date) -> date:
    """The last day of which something is told. The 29th of February becomes the 28th."""
    years, month = divmod(today.month - 1 + MONTHS_MAX, 12)
    return date(today.year + years, month + 1, min(today.day, 28))


async def make(unit: Unit, policy: RetryPolicy, asked: Window) -> Forecast:
    """What happens from now to the last day that is asked for, seen from the first."""
    made = _begun(unit, policy, asked)
    purse_minor = (await money.balance(unit.connection, unit.account, unit.now)).transferable_minor
    credits_in_order = await _played(unit, made, asked, purse_minor)
    since = unit.now - HISTORY_DAYS * ONE_DAY
    history = await store.history(
        unit.connection, unit.account, since=since, outcomes_max=HISTORY_OUTCOMES_MAX
    )
    balance = _balance(made, purse_minor, credits_in_order, asked)
    return Forecast(
        made_at=unit.now,
        window=asked,
        flows={key: flow for key, flow in sorted(made.flows.items()) if asked.first <= key[0] <= asked.last},
        expected=_expected(made, history, policy, asked),
        history=history,
        balance={day: each for day, each in balance.items() if day >= asked.first},
        shortfall=_shortfall(balance),
    )


async def _played(unit: Unit, made: Play, asked: Window, purse_minor: int) -> list[Credit]:
    """Play all lanes, beside the loop: charges as they are read, transfers together; the credits in order of time."""
    days = {"today": unit.account.today(unit.now), "until": asked.last}
    transfers: list[Lane] = []
    async for lanes in store.single_lanes(unit.connection, unit.account):
        transfers += [lane for lane in lanes if lane.kind == "transfer"]
        await asyncio.to_thread(play_charges, made, [lane for lane in lanes if lane.kind == "charge"])
    async for lanes in store.charge_lanes(unit.connection, unit.account, **days):
        await asyncio.to_thread(play_charges, made, lanes)
    async for lanes in store.transfer_lanes(unit.connection, unit.account, **days):
        transfers += lanes
    credits_in_order = credits_of(made, await store.maturities(unit.connection, unit.account, unit.now))
    await asyncio.to_thread(play_transfers, made, transfers, Purse(purse_minor, credits_in_order))
    return credits_in_order


def _begun(unit: Unit, policy: RetryPolicy, asked: Window) -> Play:
    until = run_at(asked.last + ONE_DAY, time(), unit.account.zone)
    return Play(unit.account, unit.now, until, policy)


def _balance(
    made: Play, opening_minor: int, credits_in_order: list[Credit], asked: Window
) -> dict[date, BalanceDay]:
    """The transferable balance of each day from today on."""
    incoming: dict[date, int] = {}
    for credit in credits_in_order:
        if credit.available_at < made.until:
            day = made.day(max(credit.available_at, made.now))
            incoming[day] = incoming.get(day, 0) + credit.amount_minor
    days: dict[date, BalanceDay] = {}
    day = made.day(made.now)
    while day <= asked.last:
        each = BalanceDay(opening_minor, incoming.get(day, 0), made.debits.get(day, 0))
        each.lowest_minor = min(opening_minor, each.closing_minor, made.lows.get(day, opening_minor))
        days[day] = each
        opening_minor, day = each.closing_minor, day + ONE_DAY
    return days


def _shortfall(balance: dict[date, BalanceDay]) -> Shortfall | None:
    """The first day from today on that takes the balance below zero."""
    for day, each in balance.items():
        if each.lowest_minor < 0:
            return Shortfall(day, -each.lowest_minor)
    return None


def _expected(
    made: Play, history: dict[int, Outcomes], policy: RetryPolicy, asked: Window
) -> dict[tuple[date, str], Expected]:
    rates = rates_of(history)
    if rates is None:
        return {}
    rule = retries_of(made.account, policy).usual
    by_currency: dict[str, dict[date, tuple[int, int]]] = {}
    for (day, currency), flow in made.flows.items():
        if flow.first_charges:
            by_currency.setdefault(currency, {})[day] = (flow.first_charges, flow.first_minor)
    return {
        (day, currency): each
        for currency, first_attempts in by_currency.items()
        for day, each in sorted(
            expected(first_attempts, rates, rule=rule, holidays=partial(holidays_of, made.account)).items()
        )
        if asked.first <= day <= asked.last
    }


def flows_by(made: Forecast, group_by: str) -> list[tuple[Window, str, Flow, Expected | None]]:
    """What comes in each period and currency, the earliest first; the band is added up as its days are."""
    flows: dict[tuple[Window, str], Flow] = {}
    bands: dict[tuple[Window, str], Expected] = {}
    for (day, currency), flow in made.flows.items():
        flows.setdefault((period(day, group_by, made.window), currency), Flow()).add(flow)
    for (day, currency), band in made.expected.items():
        key = (period(day, group_by, made.window), currency)
        bands[key] = bands[key] + band if key in bands else band
    keys = sorted(flows.keys() | bands.keys(), key=lambda key: (key[0].first, key[1]))
    return [
        (span, currency, flows.get((span, currency), Flow()), bands.get((span, currency)))
        for span, currency in keys
    ]


def balance_by(made: Forecast, group_by: str) -> list[tuple[Window, BalanceDay]]:
    """The balance of each period, the earliest first."""
    periods: dict[Window, BalanceDay] = {}
    for day, each in made.balance.items():
        span = period(day, group_by, made.window)
        known = periods.get(span)
        periods[span] = each if known is None else known.followed_by(each)
    return list(periods.items())


def period(day: date, group_by: str, within: Window) -> Window:
    """The day, its week from Monday or its month, cut off at the ends of what is asked for."""
    first = last = day
    if group_by == "week":
        first = day - day.weekday() * ONE_DAY
        last = first + 6 * ONE_DAY
    elif group_by == "month":
        first = day.replace(day=1)
        last = day.replace(day=monthrange(day.year, day.month)[1])
    return Window(max(first, within.first), min(last, within.last))
