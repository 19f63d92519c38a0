"""People who use the console, their roles, and the tries to sign in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from duerun.domain.console_users import ConsoleUser, Role
from duerun.storage.database import Connection, execute, fetch_all, fetch_one

USERS_MAX = 1_000
PRUNED_ROWS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A user with what only sign-in may read: the hash of the password and the sealed seed of one-time codes."""

    user: ConsoleUser
    password_hash: str | None = field(repr=False)
    seed: bytes | None = field(repr=False)
    step: int = 0


@dataclass(frozen=True, slots=True)
class Membership:
    """What a user may do in an account."""

    account_id: int
    public_id: str
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a subject has tried, and since when it counts."""

    count: int
    last_at: datetime


async def insert(connection: Connection, name: str, password_hash: str | None, now: datetime) -> int | None:
    """A new user; None if the name is taken."""
    row = await fetch_one(connection, "console_user_insert", name=name, password_hash=password_hash, now=now)
    return int(row["id"]) if row else None


async def fetch(connection: Connection, name: str) -> Kept | None:
    row = await fetch_one(connection, "console_user_fetch", name=name)
    if row is None:
        return None
    user = ConsoleUser(
        id=row["id"],
        name=row["name"],
        has_password=row["password_hash"] is not None,
        has_codes=row["codes_since"] is not None,
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
    )
    return Kept(user, row["password_hash"], row["code_seed"], row["code_step"])


async def list_all(connection: Connection) -> list[dict[str, Any]]:
    """What may be shown of users, a row for each role."""
    return await fetch_all(connection, "console_users_list", rows_max=USERS_MAX)


async def set_password(connection: Connection, user_id: int, password_hash: str) -> None:
    await execute(connection, "console_user_password", user_id=user_id, password_hash=password_hash)


async def disable(connection: Connection, user_id: int, now: datetime, *, is_disabled: bool = True) -> None:
    await execute(connection, "console_user_disable", user_id=user_id, now=now, is_disabled=is_disabled)


async def set_seed(connection: Connection, user_id: int, seed: bytes | None) -> None:
    """Keep a sealed seed, which counts once a code of it was shown; None takes one-time codes away."""
    await execute(connection, "console_user_seed", user_id=user_id, seed=seed)


async def switch_codes_on(connection: Connection, user_id: int, now: datetime) -> bool:
    return bool(await execute(connection, "console_user_codes_on", user_id=user_id, now=now))


async def use_code(connection: Connection, user_id: int, step: int) -> bool:
    """Use up a step; False when it, or a later one, was used before."""
    return bool(await execute(connection, "console_user_use_code", user_id=user_id, step=step))


async def put_role(connection: Connection, user_id: int, account_id: int, role: Role) -> None:
    await execute(connection, "console_role_put", user_id=user_id, account_id=account_id, role=role)


async def roles_of(connection: Connection, user_id: int) -> list[Membership]:
    rows = await fetch_all(connection, "console_roles_of", user_id=user_id)
    return [Membership(row["account_id"], row["public_id"], row["email"], Role(row["role"])) for row in rows]


async def count_try(
    connection: Connection, subject: str, now: datetime, *, lock: timedelta, tries_max: int
) -> Tries:
    """Count a try before it is checked."""
    row = await fetch_one(
        connection, "console_try", subject=subject, now=now, since=now - lock, tries_max=tries_max
    )
    assert row is not None
    return Tries(row["tries"], row["last_at"])


async def forget_tries(connection: Connection, subject: str) -> None:
    await execute(connection, "console_tries_forget", subject=subject)


async def take_try_back(connection: Connection, subject: str) -> None:
    """A try that was right does not count."""
    await execute(connection, "console_try_back", subject=subject)


async def prune_tries(connection: Connection, since: datetime) -> None:
    await execute(connection, "console_tries_prune", since=since, rows_max=PRUNED_ROWS_MAX)
