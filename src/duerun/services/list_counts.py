"""Keeping the counts of lists that grow without end, so that a total costs nothing when it is asked for."""

from dataclasses import dataclass, field

from duerun.services.unit import Runtime
from duerun.storage import list_blocks
from duerun.storage.list_blocks import COUNTED, CountedList, Newest, Step

ACCOUNTS_A_TURN_MAX = 200
SUMS_A_TICK_MAX = 100


@dataclass(slots=True)
class Seen:
    """What was newest in each account when its lists were counted, and behind which account the next turn begins."""

    newest: dict[tuple[int, bool], Newest] = field(default_factory=dict)
    after_id: int = 0


async def count(runtime: Runtime, seen: Seen) -> int:
    """See to the blocks and sums of the next accounts in which something was made; how many were changed."""
    async with runtime.database.connection() as connection:
        places = await list_blocks.newest(
            connection, after_id=seen.after_id, accounts_max=ACCOUNTS_A_TURN_MAX
        )
    seen.after_id = places[-1].account_id if len(places) == 2 * ACCOUNTS_A_TURN_MAX else 0
    changed = [place for place in places if place != seen.newest.get((place.account_id, place.livemode))]
    done = 0
    for place in changed:
        steps = [await _count(runtime, counted, place) for counted in COUNTED]
        if not any(step.is_more_left for step in steps):
            seen.newest[place.account_id, place.livemode] = place
        done += sum(step.done for step in steps)
    return done


async def _count(runtime: Runtime, counted: CountedList, place: Newest) -> Step:
    async with runtime.database.transaction() as connection:
        number = await list_blocks.count_blocks(connection, counted, place)
    opened, settled, summed = 0, Step(), Step()
    async with runtime.database.transaction() as connection:
        is_ours = await list_blocks.take_turn(connection)
        if is_ours:
            found = await list_blocks.state(connection, counted, place)
            opened = await list_blocks.open_blocks(connection, counted, place, found.until)
            if found.has_moved:
                settled = await list_blocks.settle_sums(connection, counted, place)
    if is_ours and found.is_summable:
        summed = await _sum(runtime, counted, place)
    async with runtime.database.connection() as connection:
        is_waiting = (await list_blocks.state(connection, counted, place)).is_waiting
        if is_waiting:
            await list_blocks.mark_seen(connection, counted, place)
    return Step(
        number + opened + settled.done + summed.done,
        is_more_left=is_waiting or not is_ours or settled.is_more_left or summed.is_more_left,
    )


async def _sum(runtime: Runtime, counted: CountedList, place: Newest) -> Step:
    """Make sums, each in a transaction of its own: whoever writes into an old block waits for one of them at most."""
    for made in range(SUMS_A_TICK_MAX):
        async with runtime.database.transaction() as connection:
            if not await list_blocks.take_turn(connection):
                return Step(made, is_more_left=True)
            step = await list_blocks.sum_blocks(connection, counted, place)
        if not step.done:
            return Step(made, step.is_more_left)
    return Step(SUMS_A_TICK_MAX, is_more_left=True)
