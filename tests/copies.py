"""Databases of their own, which are copied; a processor outside of them, whose ledger is the judge."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from duerun.assembly import build_runtime, close
from duerun.clock import Clock
from duerun.domain.accounts import Account
from duerun.gateways.base import CardDetails
from duerun.services import parties
from duerun.services.parties import Address
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import accounts
from duerun.storage.migrate import migrate
from processor import TOKEN, Processor


class Databases:
    """Makes, copies and drops databases of one server."""

    def __init__(self, dsn: str, prefix: str, blank: str = "") -> None:
        self._dsn, self._prefix, self._blank = dsn, prefix, blank
        self._names: list[str] = []

    def migrated(self) -> str:
        """The name of a database with the schema in place."""
        migrate(self._make(""))
        return self._names[-1]

    def new(self) -> str:
        """The conninfo of a fresh installation's database."""
        made = self._make(self._blank)
        with psycopg.connect(made) as connection:
            connection.execute(AT_HOME)
        return made

    def copy(self, dsn: str) -> str:
        """The conninfo of a copy, made as `CREATE DATABASE ... TEMPLATE` makes it; nobody may be connected."""
        return self._make(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])

    def empty(self) -> str:
        """The conninfo of a database with nothing in it."""
        return self._make("")

    def _make(self, template: object) -> str:
        name = f"{self._prefix}_{len(self._names)}"
        self._names.append(name)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(str(template or "template0"))
        )
        self._execute(statement)
        return make_conninfo(self._dsn, dbname=name)

    def drop_all(self) -> None:
        for name in self._names:
            self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            connection.execute(statement)


PROOF_SECONDS = 0.2
BANGKOK = ZoneInfo("Asia/Bangkok")
AT_HOME = (
    "UPDATE installation SET database_number = "
    "(SELECT oid::bigint FROM pg_database WHERE datname = current_database())"
)
CARD: dict[str, Any] = {
    "name": "Somchai Prasert",
    "number": "4242424242424242",
    "expiration_month": 10,
    "expiration_year": 2060,
    "security_code": "123",
}


def settings_of(processor: Processor | None) -> Settings:
    """Payments go to a processor, or to the sandbox."""
    if processor is None:
        return Settings()
    return Settings(
        gateway_url=processor.url,
        gateway_token=TOKEN,
        gateway_timeout_seconds=0.5,
        gateway_max_processing_seconds=PROOF_SECONDS,
    )


def _late(now: datetime) -> datetime:
    return max(now, datetime.combine(now.date(), time(12), BANGKOK)).astimezone(UTC)


@dataclass
class Still:
    """A clock that stands until it is moved: at first behind all that runs on the day, whatever the time is."""

    moment: datetime = field(default_factory=lambda: _late(datetime.now(BANGKOK)))

    def now(self) -> datetime:
        return self.moment


@asynccontextmanager
async def running(
    dsn: str, processor: Processor | None, clock: Clock | None = None
) -> AsyncIterator[Runtime]:
    """A runtime over a database, whose payments go to a processor, or to the sandbox."""
    built = build_runtime(settings_of(processor), dsn, clock=clock)
    await built.database.open()
    try:
        yield built
    finally:
        await close(built)


@dataclass
class Copied:
    """A database with due payments of one mode, as it is when it was copied, and the processor of both."""

    dsn: str
    account_id: int
    live_key: str
    test_key: str
    customer: str
    schedule_ids: list[str]


@dataclass
class Site:
    """What tests of copies work with."""

    databases: Databases
    serve: Any
    admit: Any

    async def original(
        self,
        processor: Processor,
        *,
        schedules: int = 3,
        card: str = CARD["number"],
        livemode: bool = True,
    ) -> Copied:
        """An installation with daily schedules of charges in one mode, which begin tomorrow."""
        dsn = self.databases.new()
        async with running(dsn, processor) as runtime:
            with self.serve(dsn, settings_of(processor)) as http:
                api = await self.admit(runtime, http.url)
                key = api.live_keys.secret if livemode else api.keys.secret
                token = await live_token(runtime, api.account_id, card) if livemode else api.token(card)
                customer = api.post("/customers", {"card": token}, key=key)["id"]
                start = str(datetime.now(BANGKOK).date() + timedelta(days=1))
                made = [
                    api.post("/schedules", daily(start, customer, 20_000 + number), key=key)["id"]
                    for number in range(schedules)
                ]
                api.session.close()
        return Copied(dsn, api.account_id, api.live_keys.secret, api.keys.secret, customer, made)


async def live_token(runtime: Runtime, account_id: int, number: str) -> str:
    """A token of live mode, whose cards come from the gateway."""
    async with runtime.database.connection() as connection:
        account = await accounts.fetch(connection, account_id, livemode=True)
    assert account is not None
    details = CardDetails(**CARD | {"number": number})
    facts = await runtime.gateway(account).tokenize(details, account=account.public_id)
    async with runtime.unit(account, datetime.now(UTC)) as unit:
        return (await parties.create_token(unit, details, facts, Address())).id


def daily(start: str, customer: str, amount: int) -> dict[str, Any]:
    """A schedule that charges each day."""
    when = {"every": 1, "period": "day", "start_date": start, "end_date": "2099-12-31"}
    return when | {"charge": {"customer": customer, "amount": amount}}


async def account_of(runtime: Runtime, copied: Copied, *, livemode: bool = True) -> Account:
    """The account as it is now."""
    async with runtime.database.connection() as connection:
        found = await accounts.fetch(connection, copied.account_id, livemode=livemode)
    assert found is not None
    return found
