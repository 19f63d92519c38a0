"""Sessions of the console: found by the hash of a cookie that is kept nowhere."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from duerun.domain.console_users import Role
from duerun.storage.database import Connection, execute, fetch_one

PRUNED_ROWS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, and which account in which mode he looks at."""

    user_id: int
    name: str
    has_password: bool
    has_codes: bool
    account_id: int
    livemode: bool
    role: Role
    seen_at: datetime
    expires_at: datetime


def hash_of(cookie: str) -> bytes:
    """What is kept of a cookie's value."""
    return sha256(cookie.encode()).digest()


async def insert(
    connection: Connection,
    cookie: str,
    *,
    user_id: int,
    account_id: int,
    livemode: bool,
    now: datetime,
    expires_at: datetime,
) -> None:
    await execute(
        connection,
        "console_session_insert",
        hash=hash_of(cookie),
        user_id=user_id,
        account_id=account_id,
        livemode=livemode,
        now=now,
        expires_at=expires_at,
    )


async def fetch(connection: Connection, cookie: str, now: datetime, seen_since: datetime) -> Session | None:
    """The session of a cookie, unless it has ended or nobody was seen since then."""
    row = await fetch_one(
        connection, "console_session_fetch", hash=hash_of(cookie), now=now, seen_since=seen_since
    )
    return Session(**{**row, "role": Role(row["role"])}) if row else None


async def see(connection: Connection, cookie: str, now: datetime) -> None:
    """Somebody was here."""
    await execute(connection, "console_session_seen", hash=hash_of(cookie), now=now)


async def turn(connection: Connection, cookie: str, *, account_id: int, livemode: bool) -> bool:
    """Look at another account or mode; False where the user has no role."""
    turned = await execute(
        connection, "console_session_turn", hash=hash_of(cookie), account_id=account_id, livemode=livemode
    )
    return bool(turned)


async def end(connection: Connection, cookie: str) -> None:
    await execute(connection, "console_session_end", hash=hash_of(cookie))


async def end_all(connection: Connection, user_id: int) -> None:
    await execute(connection, "console_sessions_end", user_id=user_id)


async def prune(connection: Connection, now: datetime) -> None:
    await execute(connection, "console_sessions_prune", now=now, rows_max=PRUNED_ROWS_MAX)
