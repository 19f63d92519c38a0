"""Work beside the requests: once for all who ask, kept where it was slow, and its failures told."""

import asyncio

import pytest

from duerun.domain.errors import UnavailableError
from duerun.services.console_aside import RESULTS_KEPT_MAX, Aside

PATIENCE_SECONDS = 30.0


async def test_many_who_ask_wait_for_the_same_work() -> None:
    aside, go, begun = Aside(), asyncio.Event(), 0

    async def make() -> int:
        nonlocal begun
        begun += 1
        await go.wait()
        return 7

    assert await aside.get("question", make, wait_seconds=0.001) is None
    both = asyncio.gather(*(aside.get("question", make, wait_seconds=PATIENCE_SECONDS) for _ in range(2)))
    go.set()

    assert await both == [7, 7]
    assert begun == 1


async def test_what_was_quick_is_worked_out_anew_and_what_was_slow_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter(range(10))

    async def make() -> int:
        return next(answers)

    quick = Aside()
    assert await quick.get("question", make, wait_seconds=PATIENCE_SECONDS) == 0
    assert await quick.get("question", make, wait_seconds=PATIENCE_SECONDS) == 1
    monkeypatch.setattr("duerun.services.console_aside.QUICK_SECONDS", -1.0)
    monkeypatch.setattr("duerun.services.console_aside.KEPT_FACTOR", 1e12)
    slow = Aside()
    assert await slow.get("question", make, wait_seconds=PATIENCE_SECONDS) == 2
    assert await slow.get("question", make, wait_seconds=PATIENCE_SECONDS) == 2
    assert await slow.get("another", make, wait_seconds=PATIENCE_SECONDS) == 3


async def test_a_failure_is_told_and_the_next_one_who_asks_has_another_try() -> None:
    aside, tries = Aside(), iter(range(2))

    async def make() -> int:
        if next(tries) == 0:
            raise UnavailableError("not now")
        return 7

    with pytest.raises(UnavailableError):
        await aside.get("question", make, wait_seconds=PATIENCE_SECONDS)
    assert await aside.get("question", make, wait_seconds=PATIENCE_SECONDS) == 7


async def test_results_do_not_pile_up() -> None:
    aside = Aside()

    async def make() -> int:
        return 7

    for number in range(RESULTS_KEPT_MAX + 50):
        await aside.get(number, make, wait_seconds=PATIENCE_SECONDS)

    assert len(aside.kept) <= RESULTS_KEPT_MAX + 1
