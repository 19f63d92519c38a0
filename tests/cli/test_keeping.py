"""An embedded PostgreSQL that went by itself comes back, or the process says why it cannot."""

import asyncio
from collections.abc import Callable

import pytest

from duerun.cli.keeping import giving_up_with, keep_up
from duerun.storage.server import ServerError
from dying import kill_all

from .conftest import Dev
from .test_process import wait_for

SOON_SECONDS = 30.0


class Mortal:
    """A server that ends at once, and starts again so many times."""

    def __init__(self, starts: int) -> None:
        self.has_ended = True
        self.starts = starts
        self.tries = 0

    def restart(self) -> None:
        self.tries += 1
        if self.starts == 0:
            raise ServerError("the disk is full")
        self.starts -= 1


async def standing_on(server: Mortal) -> None:
    keeper = asyncio.create_task(keep_up(server, rest_seconds=0.0, tries_max=3))
    async with asyncio.timeout(SOON_SECONDS), giving_up_with(keeper):
        await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("starts", "tries", "message"),
    [
        pytest.param(0, 3, "did not come back: the disk is full", id="does not start"),
        pytest.param(9, 3, "ends again and again", id="does not stay"),
    ],
)
async def test_too_many_tries_end_the_process_with_the_reason(starts: int, tries: int, message: str) -> None:
    server = Mortal(starts)

    with pytest.raises(ServerError, match=message):
        await standing_on(server)

    assert server.tries == tries


def test_a_postgres_that_was_killed_is_brought_back_and_the_process_goes_on(
    start: Callable[[str], Dev],
) -> None:
    dev = start("kept-up")
    customer = dev.call("POST", "/customers", {"email": "mali@example.com"}).json()["id"]
    before = dev.postgres()

    kill_all(before)
    wait_for(lambda: "PostgreSQL is back" in dev.said)
    wait_for(dev.answers)

    assert dev.call("GET", f"/customers/{customer}").json()["email"] == "mali@example.com"
    assert set(dev.postgres()).isdisjoint(before)
    assert dev.stop() == 0
    assert dev.postgres() == []
