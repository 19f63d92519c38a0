"""The test clock of an account: everything that falls due on the way runs, in order of time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError, UnavailableError
from duerun.services import bulk, charges, planning, rounds
from duerun.services.freezing import moves_money_outside, require_sending
from duerun.services.unit import EFFECT, Runtime, acting
from duerun.storage import charges as charge_store
from duerun.storage import clocks as store
from duerun.storage import occurrences
from duerun.storage.clocks import Hold

# An advance whose process died holds the engine off for so long.
ADVANCE_LEASE_SECONDS = 20.0
OTHERS_POLL_SECONDS = 0.05
OTHERS_POLLS_MAX = 2_000
# How long an advance waits at one moment for outcomes that nobody can tell yet.
WAIT_SECONDS_DEFAULT = 30
WAIT_SECONDS_MAX = 3_600
UNCERTAIN_SHOWN_MAX = 100
# So that every date of a year of four digits can still be computed from the clock.
LATEST_YEAR = 9000
STOPPING = "the server is stopping: send the advance again, it goes on from here"


@dataclass(frozen=True, slots=True)
class Advanced:
    """Where the clock stands, how many occurrences ran on the way, and which of all have no outcome yet (the first
    `UNCERTAIN_SHOWN_MAX`)."""

    now: datetime
    occurrences: int
    uncertain: tuple[str, ...] = ()


@dataclass(slots=True)
class _Patience:
    """How long to wait for unknown outcomes at one moment; `passed` are those that were waited for in vain.

    Waiting in vain leaves a quarter of it: a gateway that never answers holds an advance up by little more than this.
    """

    seconds: float
    passed: frozenset[str] = frozenset()

    def give_up(self, open_ids: frozenset[str]) -> None:
        self.seconds /= 4
        self.passed = open_ids


async def advance(
    runtime: Runtime,
    account: Account,
    *,
    to: datetime | None = None,
    days: int | None = None,
    wait_seconds: int = WAIT_SECONDS_DEFAULT,
) -> Advanced:
    """Move the clock forward; when this returns, everything that fell due until then was carried out.

    An outcome that the gateway does not tell is waited for, `wait_seconds` at most; then the clock goes on past it,
    and it is asked about later like any other. Raises `RejectedError` in live mode, for a moment in the past, and
    when not exactly one of `to` and `days` is given; `UnavailableError` while another advance is under way, or when
    the server stops before the end; `FrozenError` where nothing may be sent.
    """
    if account.livemode:
        raise RejectedError("live mode runs on real time")
    if not 0 <= wait_seconds <= WAIT_SECONDS_MAX:
        raise RejectedError(f"wait_seconds must be from 0 to {WAIT_SECONDS_MAX}")
    # What runs on the way is no effect of the call's Idempotency-Key: a repeated call goes on from here. Nor is it
    # decided by whoever moves the clock.
    effect = EFFECT.set(None)
    try:
        with acting(None):
            return await _advance(runtime, account, to=to, days=days, patience=_Patience(wait_seconds))
    finally:
        EFFECT.reset(effect)


async def _advance(
    runtime: Runtime, account: Account, *, to: datetime | None, days: int | None, patience: _Patience
) -> Advanced:
    async with runtime.database.transaction() as connection:
        await require_sending(connection, runtime, account)
        hold = await store.take(connection, account, lease_seconds=ADVANCE_LEASE_SECONDS)
    if hold is None:
        raise UnavailableError("the clock is being advanced by another call")
    async with _held(runtime, account, hold):
        now = runtime.clock.now() + hold.offset
        target = _target(now, to, days)
        await _finish_bulk(runtime, account)
        # What the files made is dated up to now.
        now = runtime.clock.now() + hold.offset
        target = max(target, now)
        count = await _run_until(runtime, account, hold, now, target, patience)
        await _put(runtime, account, hold, target)
        uncertain = sorted(await _open_ids(runtime, account))
        return Advanced(target, count, tuple(uncertain[:UNCERTAIN_SHOWN_MAX]))


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
        # A database that is away for a moment is no reason to stop keeping.
        with suppress(UnavailableError):
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


async def _run_until(
    runtime: Runtime, account: Account, hold: Hold, now: datetime, target: datetime, patience: _Patience
) -> int:
    """Stop at each moment at which something is due and let it run there, until nothing is left."""
    count = 0
    await _await_outcomes(runtime, account, now, patience)
    while (moment := await _next_moment(runtime, account)) is not None and moment <= target:
        now = max(now, moment)
        # First, so that what runs at this moment is never ahead of the clock, whatever dies in between.
        await _put(runtime, account, hold, now)
        if moves_money_outside(runtime, account):
            async with runtime.database.transaction() as connection:
                await require_sending(connection, runtime, account)
        # Where waiting was in vain, a gateway that takes all its time is asked once a moment.
        rescues_max = 1 if patience.passed else rounds.RESCUES_MAX
        count += await rounds.run_all_due(runtime, account, now, rescues_max=rescues_max)
        _require_running(runtime)
        await _expire_uncaptured(runtime, account, now)
        await _await_outcomes(runtime, account, now, patience)
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


async def _await_outcomes(runtime: Runtime, account: Account, now: datetime, patience: _Patience) -> None:
    """Wait for what has no outcome yet, of this advance or of another worker's; it blocks no later date."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience.seconds
    while open_ids := await _open_ids(runtime, account):
        if open_ids <= patience.passed:
            break
        if loop.time() >= end:
            patience.give_up(open_ids)
            break
        _require_running(runtime)
        await asyncio.sleep(OTHERS_POLL_SECONDS)
        await rounds.rescue(runtime, account, now)
    if open_ids:
        await planning.plan_behind_open(runtime, account, now)


async def _open_ids(runtime: Runtime, account: Account) -> frozenset[str]:
    async with runtime.database.connection() as connection:
        return await occurrences.open_ids(connection, account)


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
