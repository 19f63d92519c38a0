"""What happens under the test clock is told in one order, however fast the gateway and the database were."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from duerun.gateways.base import Gateway, Outcome, PaymentRequest
from duerun.services import bulk, clocks
from duerun.services.unit import EnginePolicy, Runtime
from duerun.services.workload import Place, account_at

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
SCHEDULES = 45
CLAIM_ROWS = 10
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:]+Z")
# A card's fingerprint is one of the account.
ID = re.compile(r'(?<=_test_)[0-9a-z]{19}|(?<="fingerprint":")[^"]*')


class Uneven:
    """A gateway that takes its time for some batches: every second one, from the first or from the second on."""

    def __init__(self, inner: Gateway, first_slow: int) -> None:
        self._inner, self._calls = inner, first_slow

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        self._calls += 1
        if self._calls % 2:
            await asyncio.sleep(0.05)
        return await self._inner.charge(requests)


async def a_quarter(runtime: Runtime, api: Any, first_slow: int, start: date) -> list[tuple[str, str, str]]:
    """Key, moment and object of each event of three months of many schedules, without ids and what was before."""
    customer = api.customer()["id"]
    rows = "".join(f"k{n},{customer},,{100_000 + n},,1,month,1,{start},\n" for n in range(SCHEDULES))
    file = {"file": ("members.csv", f"{HEADER}\n{rows}".encode(), "text/csv")}
    assert api.call("POST", "/schedules/upload", files=file).ok
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass
    uneven = replace(
        runtime,
        gateways={False: Uneven(runtime.gateways[False], first_slow)},
        engine=EnginePolicy(claim_rows=CLAIM_ROWS),
        extra_events=True,
    )
    account = await account_at(runtime, Place(api.account_id, False))
    assert account is not None
    await clocks.advance(uneven, account, to=datetime.combine(start, time(12), UTC) + timedelta(days=63))
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT key, created_at, data FROM events WHERE account_id = %s AND data IS NOT NULL"
            " AND created_at >= %s ORDER BY created_at, id",
            [api.account_id, start],
        )
        found = await cursor.fetchall()
    return [(row["key"], f"{row['created_at']}", _plain(row["data"], start)) for row in found]


def _plain(data: str, start: date) -> str:
    """An object without ids, and without the moments before a day: two runs never share those."""
    return MOMENT.sub(lambda found: found[0] if found[0] >= f"{start}" else "", ID.sub("", data))


async def test_the_order_of_events_does_not_depend_on_how_long_anything_took(
    runtime: Runtime, api: Any, other_api: Any
) -> None:
    start = ((datetime.now(UTC) + timedelta(days=40)).replace(day=1)).date()

    one = await a_quarter(runtime, api, 0, start)
    other = await a_quarter(runtime, other_api, 1, start)

    assert len(one) == 3 * 2 * SCHEDULES
    assert one == other
    file_order = [f"{100_000 + number}" for number in range(SCHEDULES)]
    charged = [re.findall(r'"amount":(\d+)', data)[0] for key, _, data in one if key == "charge.create"]
    assert charged == file_order * 3
