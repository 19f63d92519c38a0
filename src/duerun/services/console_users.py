"""Who may use the console: users made, listed, stopped and reset by the operator of the server."""

from datetime import datetime
from typing import Any

from duerun.domain import console_users as rules
from duerun.domain.audit_chain import Note
from duerun.domain.console_users import Role
from duerun.domain.errors import NotFoundError
from duerun.services import audit_log
from duerun.services.console_access import hash_password
from duerun.services.unit import Runtime
from duerun.storage import console_sessions, console_users
from duerun.storage.console_users import Kept
from duerun.storage.database import Connection


async def add(
    runtime: Runtime, *, name: str, role: Role, account_id: int, password: str | None, now: datetime
) -> bool:
    """Give a user a role in an account; whether he is new. Without a password he cannot sign in with one.

    Raises `RejectedError` for a name or a password that cannot be.
    """
    name = rules.parse_name(name)
    hashed = None if password is None else await hash_password(rules.validate_password(password, name=name))
    async with runtime.database.transaction() as connection:
        user_id = await console_users.insert(connection, name, hashed, now)
        is_new = user_id is not None
        if user_id is None:
            user_id = (await _fetched(connection, name)).user.id
        await console_users.put_role(connection, user_id, account_id, role)
        note = Note("users.create" if is_new else "users.set_role", name, {"role": role.value}, account_id)
        await audit_log.tell(connection, runtime.clock.now(), note)
    return is_new


async def exists(runtime: Runtime, name: str) -> bool:
    """Whether there is such a user."""
    async with runtime.database.connection() as connection:
        return await console_users.fetch(connection, rules.parse_name(name)) is not None


async def list_all(runtime: Runtime) -> list[dict[str, Any]]:
    """What may be shown of all users, a row for each role."""
    async with runtime.database.connection() as connection:
        return await console_users.list_all(connection)


async def disable(runtime: Runtime, name: str, now: datetime, *, is_disabled: bool = True) -> None:
    """Let a user in no more, or again; his sessions end."""
    async with runtime.database.transaction() as connection:
        kept = await _fetched(connection, name)
        await console_users.disable(connection, kept.user.id, now, is_disabled=is_disabled)
        await console_sessions.end_all(connection, kept.user.id)
        note = Note("users.disable" if is_disabled else "users.let_in", kept.user.name, {})
        await audit_log.tell(connection, runtime.clock.now(), note)


async def set_password(runtime: Runtime, name: str, password: str) -> None:
    """Set a user's password; his sessions and a lock-out end."""
    name = rules.parse_name(name)
    hashed = await hash_password(rules.validate_password(password, name=name))
    async with runtime.database.transaction() as connection:
        kept = await _fetched(connection, name)
        await console_users.set_password(connection, kept.user.id, hashed)
        await console_users.forget_tries(connection, f"name {name}")
        await console_sessions.end_all(connection, kept.user.id)
        await audit_log.tell(connection, runtime.clock.now(), Note("users.set_password", name, {}))


async def reset_codes(runtime: Runtime, name: str) -> None:
    """Ask a user for one-time codes no more: his device is lost. His sessions end."""
    async with runtime.database.transaction() as connection:
        kept = await _fetched(connection, name)
        await console_users.set_seed(connection, kept.user.id, None)
        await console_sessions.end_all(connection, kept.user.id)
        await audit_log.tell(connection, runtime.clock.now(), Note("users.reset_codes", kept.user.name, {}))


async def _fetched(connection: Connection, name: str) -> Kept:
    kept = await console_users.fetch(connection, rules.parse_name(name))
    if kept is None:
        raise NotFoundError("console user", name)
    return kept
