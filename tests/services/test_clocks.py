"""Who holds a test clock."""

from typing import Any

import pytest

from duerun.domain.errors import UnavailableError
from duerun.services import clocks
from duerun.services.unit import Runtime
from duerun.storage import accounts
from duerun.storage import clocks as store


async def test_a_clock_that_a_stopped_process_held_is_free_after_the_next_start(
    runtime: Runtime, api: Any
) -> None:
    async with runtime.database.transaction() as connection:
        account = await accounts.fetch(connection, api.account_id, livemode=False)
        assert account is not None
        await store.take(connection, account, lease_seconds=120)
    with pytest.raises(UnavailableError):
        await clocks.advance(runtime, account, days=1)

    await clocks.let_go(runtime)

    assert (await clocks.advance(runtime, account, days=1)).occurrences == 0
