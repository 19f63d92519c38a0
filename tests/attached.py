"""An account that is attached to a processor of its own, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from duerun.assembly import build_runtime, close
from duerun.domain.accounts import Account
from duerun.services import access
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import accounts
from processor import TOKEN, Processor

QUICK = {
    "gateway_timeout_seconds": "0.5",
    "gateway_max_processing_seconds": "0.5",
    "gateway_concurrency": "8",
}


@asynccontextmanager
async def reaching(dsn: str, **given: Any) -> AsyncIterator[Runtime]:
    """A runtime that may call processors on this machine."""
    built = build_runtime(Settings(gateway_allow="127.0.0.1", lease_seconds=5.0, **given), dsn)
    await built.database.open()
    try:
        yield built
    finally:
        await close(built)


async def attach(runtime: Runtime, account_id: int, processor: Processor, **given: str) -> Account:
    """The account, attached to a processor in test mode."""
    options = {"gateway_url": processor.url, "gateway_token": TOKEN} | QUICK | given
    await access.set_options(runtime, account_id, options)
    return await fetched(runtime, account_id)


async def fetched(runtime: Runtime, account_id: int) -> Account:
    async with runtime.database.connection() as connection:
        found = await accounts.fetch(connection, account_id, livemode=False)
    assert found is not None
    return found


async def rows(runtime: Runtime, query: str, *values: object) -> list[dict[str, Any]]:
    async with runtime.database.connection() as connection:
        return await (await connection.execute(query, values)).fetchall()


def tomorrow(account: Account) -> str:
    return str(account.today(datetime.now(UTC)) + timedelta(days=1))
