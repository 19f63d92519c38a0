"""Whether the installation is fit to move money."""

from datetime import datetime

from duerun.domain.errors import RejectedError
from duerun.services.unit import Runtime
from duerun.storage import health
from duerun.storage.health import DatabaseFacts, UncertainSends

UNSAFE_LIVE_MODE = (
    "the database runs with fsync off and there are keys of live mode: a power cut could lose or repeat "
    "payments. Turn fsync on"
)


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


async def require_safe_live_mode(runtime: Runtime, now: datetime) -> None:
    """Raises `RejectedError` if live mode is open on a database that may lose what it has confirmed."""
    facts = await database_facts(runtime)
    if not facts.fsync and await has_live_keys(runtime, now):
        raise RejectedError(UNSAFE_LIVE_MODE)
