"""The forecast against the clock: a year is forecast, then it runs, and both tell the same to the unit (T4)."""

import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from duerun.domain.accounts import Account
from duerun.domain.forecast_money import Flow
from duerun.domain.local_time import run_at
from duerun.services import access, clocks, forecast
from duerun.services.forecast import Forecast
from duerun.services.unit import Runtime
from duerun.storage import accounts

ONE_DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
RAN = """
SELECT created_at, currency, amount_minor, 0 AS net_minor, 'transfer' AS kind FROM transfers
WHERE account_id = %(account)s AND schedule_id IS NOT NULL AND created_at > %(since)s AND sent_at IS NOT NULL
UNION ALL
SELECT created_at, currency, amount_minor, captured_minor - fee_minor - fee_vat_minor, 'charge' FROM charges
WHERE account_id = %(account)s AND schedule_id IS NOT NULL AND created_at > %(since)s AND authorized_at IS NOT NULL
"""
SKIPPED = """
SELECT o.processed_at, s.currency FROM occurrences o JOIN schedules s ON s.id = o.schedule_id
WHERE o.account_id = %(account)s AND o.state = 'skipped' AND o.processed_at > %(since)s
"""
BOOK = """
SELECT direction, amount_minor, transferable_at FROM transactions WHERE account_id = %(account)s
"""

Flows = dict[tuple[date, str], Flow]


@dataclass
class Shop:
    """An account with schedules of many shapes, and what draws them."""

    runtime: Runtime
    api: Any
    chance: random.Random
    settlement_days: int = 0
    customers: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    schedules: list[Any] = field(default_factory=list)

    async def account(self) -> Account:
        async with self.runtime.database.connection() as connection:
            found = await accounts.fetch(connection, self.api.account_id, livemode=False)
        assert found is not None
        return found

    async def forecast(self, *, days: int) -> Forecast:
        account = await self.account()
        now = account.now(self.runtime.clock.now())
        today = account.today(now)
        asked = forecast.window(account, now, today, today + days * ONE_DAY)
        async with self.runtime.unit(account, now) as unit:
            return await forecast.make(unit, self.runtime.retries, asked)

    def fill_purse(self, count: int) -> None:
        for _ in range(count):
            self.api.post(
                "/charges", {"amount": 15_000_000, "currency": "thb", "customer": self.customers[0]}
            )

    def add(self, **payment: Any) -> Any:
        """A schedule of any rule, from a day of the next weeks on, some with an end behind their first date.

        A transfer begins when the purse is settled: what it does before, the forecast calls a shortfall.
        """
        wait = self.settlement_days if "transfer" in payment else 0
        start = self.today() + (wait + self.chance.randrange(2, 45)) * ONE_DAY
        rule: dict[str, Any] = {"start_date": f"{start}"} | self._rule()
        if self.chance.random() < 0.3:
            rule["end_date"] = f"{start + self.chance.randrange(100, 300) * ONE_DAY}"
        made = self.api.post("/schedules", rule | payment)
        self.schedules.append(made)
        return made

    def today(self) -> date:
        return datetime.fromisoformat(self.api.get("/clock")["now"]).date()

    def _rule(self) -> dict[str, Any]:
        pick = self.chance
        shapes: tuple[Callable[[], dict[str, Any]], ...] = (
            lambda: {"every": pick.choice((3, 7, 30)), "period": "day"},
            lambda: {
                "every": pick.choice((1, 2, 5)),
                "period": "week",
                "on": {"weekdays": pick.sample(WEEKDAYS, pick.choice((1, 2)))},
            },
            lambda: {
                "every": pick.choice((1, 1, 2, 3)),
                "period": "month",
                "on": {"days_of_month": pick.sample(range(1, 29), pick.choice((1, 2)))},
            },
            lambda: {
                "every": pick.choice((1, 2)),
                "period": "month",
                "on": {
                    "weekday_of_month": f"{pick.choice(('1st', '2nd', '4th', 'last'))}_{pick.choice(WEEKDAYS)}"
                },
            },
        )
        return pick.choice(shapes)()

    def charge(self, **given: Any) -> dict[str, Any]:
        charge = {
            "customer": self.chance.choice(self.customers),
            "amount": self.chance.randrange(2_000, 9_999),
        }
        return {"charge": charge | given}

    def transfer(self, **given: Any) -> dict[str, Any]:
        return {"transfer": {"recipient": self.chance.choice(self.recipients)} | given}

    def change_dates(self, count: int) -> None:
        """Skip, move and re-price some of the dates ahead, and pause a schedule."""
        for schedule in self.chance.sample(self.schedules, count):
            for day in schedule["next_occurrences_on"][1:9:3]:
                order = self.chance.choice(({"skip": True}, {"amount": 7_531}, {"move_to": day}))
                if "move_to" in order:
                    order = {"move_to": f"{date.fromisoformat(day) + ONE_DAY}"}
                # Some have no room for a move.
                self.api.call("PATCH", f"/schedules/{schedule['id']}/dates/{day}", json=order)
        self.api.patch(f"/schedules/{self.schedules[0]['id']}/pause")


