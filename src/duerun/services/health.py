"""Whether the installation is fit to move money."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from duerun.domain.errors import RejectedError, UnavailableError
from duerun.services import freezing
from duerun.services.unit import Runtime
from duerun.storage import health, installation
from duerun.storage.health import DatabaseFacts, UncertainSends
from duerun.storage.migrate import known

UNSAFE_LIVE_MODE = (
    "the database runs with fsync off and there are keys of live mode: a power cut could lose or repeat "
    "payments. Turn fsync on"
)
READINESS_SECONDS_MAX = 2.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why requests should go elsewhere: a word for programs, a sentence for people."""

    code: str
    message: str


UNREACHABLE = Reason("database_unreachable", "the database does not answer")
FROZEN = "sending_frozen"
READ_ONLY = Reason("database_read_only", "the database takes no changes: what is there can be read")


async def require_reachable(runtime: Runtime) -> None:
    """Raises `UnavailableError` with the reason if the database does not let us in."""
    await health.require_reachable(runtime.database.dsn)


async def database_facts(runtime: Runtime) -> DatabaseFacts:
    """What the database tells about itself."""
    async with runtime.database.connection() as connection:
        return await health.database_facts(connection)


async def uncertain_sends(runtime: Runtime) -> UncertainSends:
    """Sends whose outcome is not known: a few seconds after each they are asked about."""
    async with runtime.database.connection() as connection:
        return await health.uncertain_sends(connection)


async def has_live_keys(runtime: Runtime, now: datetime) -> bool:
    async with runtime.database.connection() as connection:
        return await health.count_live_keys(connection, now) > 0


async def require_safe_keys(runtime: Runtime, *, livemode: bool) -> None:
    """Raises `RejectedError` where keys of live mode would open a database that may lose what it has confirmed."""
    if livemode and not (await database_facts(runtime)).fsync:
        raise RejectedError(UNSAFE_LIVE_MODE)


async def require_safe_live_mode(runtime: Runtime, now: datetime) -> None:
    """Raises `RejectedError` if live mode is open on a database that may lose what it has confirmed."""
    facts = await database_facts(runtime)
    if not facts.fsync and await has_live_keys(runtime, now):
        raise RejectedError(UNSAFE_LIVE_MODE)


async def unready(runtime: Runtime) -> list[Reason]:
    """Why this process cannot do its work now; nothing if it can."""
    try:
        async with asyncio.timeout(READINESS_SECONDS_MAX), runtime.database.connection() as connection:
            missing = _known_numbers() - await health.applied_migrations(connection)
            is_writable = await health.is_writable(connection)
            hold = await installation.read(connection)
            if not is_writable:
                await runtime.database.renew()
    except (TimeoutError, UnavailableError):
        return [UNREACHABLE]
    reasons = [] if is_writable else [READ_ONLY]
    if missing:
        message = f"the database lacks {len(missing)} migrations: run duerun migrate"
        reasons.append(Reason("migrations_missing", message))
    if hold and hold.reason and freezing.concerns(runtime, hold):
        reasons.append(Reason(FROZEN, freezing.told(hold.reason)))
    return reasons


@cache
def _known_numbers() -> frozenset[int]:
    return frozenset(migration.number for migration in known())
