"""Keeping the counts of lists that grow without end, so that a total costs nothing when it is asked for."""

from dataclasses import dataclass, field

from duerun.services.unit import Runtime
from duerun.storage import list_blocks
from duerun.storage.list_blocks import COUNTED, CountedList, Newest

ACCOUNTS_A_TURN_MAX = 200
SUMS_A_TURN_MAX = 100


@dataclass(slots=True)
class Seen:
    """What was newest in each account when its lists were counted, and behind which account the next turn begins."""

    newest: dict[tuple[int, bool], Newest] = field(default_factory=dict)
    after_id: int = 0


async def count(runtime: Runtime, seen: Seen) -> int:
    """Open and count blocks for the next accounts in which something was made; how many were opened or counted."""
    async with runtime.database.connection() as connection:
        places = await list_blocks.newest(
            connection, after_id=seen.after_id, accounts_max=ACCOUNTS_A_TURN_MAX
        )
    seen.after_id = places[-1].account_id if len(places) == 2 * ACCOUNTS_A_TURN_MAX else 0
    changed = [place for place in places if place != seen.newest.get((place.account_id, place.livemode))]
    done = 0
    for place in changed:
        counts = [await _count(runtime, counted, place) for counted in COUNTED]
        if not any(waits for _, waits in counts):
            seen.newest[place.account_id, place.livemode] = place
        done += sum(number for number, _ in counts)
    return done


async def _count(runtime: Runtime, counted: CountedList, place: Newest) -> tuple[int, bool]:
    """How many blocks were opened or counted, and whether there will be more to do though nothing is made."""
    async with runtime.database.transaction() as connection:
        number = await list_blocks.count_blocks(connection, counted, place)
    async with runtime.database.transaction() as connection:
        opened = settled = 0
        if await list_blocks.take_turn(connection):
            opened = await list_blocks.open_blocks(connection, counted, place)
            settled = await list_blocks.settle_sums(connection, counted, place)
    summed = await _sum(runtime, counted, place)
    async with runtime.database.connection() as connection:
        waits = await list_blocks.is_waiting(connection, counted, place)
        if waits:
            await list_blocks.mark_seen(connection, counted, place)
        return number + opened + settled + summed, waits or summed == SUMS_A_TURN_MAX


async def _sum(runtime: Runtime, counted: CountedList, place: Newest) -> int:
    """How many sums were made: each in a transaction of its own, so that nobody who writes waits for many."""
    for made in range(SUMS_A_TURN_MAX):
        async with runtime.database.transaction() as connection:
            if not await list_blocks.take_turn(connection):
                return made
            if not await list_blocks.sum_blocks(connection, counted, place):
                return made
    return SUMS_A_TURN_MAX