@pytest.fixture
async def new_shop(runtime: Runtime, api: Any) -> Callable[..., Awaitable[Shop]]:
    async def make(seed: int, **options: str) -> Shop:
        await access.set_options(runtime, api.account_id, options)
        days = int(options.get("settlement_days", "0"))
        shop = Shop(runtime, api, random.Random(seed), days)  # noqa: S311
        shop.customers = [api.customer()["id"] for _ in range(3)]
        shop.recipients = [api.recipient()["id"] for _ in range(2)]
        return shop

    return make


async def run_through(shop: Shop, told: Forecast) -> Flows:
    """Let the clock run to the end of what was forecast; what ran, by day and currency."""
    account = await shop.account()
    end = run_at(told.window.last + ONE_DAY, time(), account.zone) - timedelta(seconds=1)
    await clocks.advance(shop.runtime, account, to=end)
    asked = {"account": account.id, "since": told.made_at}
    ran: Flows = {}
    async with shop.runtime.database.connection() as connection:
        for row in await (await connection.execute(RAN, asked)).fetchall():
            flow = ran.setdefault((account.today(row["created_at"]), row["currency"]), Flow())
            if row["kind"] == "charge":
                flow.charges += 1
                flow.charged_minor += row["amount_minor"]
                flow.net_minor += row["net_minor"]
            else:
                flow.transfers += 1
                flow.transferred_minor += row["amount_minor"]
        for row in await (await connection.execute(SKIPPED, asked)).fetchall():
            ran.setdefault((account.today(row["processed_at"]), row["currency"]), Flow()).skipped_charges += 1
    return ran


def compared(flows: Flows) -> dict[tuple[date, str], tuple[int, ...]]:
    """What both sides tell of a day; days without anything are left out."""
    rows = {
        key: (f.charges, f.charged_minor, f.net_minor, f.transfers, f.transferred_minor, f.skipped)
        for key, f in flows.items()
    }
    return {key: row for key, row in sorted(rows.items()) if any(row)}


async def closing_balances(shop: Shop, told: Forecast) -> dict[date, int]:
    """What was transferable at the end of each day, added up from the book."""
    account = await shop.account()
    async with shop.runtime.database.connection() as connection:
        cursor = await connection.execute(BOOK, {"account": account.id})
        book = [
            (row["transferable_at"], row["amount_minor"] * (1 if row["direction"] == "credit" else -1))
            for row in await cursor.fetchall()
        ]
    return {
        day: sum(amount for moment, amount in book if moment < run_at(day + ONE_DAY, time(), account.zone))
        for day in told.balance
    }


async def require_equal(shop: Shop, *, days: int) -> Forecast:
    told = await shop.forecast(days=days)
    ran = await run_through(shop, told)
    assert compared(told.flows) == compared(ran)
    assert {day: each.closing_minor for day, each in told.balance.items()} == await closing_balances(
        shop, told
    )
    assert told.shortfall is None
    return told


YEAR = (("America/New_York", "02:30", "08:05", 7, 365),)
SPELLS = (
    ("Asia/Bangkok", "08:30", "08:05", 1, 25),
    ("Australia/Lord_Howe", "08:30", "08:30", 0, 25),
    ("Europe/Berlin", "00:00", "23:59", 3, 25),
)
SEEDS = range(int(os.environ.get("FORECAST_SEEDS", "1")))


@pytest.mark.parametrize(("zone", "charges_at", "transfers_at", "settlement_days", "days"), YEAR + SPELLS)
@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_forecast_is_what_runs(
    new_shop: Callable[..., Awaitable[Shop]],
    zone: str,
    charges_at: str,
    transfers_at: str,
    settlement_days: int,
    days: int,
    seed: int,
) -> None:
    """Rules of all kinds, ends, skipped and moved dates, pauses, shares of the balance, a year and shorter spells."""
    shop = await new_shop(
        seed,
        timezone=zone,
        charge_run_time=charges_at,
        transfer_run_time=transfers_at,
        settlement_days=f"{settlement_days}",
    )
    shop.fill_purse(20)
    for _ in range(36):
        shop.add(**shop.charge(**shop.chance.choice(({}, {"currency": "usd"}, {"capture": False}))))
    for _ in range(10):
        shop.add(**shop.transfer(amount=shop.chance.randrange(3_000, 49_999)))
    for percentage in (1, 0.5, 2):
        shop.add(**shop.transfer(percentage_of_balance=percentage))
    shop.change_dates(16)

    told = await require_equal(shop, days=days)

    assert sum(flow.charges for flow in told.flows.values()) > 10
    if days == 365:
        assert sum(flow.transfers for flow in told.flows.values()) > 50
        assert sum(flow.skipped for flow in told.flows.values()) > 10
