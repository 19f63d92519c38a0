"""Back to work behind a restore: each date has one effect at the processor, whatever the backup knew of it."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from copies import Copied, Site, Still, account_of, running
from duerun.domain.errors import UnavailableError
from duerun.services import freezing, recovery, rounds
from duerun.services.unit import Runtime
from processor import Book, Processor

DAY = timedelta(days=1)


async def live_on(
    runtime: Runtime, copied: Copied, clock: Still, days: int, *, livemode: bool = True
) -> None:
    """Let so many days pass with the engine at work."""
    account = await account_of(runtime, copied, livemode=livemode)
    for _ in range(days):
        clock.moment += DAY
        while await rounds.run_all_due(runtime, account, clock.now()):
            pass


async def recovered(runtime: Runtime) -> recovery.Report:
    turn = await recovery.begin(runtime)
    report = await recovery.compare(runtime)
    assert report.is_complete
    await recovery.thaw(runtime, turn)
    return report


def dates(book: Book) -> Counter[str]:
    """How often each date of each schedule was charged, by the processor's own ledger."""
    return Counter(each.request["reference"] for each in book.effects if each.refusal is None)


async def states(runtime: Runtime, copied: Copied) -> list[dict[str, Any]]:
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT id, schedule_id, scheduled_on, state FROM occurrences WHERE schedule_id = ANY (%s)",
            [copied.schedule_ids],
        )
        return await cursor.fetchall()


async def test_what_was_paid_behind_the_backup_is_found_and_each_date_is_paid_once(site: Site) -> None:
    with Processor(Book()) as processor:
        original = await site.original(processor)
        clock = Still()
        async with running(original.dsn, processor, clock) as runtime:
            await live_on(runtime, original, clock, 2)
        backup = site.databases.copy(original.dsn)
        async with running(original.dsn, processor, clock) as runtime:
            await live_on(runtime, original, clock, 3)
        paid = dates(processor.book)
        assert set(paid.values()) == {1}
        assert len(paid) == 5 * len(original.schedule_ids)

        async with running(backup, processor, clock) as runtime:
            await freezing.notice(runtime, None)
            report = await recovered(runtime)
            assert report.succeeded == 3 * len(original.schedule_ids)
            assert dates(processor.book) == paid
            done = [each for each in await states(runtime, original) if each["state"] == "successful"]
            assert {f"{each['schedule_id']}:{each['scheduled_on']}" for each in done} == set(paid)
            await live_on(runtime, original, clock, 2)
        assert set(dates(processor.book).values()) == {1}
        assert len(dates(processor.book)) == 7 * len(original.schedule_ids)


async def test_a_key_protects_a_date_that_nobody_compared(site: Site) -> None:
    """A backup that is opened by force: the processor knows the keys, because no copy draws others."""
    with Processor(Book()) as processor:
        original = await site.original(processor)
        backup = site.databases.copy(original.dsn)
        clock = Still()
        async with running(original.dsn, processor, clock) as runtime:
            await live_on(runtime, original, clock, 2)
        paid, clock = dates(processor.book), Still()
        async with running(backup, processor, clock) as runtime:
            await recovery.thaw(runtime, await recovery.begin(runtime))
            await live_on(runtime, original, clock, 2)
        assert dates(processor.book) == paid
        assert processor.book.conflicts == []


async def test_dates_behind_one_that_never_arrived_are_found_too(site: Site) -> None:
    with Processor(Book()) as processor:
        original = await site.original(processor, schedules=1)
        backup = site.databases.copy(original.dsn)
        clock = Still()
        clock.moment += 2 * DAY
        async with running(original.dsn, processor, clock) as runtime:
            # The first two dates were missed, of which the newer one runs.
            await live_on(runtime, original, clock, 1)
        paid = dates(processor.book)
        assert len(paid) == 1
        async with running(backup, processor, clock) as runtime:
            report = await recovered(runtime)
            assert report.succeeded == 1
            await live_on(runtime, original, clock, 1)
        assert set(dates(processor.book).values()) == {1}
        assert len(dates(processor.book)) == 2


async def test_a_refusal_behind_the_backup_is_found_and_so_is_its_retry(site: Site) -> None:
    with Processor(Book(faults=0.0)) as processor:
        original = await site.original(processor, schedules=1, card="4111111111170091")
        backup = site.databases.copy(original.dsn)
        clock = Still()
        async with running(original.dsn, processor, clock) as runtime:
            await live_on(runtime, original, clock, 2)
        tries = Counter(
            (each.request["reference"], each.request["attempt"]) for each in processor.book.effects
        )
        async with running(backup, processor, clock) as runtime:
            report = await recovered(runtime)
        assert report.refused == 1
        assert report.succeeded == 1
        assert (
            Counter((each.request["reference"], each.request["attempt"]) for each in processor.book.effects)
            == tries
        )


async def test_the_retry_of_a_refusal_that_a_test_clock_had_reached_comes_behind_its_date(site: Site) -> None:
    """The clock of the backup stands before the refused date, and passes it again."""
    with Processor(Book()) as processor:
        original = await site.original(processor, schedules=1, card="4111111111170091", livemode=False)
        backup, clock = site.databases.copy(original.dsn), Still()
        async with running(original.dsn, processor, clock) as runtime:
            await live_on(runtime, original, clock, 1, livemode=False)
        clock = Still()
        async with running(backup, processor, clock) as runtime:
            assert (await recovered(runtime)).refused == 1
            await live_on(runtime, original, clock, 1, livemode=False)
            assert [each.request["attempt"] for each in processor.book.effects] == [0]
            await live_on(runtime, original, clock, 1, livemode=False)
        assert [each.request["attempt"] for each in processor.book.effects] == [0, 1]


async def test_without_answers_nothing_is_thawed_and_the_next_run_goes_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "TRY_AGAIN_SECONDS", 0.0)
    with Processor(Book()) as processor:
        original = await site.original(processor)
        backup = site.databases.copy(original.dsn)
        clock = Still()
        async with running(original.dsn, processor, clock) as runtime:
            await live_on(runtime, original, clock, 1)
        async with running(backup, processor, clock) as runtime:
            processor.book.faults, processor.book.only = 1.0, ("500",)
            await recovery.begin(runtime)
            report = await recovery.compare(runtime)
            assert not report.is_complete
            assert report.unanswered == len(original.schedule_ids)
            processor.book.faults = 0.0
            assert (await recovered(runtime)).succeeded == len(original.schedule_ids)
        assert set(dates(processor.book).values()) == {1}


async def test_nobody_thaws_with_a_turn_that_is_over(site: Site) -> None:
    with Processor(Book()) as processor:
        original = await site.original(processor)
        async with running(original.dsn, processor) as runtime:
            first = await recovery.begin(runtime)
            second = await recovery.begin(runtime)
            with pytest.raises(UnavailableError, match="came in between"):
                await recovery.thaw(runtime, first)
            await freezing.freeze(runtime, freezing.BY_HAND)
            with pytest.raises(UnavailableError, match="came in between"):
                await recovery.thaw(runtime, second)
            await recovery.thaw(runtime, await recovery.begin(runtime))
            hold = await freezing.read(runtime)
            assert hold is not None
            assert hold.reason is None
