"""The audit log: what people changed beside the money path, who did, and whether anybody has touched the log itself."""

from datetime import datetime

from duerun.domain.audit_chain import Checker, Head, Note, Verdict
from duerun.services.unit import Runtime, person
from duerun.storage import audit_log as store
from duerun.storage.audit_log import NUMBER_MAX, Asked, Line
from duerun.storage.database import Connection

PAGE_ROWS = 2_000

__all__ = ["NUMBER_MAX", "Asked", "Line"]


async def tell(connection: Connection, now: datetime, *notes: Note) -> None:
    """Add lines at the end of a transaction, if it is a person who acts; `now` is real time."""
    actor = person()
    if actor is not None and notes:
        await store.append(connection, notes, actor=actor, now=now)


async def verify(runtime: Runtime, *, kept: bytes | None = None) -> Verdict:
    """Compute the chain from its beginning. `kept` is the hash of a head that was stored elsewhere."""
    async with runtime.database.transaction() as connection:
        await store.stand_still(connection)
        return await verify_on(connection, kept=kept)


async def verify_on(connection: Connection, *, kept: bytes | None = None) -> Verdict:
    """The same within a transaction that sees one moment."""
    checker = Checker(await store.head(connection), kept)
    while lines := await store.page(connection, after=checker.last.number, rows_max=PAGE_ROWS):
        if not all(checker.see(each) for each in lines):
            break
    return checker.verdict()


async def list_lines(runtime: Runtime, asked: Asked, *, rows_max: int) -> list[Line]:
    """The lines that are asked for, the newest first."""
    async with runtime.database.connection() as connection:
        return await store.list_lines(connection, asked, rows_max=rows_max)


async def head(runtime: Runtime) -> Head | None:
    """Where the log ends; None where that is not noted any more."""
    async with runtime.database.connection() as connection:
        return await store.head(connection)
