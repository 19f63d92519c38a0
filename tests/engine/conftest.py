"""A database of its own for the engine's tests: their ticks look at all accounts there are."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from duerun.assembly import build_runtime
from duerun.domain.accounts import Account
from duerun.domain.recurrence import Period
from duerun.domain.schedules import Schedule
from duerun.gateways.base import CardDetails
from duerun.services import access, parties, schedules
from duerun.services.parties import Address, CustomerChange
from duerun.services.schedules import ChargeOrder, RuleOrder
from duerun.services.unit import Runtime
from duerun.services.workload import Place, account_at
from duerun.settings import Settings
from own_server import own_database

GOOD_CARD = "4242424242424242"


@pytest.fixture(scope="module")
def engine_dsn(dsn: str) -> Iterator[str]:
    """A fresh database on the tests' server."""
    with own_database(dsn, "engine_tests") as own:
        yield own


@pytest.fixture
async def engine_runtime(engine_dsn: str) -> AsyncIterator[Runtime]:
    runtime = build_runtime(Settings(), engine_dsn)
    await runtime.database.open()
    yield runtime
    await runtime.database.close()


@dataclass
class Merchant:
    """An account with a customer whose card works, and what the database says about it."""

    runtime: Runtime
    dsn: str
    account: Account
    customer_id: str

    async def schedule(self, *, starts_in_days: int = 1, end_on: date | None = None) -> Schedule:
        """A daily charge that begins some days from now."""
        now = self.runtime.clock.now()
        start_on = self.account.today(now) + timedelta(days=starts_in_days)
        when = RuleOrder(every=1, period=Period.DAY, on=None, start_on=start_on, end_on=end_on)
        what = ChargeOrder(customer_id=self.customer_id, amount_minor=25_000)
        return await schedules.create(self.runtime, self.account, now, when, what)

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a statement that goes behind the product's back."""
        with psycopg.connect(self.dsn, autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def occurrences(self, schedule_id: str) -> list[tuple[date, str]]:
        """Date and state of each occurrence of a schedule, by date."""
        rows = self.sql(
            "SELECT scheduled_on, state FROM occurrences WHERE schedule_id = %s ORDER BY scheduled_on, attempt",
            schedule_id,
        )
        return [(row["scheduled_on"], row["state"]) for row in rows]

    def state(self, schedule_id: str) -> str:
        return str(self.sql("SELECT state FROM schedules WHERE id = %s", schedule_id)[0]["state"])


@pytest.fixture
def new_merchant(engine_runtime: Runtime, engine_dsn: str) -> Callable[[], Awaitable[Merchant]]:
    """Makes merchants."""

    async def make() -> Merchant:
        now = datetime.now(UTC)
        account_id = await access.create_account(
            engine_runtime, email="merchant@example.com", country="TH", now=now
        )
        account = await account_at(engine_runtime, Place(account_id, False))
        assert account is not None
        details = CardDetails("Somchai Prasert", GOOD_CARD, 12, 2060, "123")
        facts = await engine_runtime.gateway(account).tokenize(details, account=account.public_id)
        async with engine_runtime.unit(account, now) as unit:
            token = await parties.create_token(unit, details, facts, Address())
            customer = await parties.create_customer(unit, CustomerChange(token_id=token.id))
        return Merchant(engine_runtime, engine_dsn, account, customer.id)

    return make


@pytest.fixture
async def merchant(new_merchant: Callable[[], Awaitable[Merchant]]) -> Merchant:
    return await new_merchant()
