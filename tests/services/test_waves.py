"""Claims grow step by step, and what is answered is settled before the rest of its batch is."""

import asyncio
from collections.abc import Sequence

import pytest

from duerun.gateways.http import CALLS_A_PLACE, HttpGateway, HttpTerms
from duerun.services.unit import Runtime
from duerun.services.waves import Pace, by_waves

PLACES = 32
ALL = PLACES * CALLS_A_PLACE


def processor(runtime: Runtime) -> HttpGateway:
    terms = HttpTerms(
        url="http://127.0.0.1:9",
        token="",
        timeout_seconds=1.0,
        max_processing_seconds=1.0,
        concurrency=PLACES,
    )
    return HttpGateway(terms, runtime.gateways[False])


def test_a_process_claims_no_more_than_one_wave_until_one_is_settled(runtime: Runtime) -> None:
    pace, gateway, other = Pace(), processor(runtime), processor(runtime)
    claimed = []
    for _ in range(4):
        claimed.append(pace.rows(gateway, ALL))
        pace.went_well(gateway, ALL)

    assert claimed == [PLACES, 2 * PLACES, ALL, ALL]
    assert pace.rows(other, ALL) == PLACES
    assert pace.rows(other, 10) == 10


def test_a_gateway_that_works_in_bulk_gets_whole_batches_at_once(runtime: Runtime) -> None:
    pace, gateway = Pace(), runtime.gateways[False]

    assert pace.rows(gateway, 1_000) == 1_000


async def test_a_part_waits_for_no_other() -> None:
    done: list[int] = []
    release = asyncio.Event()

    async def work(part: Sequence[int]) -> int:
        if part[0] == 0:
            await release.wait()
        done.append(part[0])
        if len(done) == 2:
            release.set()
        return len(part)

    assert await by_waves(list(range(7)), 3, work) == [3, 3, 1]
    assert done == [3, 6, 0]


async def test_a_part_that_fails_is_raised_when_the_others_are_done() -> None:
    done: list[int] = []

    async def work(part: Sequence[int]) -> int:
        if part[0] == 0:
            raise ValueError("the first part")
        await asyncio.sleep(0)
        done.append(part[0])
        return part[0]

    with pytest.raises(ValueError, match="the first part"):
        await by_waves(list(range(6)), 2, work)

    assert done == [2, 4]
    assert await by_waves([], 2, work) == []
