"""Signing in to the console: passwords, one-time codes, lock-out, sessions."""

import asyncio
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from duerun.domain import console_users as rules
from duerun.domain import one_time_codes as codes
from duerun.domain.accounts import Account
from duerun.domain.audit_chain import Note
from duerun.domain.console_users import SignInPolicy
from duerun.domain.errors import NotAuthenticatedError, RejectedError
from duerun.services import audit_log
from duerun.services.unit import Runtime
from duerun.storage import accounts, console_sessions, console_users
from duerun.storage.console_sessions import Session
from duerun.storage.console_users import Kept, Membership
from duerun.storage.database import Connection
from duerun.storage.seal import Seal

__all__ = ["Membership", "Session"]

COOKIE_BYTES = 32
SEEN_EVERY = timedelta(seconds=30)
# Hashes take memory: so many are made at once.
HASHES_AT_ONCE_MAX = 4
HASH_KIBIBYTES = 19_456
_IPV6_SITE_BITS = 64

# The parameters that OWASP's cheat sheet of password storage asks for at least: a server with many sign-ins stays up.
_hasher = PasswordHasher(time_cost=2, memory_cost=HASH_KIBIBYTES, parallelism=1)


class LockedOutError(RejectedError):
    """Too many tries: no password counts until `minutes` have passed."""

    code = "locked_out"

    def __init__(self, minutes: int) -> None:
        super().__init__(f"too many tries to sign in: try again in {minutes} minutes")
        self.minutes = minutes


@dataclass(frozen=True, slots=True)
class ConsoleAccess:
    """What signing in goes by. Without a key in `seal` nobody can switch one-time codes on."""

    policy: SignInPolicy = SignInPolicy()
    seal: Seal = field(default_factory=Seal)
    may_seal: bool = False
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHES_AT_ONCE_MAX))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody has filled in, and from where. The address is the peer's."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    address: str


async def hash_password(password: str) -> str:
    """The argon2id of a password, made outside of the event loop."""
    return await asyncio.to_thread(_hasher.hash, password)


async def sign_in(runtime: Runtime, access: ConsoleAccess, attempt: Attempt, now: datetime) -> str:
    """The cookie of a fresh session. All refusals are alike, but for `LockedOutError`."""
    subjects = (_subject(attempt.name), f"address {_site(attempt.address)}")
    await _count(runtime, access.policy, subjects, now)
    try:
        name = rules.parse_name(attempt.name)
    except RejectedError:
        name = ""
    async with runtime.database.connection() as connection:
        kept = await console_users.fetch(connection, name) if name else None
    if not await _is_password(access, kept, attempt.password):
        raise NotAuthenticatedError
    assert kept is not None
    async with runtime.database.transaction() as connection:
        if kept.user.disabled_at is not None or not await _is_code(connection, access, kept, attempt, now):
            raise NotAuthenticatedError
        await console_users.forget_tries(connection, subjects[0])
        await console_users.take_try_back(connection, subjects[1])
        return await _begin(connection, access.policy, kept, now)


async def sign_in_at_once(runtime: Runtime, access: ConsoleAccess, name: str, now: datetime) -> str:
    """The cookie of a session without a password: of `duerun dev`, for its own user, on its own machine."""
    async with runtime.database.transaction() as connection:
        kept = await console_users.fetch(connection, name)
        if kept is None or kept.user.disabled_at is not None:
            raise NotAuthenticatedError
        return await _begin(connection, access.policy, kept, now)


def _subject(name: str) -> str:
    return f"name {name.strip().lower()[: rules.NAME_CHARACTERS_MAX]}"


