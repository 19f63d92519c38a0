"""One round of an account's work: what is due runs in order of time, and what is uncertain is asked about."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import datetime
from functools import partial

from duerun.domain.accounts import Account
from duerun.services import charges, due_payments, due_rescues, transfers
from duerun.services.due_charges import CHARGES
from duerun.services.due_transfers import TRANSFERS
from duerun.services.tally import LEASE_RESCUES, mode
from duerun.services.unit import Runtime
from duerun.storage import occurrences

Rescue = Callable[[Runtime, Account, datetime], Awaitable[int]]

# A lost answer is known after one look-up, a lost request after a look-up and a second send.
RESCUES_MAX = 10
LANES_MAX = 2
RUNS = {
    CHARGES.name: partial(due_payments.run, CHARGES),
    TRANSFERS.name: partial(due_payments.run, TRANSFERS),
}
RESCUES: dict[str, tuple[Rescue, ...]] = {
    "occurrences": (partial(due_rescues.rescue, CHARGES), partial(due_rescues.rescue, TRANSFERS)),
    "charges": (charges.rescue,),
    "transfers": (transfers.rescue,),
}


async def run_due(runtime: Runtime, account: Account, now: datetime, *, lanes: int = 1) -> int:
    """One batch of the kind that is due first, up to the moment at which the other kind is; 0 for nothing due.

    `lanes` batches of charges run side by side, so that one computes while the database works for the other; only one
    beside other batches, or a file that is applied.
    """
    async with runtime.database.connection() as connection:
        earliest = await occurrences.earliest(connection, account)
    due = {kind: moment for kind, moment in earliest.items() if moment <= now}
    if not due:
        return 0
    kind = min(due, key=lambda each: due[each])
    until = min([now, *(moment for other, moment in due.items() if other != kind)])
    width = lanes if kind == CHARGES.name and not runtime.under_way.is_busy else 1
    # What waits for a processor outside keeps no database busy.
    is_outside = runtime.gateway(account).declared.is_outside
    with nullcontext() if is_outside else runtime.under_way.begun():
        # A lane that fails leaves the other to finish what it has sent.
        turn = asyncio.Lock()
        batches = (RUNS[kind](runtime, account, now, until=until, turn=turn) for _ in range(width))
        outcomes = await asyncio.gather(*batches, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return sum(outcome for outcome in outcomes if isinstance(outcome, int))


async def run_all_due(
    runtime: Runtime, account: Account, now: datetime, *, rescues_max: int = RESCUES_MAX
) -> int:
    """All that is due at `now`, and then what became uncertain on the way; how many occurrences were taken up.

    Ends early, behind a whole batch, once the runtime is stopping.
    """
    total, lanes = 0, 1
    while not runtime.stopping.is_set() and (count := await run_due(runtime, account, now, lanes=lanes)):
        total += count
        lanes = LANES_MAX if count >= runtime.claim_rows(account) else 1
    for _ in range(rescues_max):
        if not await rescue(runtime, account, now):
            break
    return total


async def rescue(runtime: Runtime, account: Account, now: datetime) -> int:
    """Ask about sends whose lease has run out; how many were settled or sent again."""
    async with runtime.database.connection() as connection:
        kinds = await occurrences.uncertain(connection, account)
    count = sum([await each(runtime, account, now) for kind in sorted(kinds) for each in RESCUES[kind]])
    runtime.tally.add({(LEASE_RESCUES, mode(livemode=account.livemode)): count})
    return count
