"""Who works in the same process hears of a file that has come."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from conftest import Api
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.engine.loop import Loop
from duerun.services import bulk
from duerun.services.bells import Bell
from duerun.services.unit import Runtime

LONG_SECONDS, SOON_SECONDS = 60.0, 5.0
HEADER = b"customer_key,customer,amount,every,period,days_of_month,start_date\n"


async def of(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_a_file_is_told_once_it_is_there_and_one_that_is_refused_is_not(
    runtime: Runtime, api: Api, account: Account
) -> None:
    own = replace(runtime, file_came=Bell())
    customer = api.customer()["id"].encode()
    now = account.now(runtime.clock.now())
    heard: list[str] = []
    own.file_came.listen(lambda: heard.append("a file"))

    with pytest.raises(RejectedError):
        await bulk.receive(own, account, now, of(HEADER), bulk.Upload)
    before = list(heard)
    row = b"sub_1," + customer + b",50000,1,month,1,2099-01-01\n"
    job = await bulk.receive(own, account, now, of(HEADER, row), bulk.Upload)

    assert before == []
    assert heard == ["a file"]
    assert api.get(f"/recurring_exports/{job.id}")["state"] == "pending"


async def test_the_importer_does_not_rest_when_a_file_comes(runtime: Runtime, account: Account) -> None:
    own, stop, ticks = replace(runtime, file_came=Bell()), asyncio.Event(), 0

    async def tick(now: datetime) -> int:
        nonlocal ticks
        ticks += 1
        if ticks == 1:
            asyncio.get_running_loop().call_later(0.1, own.file_came.ring)
        else:
            stop.set()
        return 0

    loop = Loop("importer", tick, clock=own.clock, rest_seconds=LONG_SECONDS)
    own.file_came.listen(loop.wake)
    async with asyncio.timeout(SOON_SECONDS):
        await loop.run(stop)

    assert ticks == 2