async def _count(runtime: Runtime, policy: SignInPolicy, subjects: Sequence[str], now: datetime) -> None:
    """Count a try by name, and by address where there is one; raises `LockedOutError` when it is one too many."""
    limits = (policy.user_failures_max, policy.address_failures_max)
    until = now
    async with runtime.database.transaction() as connection:
        await console_users.prune_tries(connection, now - policy.lock)
        await console_sessions.prune(connection, now)
        for subject, most in zip(subjects, limits, strict=False):
            tries = await console_users.count_try(connection, subject, now, lock=policy.lock, tries_max=most)
            if tries.count > most:
                until = max(until, tries.last_at + policy.lock)
    if until > now:
        raise LockedOutError(-(-int((until - now).total_seconds()) // 60))


def _site(address: str) -> str:
    """Whose address it is: one of IPv4, or the site of one of IPv6.

    >>> _site("2001:db8:1:2:3:4:5:6"), _site("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7')
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _IPV6_SITE_BITS), strict=False))
    return str(parsed)


async def _is_password(access: ConsoleAccess, kept: Kept | None, password: str) -> bool:
    """Whether a password is right; an unknown user takes as long as a known one."""
    wanted = kept.password_hash if kept is not None and kept.password_hash else await _no_hash()
    if len(password) > rules.PASSWORD_CHARACTERS_MAX:
        return False
    async with access.hashing:
        is_right = await asyncio.to_thread(_verified, wanted, password)
    return is_right and kept is not None and kept.user.has_password


def _verified(wanted: str, password: str) -> bool:
    try:
        return _hasher.verify(wanted, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(COOKIE_BYTES))


async def _no_hash() -> str:
    return await asyncio.to_thread(_hash_of_nobody)


async def _is_code(
    connection: Connection, access: ConsoleAccess, kept: Kept, attempt: Attempt, now: datetime
) -> bool:
    """Whether the one-time code is right and was not used before; True where none is asked for."""
    if not kept.user.has_codes:
        return True
    return await _use_code(connection, access, kept, attempt.code, now)


async def _use_code(
    connection: Connection, access: ConsoleAccess, kept: Kept, code: str, now: datetime
) -> bool:
    if kept.seed is None:
        return False
    seed = access.seal.open(kept.seed, _about(kept.user.name))
    step = codes.matching_step(seed, code, now, after=kept.step)
    return step is not None and await console_users.use_code(connection, kept.user.id, step)


def _about(name: str) -> str:
    return f"console user {name}"


async def _begin(connection: Connection, policy: SignInPolicy, kept: Kept, now: datetime) -> str:
    memberships = await console_users.roles_of(connection, kept.user.id)
    if not memberships:
        raise NotAuthenticatedError
    cookie = secrets.token_urlsafe(COOKIE_BYTES)
    await console_sessions.insert(
        connection,
        cookie,
        user_id=kept.user.id,
        account_id=memberships[0].account_id,
        livemode=False,
        now=now,
        expires_at=now + policy.longest,
    )
    return cookie


async def session_of(
    runtime: Runtime, access: ConsoleAccess, cookie: str, now: datetime, *, quiet: bool = False
) -> tuple[Session, Account] | None:
    """Who is signed in and what he looks at; None for a session that has ended. A `quiet` call keeps none alive."""
    async with runtime.database.connection() as connection:
        session = await console_sessions.fetch(connection, cookie, now, now - access.policy.idle)
        if session is None:
            return None
        if not quiet and now - session.seen_at >= SEEN_EVERY:
            await console_sessions.see(connection, cookie, now)
        account = await accounts.fetch(connection, session.account_id, livemode=session.livemode)
    return (session, account) if account is not None else None


async def memberships(runtime: Runtime, user_id: int) -> list[Membership]:
    """The accounts of a user, with his role in each."""
    async with runtime.database.connection() as connection:
        return await console_users.roles_of(connection, user_id)


async def turn(runtime: Runtime, cookie: str, *, account_id: int, livemode: bool) -> None:
    """Look at another account or mode; raises `RejectedError` where the user has no role."""
    async with runtime.database.transaction() as connection:
        if not await console_sessions.turn(connection, cookie, account_id=account_id, livemode=livemode):
            raise RejectedError("you have no role in this account")


async def sign_out(runtime: Runtime, cookie: str) -> None:
    async with runtime.database.transaction() as connection:
        await console_sessions.end(connection, cookie)


async def change_password(
    runtime: Runtime, access: ConsoleAccess, session: Session, *, current: str, new: str, now: datetime
) -> str:
    """Set another password; all sessions end, and the cookie of a fresh one is returned."""
    kept = await _confirmed(runtime, access, session, current, now)
    hashed = await hash_password(rules.validate_password(new, name=session.name))
    async with runtime.database.transaction() as connection:
        await console_users.set_password(connection, session.user_id, hashed)
        await console_sessions.end_all(connection, session.user_id)
        cookie = await _begin(connection, access.policy, kept, now)
        await audit_log.tell(connection, now, Note("users.set_password", session.name, {}))
        return cookie


async def _confirmed(
    runtime: Runtime, access: ConsoleAccess, session: Session, password: str, now: datetime
) -> Kept:
    """The user, whose password counts as one more try to sign in."""
    subject = _subject(session.name)
    await _count(runtime, access.policy, [subject], now)
    async with runtime.database.connection() as connection:
        kept = await console_users.fetch(connection, session.name)
    if kept is None or not await _is_password(access, kept, password):
        raise RejectedError("the current password is not right")
    async with runtime.database.transaction() as connection:
        await console_users.forget_tries(connection, subject)
    return kept


async def draft_codes(
    runtime: Runtime, access: ConsoleAccess, session: Session, password: str, now: datetime
) -> bytes:
    """A fresh seed of one-time codes, which are not asked for before one was shown."""
    if not access.may_seal:
        raise RejectedError("one-time codes need the setting console_secret, with which seeds are sealed")
    await _confirmed(runtime, access, session, password, now)
    if session.has_codes:
        raise RejectedError("one-time codes are on already")
    seed = os.urandom(codes.SEED_BYTES)
    async with runtime.database.transaction() as connection:
        await console_users.set_seed(
            connection, session.user_id, access.seal.close(seed, _about(session.name))
        )
    return seed


async def switch_codes_on(
    runtime: Runtime, access: ConsoleAccess, session: Session, code: str, now: datetime
) -> None:
    """Ask for one-time codes from now on; raises `RejectedError` for a code that is not right."""
    async with runtime.database.transaction() as connection:
        kept = await console_users.fetch(connection, session.name)
        if kept is None or not await _use_code(connection, access, kept, code, now):
            raise RejectedError("the code is not right: one-time codes stay off")
        await console_users.switch_codes_on(connection, session.user_id, now)
        await audit_log.tell(connection, now, Note("users.codes_on", session.name, {}))


async def switch_codes_off(
    runtime: Runtime, access: ConsoleAccess, session: Session, password: str, now: datetime
) -> None:
    """Ask for one-time codes no more."""
    await _confirmed(runtime, access, session, password, now)
    async with runtime.database.transaction() as connection:
        await console_users.set_seed(connection, session.user_id, None)
        await audit_log.tell(connection, now, Note("users.codes_off", session.name, {}))
