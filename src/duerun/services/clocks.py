"""The test clock of an account: everything that falls due on the way runs, in order of time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError, UnavailableError
from duerun.services import bulk, charges, rounds
from duerun.services.freezing import moves_money_outside, require_sending
from duerun.services.unit import EFFECT, Runtime
from duerun.storage import charges as charge_store
from duerun.storage import clocks as store
from duerun.storage import occurrences
from duerun.storage.clocks import Hold

ADVANCE_LEASE_SECONDS = 120.0
OTHERS_POLL_SECONDS = 0.05
OTHERS_POLLS_MAX = 2_000
# So that every date of a year of four digits can still be computed from the clock.
LATEST_YEAR = 9000
STOPPING = "the server is stopping: send the advance again, it goes on from here"


@dataclass(frozen=True, slots=True)
class Advanced:
    """Where the clock stands, and how many occurrences ran on the way."""

    now: datetime
    occurrences: int


async def advance(
    runtime: Runtime, account: Account, *, to: datetime | None = None, days: int | None = None
) -> Advanced:
    """Move the clock forward; when this returns, everything that fell due until then has run.

    Raises `RejectedError` in live mode, for a moment in the past, and when not exactly one of `to` and `days` is
    given; `UnavailableError` while another advance is under way, or when the server stops before the end; `FrozenError`
    where nothing may be sent.
    """
    if account.livemode:
        raise RejectedError("live mode runs on real time")
    # What runs on the way is no effect of the call's Idempotency-Key: a repeated call goes on from here.
    effect = EFFECT.set(None)
    try:
        return await _advance(runtime, account, to=to, days=days)
    finally:
        EFFECT.reset(effect)


async def _advance(runtime: Runtime, account: Account, *, to: datetime | None, days: int | None) -> Advanced:
    async with runtime.database.transaction() as connection:
        await require_sending(connection, runtime, account)
        hold = await store.take(connection, account, lease_seconds=ADVANCE_LEASE_SECONDS)
    if hold is None:
        raise UnavailableError("the clock is being advanced by another call")
    async with _held(runtime, account, hold):
        now = runtime.clock.now() + hold.offset
        target = _target(now, to, days)
        await _finish_bulk(runtime, account)
        count = await _run_until(runtime, account, hold, now, target)
        await _put(runtime, account, hold, target)
        return Advanced(target, count)


@asynccontextmanager
async def _held(runtime: Runtime, account: Account, hold: Hold) -> AsyncIterator[None]:
    """Keep the clock for as long as the advance takes, and give it back at its end."""
    keeper = asyncio.create_task(_keep(runtime, account, hold))
    try:
        yield
    finally:
        keeper.cancel()
        async with runtime.database.connection() as connection:
            await store.release(connection, account, hold)


async def _keep(runtime: Runtime, account: Account, hold: Hold) -> None:
    while True:
        await asyncio.sleep(ADVANCE_LEASE_SECONDS / 4)
        async with runtime.database.connection() as connection:
            await store.renew(connection, account, hold, lease_seconds=ADVANCE_LEASE_SECONDS)


def _target(now: datetime, to: datetime | None, days: int | None) -> datetime:
    if (to is None) == (days is None):
        raise RejectedError("exactly one of to, days must be given")
    if days is not None and days < 0:
        raise RejectedError("the clock moves forward only")
    try:
        target = to if to is not None else now + timedelta(days=days or 0)
    except OverflowError:
        raise RejectedError("days is too large") from None
    if target < now.replace(microsecond=0):
        raise RejectedError("the clock moves forward only")
    if target.year > LATEST_YEAR:
        raise RejectedError(f"the clock ends with the year {LATEST_YEAR}")
    return max(target, now)


async def _run_until(runtime: Runtime, account: Account, hold: Hold, now: datetime, target: datetime) -> int:
    """Stop at each moment at which something is due and let it run there, until nothing is left."""
    count = 0
    await _await_others(runtime, account, now)
    while (moment := await _next_moment(runtime, account)) is not None and moment <= target:
        now = max(now, moment)
        # First, so that what runs at this moment is never ahead of the clock, whatever dies in between.
        await _put(runtime, account, hold, now)
        if moves_money_outside(runtime, account):
            async with runtime.database.transaction() as connection:
                await require_sending(connection, runtime, account)
        count += await rounds.run_all_due(runtime, account, now)
        _require_running(runtime)
        await _expire_uncaptured(runtime, account, now)
        await _await_others(runtime, account, now)
    return count


def _require_running(runtime: Runtime) -> None:
    if runtime.stopping.is_set():
        raise UnavailableError(STOPPING)


async def let_go(runtime: Runtime) -> None:
    """End the claims and advances that a stopped process left; only where no other process can be at work.

    What it had sent is asked about at once.
    """
    async with runtime.database.connection() as connection:
        await store.let_go(connection)


async def _finish_bulk(runtime: Runtime, account: Account) -> None:
    """Apply the files that were uploaded before: their dates are on the way as well."""
    for _ in range(OTHERS_POLLS_MAX):
        if not await bulk.count_open(runtime, account):
            return
        _require_running(runtime)
        if not await bulk.process_pending(runtime, runtime.clock.now(), account=account):
            await asyncio.sleep(OTHERS_POLL_SECONDS)
    raise UnavailableError("a bulk job of the account is not done yet")


async def _await_others(runtime: Runtime, account: Account, now: datetime) -> None:
    """Wait for what another worker had claimed before this advance began."""
    for _ in range(_polls_max(runtime, account)):
        async with runtime.database.connection() as connection:
            if not await occurrences.count_under_way(connection, account):
                return
        _require_running(runtime)
        await asyncio.sleep(OTHERS_POLL_SECONDS)
        await rounds.rescue(runtime, account, now)
    raise UnavailableError("another worker holds occurrences that were due")


def _polls_max(runtime: Runtime, account: Account) -> int:
    """Long enough for a send that was lost to be found out and made again, twice."""
    proof_seconds = runtime.gateway(account).declared.proof_seconds
    seconds = 2 * (runtime.lease_seconds(account) + proof_seconds) if proof_seconds else 0.0
    return max(OTHERS_POLLS_MAX, int(seconds / OTHERS_POLL_SECONDS))


async def _next_moment(runtime: Runtime, account: Account) -> datetime | None:
    async with runtime.database.connection() as connection:
        due = list((await occurrences.earliest(connection, account)).values())
        lapse = await charge_store.earliest_lapse(connection, account)
    return min(due + ([lapse] if lapse else []), default=None)


async def _expire_uncaptured(runtime: Runtime, account: Account, now: datetime) -> None:
    count = 1
    while count:
        async with runtime.unit(account, now) as unit:
            count = await charges.expire_uncaptured(unit)


async def _put(runtime: Runtime, account: Account, hold: Hold, now: datetime) -> None:
    offset = now - runtime.clock.now()
    async with runtime.database.connection() as connection:
        moved = await store.move(connection, account, hold, offset, lease_seconds=ADVANCE_LEASE_SECONDS)
    if not moved:
        raise UnavailableError("another advance has taken the clock over")
