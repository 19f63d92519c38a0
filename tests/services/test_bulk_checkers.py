"""Rows of a large file are checked in processes, and come out as if the server had checked them itself."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec
import pytest
import uvloop

from duerun import priority
from duerun.domain.accounts import Account
from duerun.domain.errors import RejectedError
from duerun.services import bulk, bulk_check_process, bulk_checkers
from duerun.services.bulk_check_process import LENGTH_BYTES, READY, Piece, framed
from duerun.services.bulk_checkers import FileChecks, Places, checking
from duerun.services.bulk_checks import Checked, CheckPlan
from duerun.services.unit import BulkPolicy, Runtime

HEADER = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"
PLAN = CheckPlan(
    number=7,
    header=HEADER,
    country="TH",
    timezone="Asia/Bangkok",
    charge_run_time=time(8, 30),
    transfer_run_time=time(8, 5),
    now=datetime(2026, 1, 5, 3, 0, tzinfo=UTC),
    today=date(2026, 1, 5),
)
LARGE_ROWS = 50
ROWS = 3_000
# The place of the drawn ids among the columns of a line.
TAILS = 3


def row(number: int) -> str:
    """Sound ones, a quoted one over two lines, one that starts today, and ones with one mistake or several."""
    customer = f"cust_test_{number:019d}"
    shapes = (
        f"k{number},{customer},,{2_000 + number},,1,month,{number % 28 + 1},2026-02-{number % 28 + 1:02d},",
        f'"k, {number}",{customer},,2000,"two\nlines\tand a tab",2,week,,,',
        f"k{number},{customer},,70000,,1,day,,2026-01-05,2026-01-09",
        f"k{number},{customer},,17,,1,month,99,,",
        f"k{number},nobody,,5000,,1,never,,,",
    )
    return shapes[number % 29 % len(shapes)]


def rows(**others: str) -> list[str]:
    """Rows from 1 on, but for those given as `row_NUMBER`."""
    return [others.get(f"row_{number}", row(number)) for number in range(1, ROWS + 1)]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_checkers, "LARGE_ROWS", LARGE_ROWS)
    monkeypatch.setattr(bulk_checkers, "ROWS_A_PIECE", 150)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What processes have answered."""
    told: list[Any] = []
    check = bulk_checkers._Process.check

    async def noted(self: Any, piece: Piece) -> Any:
        told.append(await check(self, piece))
        return told[-1]

    monkeypatch.setattr(bulk_checkers._Process, "check", noted)
    return told


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that were started."""
    numbers: list[int] = []
    start = asyncio.create_subprocess_exec

    async def noted(*given: Any, **named: Any) -> asyncio.subprocess.Process:
        process = await start(*given, **named)
        numbers.append(process.pid)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    return numbers


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def until_helped(checks: FileChecks, helpers: int) -> None:
    async with asyncio.timeout(30):
        while checks.helpers < helpers:  # noqa: ASYNC110 - the processes tell nobody else
            await asyncio.sleep(0.01)


async def nothing(taken: int) -> None:
    pass


async def found(
    texts: Sequence[str], *, processes: int, meanwhile: Callable[[int], Awaitable[None]] = nothing
) -> Checked:
    """What the rows come to, with so many processes from soon behind `LARGE_ROWS` on."""
    lines: list[bytes] = []

    async def write(more: bytes) -> None:
        lines.append(more)

    places = Places(processes)
    async with checking(PLAN, write, places) as checks:
        for place in range(0, len(texts), 20):
            if place == LARGE_ROWS + 10 + 20:
                await until_helped(checks, processes)
            await checks.take(texts[place : place + 20])
            await meanwhile(place)
        await checks.finish()
    assert places.take() == processes
    return Checked(b"".join(lines), checks.rows, dict(checks.sums), checks.open_transfers)


def without_tails(checked: Checked) -> list[list[str]]:
    lines = [line.split("\t") for line in checked.lines.decode().splitlines()]
    assert len({line[TAILS] for line in lines}) == len(lines) == checked.rows == ROWS
    return [line[:TAILS] + line[TAILS + 1 :] for line in lines]


def require_same(one: Checked, other: Checked) -> None:
    assert without_tails(one) == without_tails(other)
    assert (one.sums, one.open_transfers) == (other.sums, other.open_transfers)


@pytest.mark.parametrize("processes", [1, 3])
async def test_rows_come_out_as_if_the_server_had_checked_them(
    started: list[int], answers: list[Any], processes: int
) -> None:
    alone = await found(rows(), processes=0)
    assert started == []

    helped = await found(rows(), processes=processes)

    require_same(helped, alone)
    assert sum(each.rows for each in answers) > ROWS - 2 * LARGE_ROWS
    assert len(started) == processes
    assert not any(map(is_running, started))


def run_on_uvloop(work: Coroutine[Any, Any, None]) -> None:
    """As servers do; its pipes are not those of asyncio."""
    uvloop.run(work)


@pytest.mark.parametrize("run", [asyncio.run, run_on_uvloop])
@pytest.mark.parametrize("survivors", [0, 1])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
@pytest.mark.parametrize("rest_seconds", [0.0, 0.2])
def test_what_a_dead_process_had_in_hand_is_checked_by_the_server(
    started: list[int],
    answers: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[[Coroutine[Any, Any, None]], None],
    survivors: int,
    how: signal.Signals,
    rest_seconds: float,
) -> None:
    """One that dies with a piece in hand, and one that has none."""

    async def strike(taken: int) -> None:
        if taken == ROWS // 3:
            monkeypatch.setattr(bulk_checkers, "ANSWER_SECONDS_MAX", 0.5)
        if taken == ROWS // 2:
            await asyncio.sleep(rest_seconds)
            for process in started[survivors:]:
                os.kill(process, how)
            await asyncio.sleep(rest_seconds)

    async def compare() -> None:
        helped = await found(rows(), processes=2, meanwhile=strike)
        require_same(helped, await found(rows(), processes=0))

    run(compare())

    assert answers
    assert not any(map(is_running, started))


async def test_a_process_stands_behind_calls_and_payments(started: list[int]) -> None:
    """Who uploads waits for it, and all others do not have to."""
    seen: list[int] = []

    async def look(taken: int) -> None:
        if taken != ROWS // 2:
            return
        async with asyncio.timeout(bulk_checkers.START_SECONDS_MAX):
            while seen != [priority.NICENESS] * len(started):
                await asyncio.sleep(0.05)
                seen[:] = [os.getpriority(os.PRIO_PROCESS, process) for process in started]

    await found(rows(), processes=2, meanwhile=look)

    assert len(seen) == 2


async def test_a_process_that_cannot_be_started_is_done_without(
    started: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bulk_checkers, "_MODULE", "duerun.no_such_module")
    lines: list[bytes] = []

    async def write(more: bytes) -> None:
        lines.append(more)

    def told() -> list[str]:
        """By the product: asyncio may tell that a process which it was to kill had ended."""
        return [each.message for each in caplog.records if each.name.startswith("duerun.")]

    async with checking(PLAN, write, Places(2)) as checks:
        await checks.take(rows()[:100])
        async with asyncio.timeout(30):
            while len(told()) < 2:  # noqa: ASYNC110 - the log tells nobody else
                await asyncio.sleep(0.01)
        await checks.take(rows()[100:])
        await checks.finish()

    require_same(
        Checked(b"".join(lines), checks.rows, dict(checks.sums), checks.open_transfers),
        await found(rows(), processes=0),
    )
    assert len(started) == 2
    assert told() == ["a process that checks rows did not start"] * 2


async def test_of_several_broken_rows_the_first_one_is_told(started: list[int]) -> None:
    texts = rows(row_1700="one cell", row_1710='a "quote"', row_2500="one cell")

    with pytest.raises(RejectedError, match="row 1700 has 1 cells, the header has 10"):
        await found(texts, processes=2)

    assert not any(map(is_running, started))


@pytest.mark.parametrize("run", [asyncio.run, run_on_uvloop])
def test_nothing_is_left_of_an_upload_that_is_given_up(
    started: list[int], run: Callable[[Coroutine[Any, Any, None]], None]
) -> None:
    """As one is whose sender goes away, or whose database does, with answers that nobody has read."""
    places = Places(2)

    async def give_up() -> None:
        is_helped, is_stuck = asyncio.Event(), asyncio.Event()

        async def write(more: bytes) -> None:
            if is_helped.is_set():
                is_stuck.set()
                await asyncio.Event().wait()

        async def take() -> None:
            async with checking(PLAN, write, places) as checks:
                await checks.take(rows())
                await until_helped(checks, 2)
                is_helped.set()
                while True:
                    await checks.take(rows())

        upload = asyncio.create_task(take())
        await is_stuck.wait()
        upload.cancel()
        with pytest.raises(asyncio.CancelledError):
            await upload

    run(give_up())

    assert len(started) == places.take() == 2
    assert not any(map(is_running, started))


async def test_a_second_file_is_checked_without_the_processes_of_the_first(started: list[int]) -> None:
    places = Places(2)

    async def write(more: bytes) -> None:
        pass

    async with checking(PLAN, write, places) as first, checking(PLAN, write, places) as second:
        for checks in (first, second):
            await checks.take(rows())
            await checks.take(rows())
        await until_helped(first, 2)
        assert second.helpers == 0

    assert places.take() == 2
    assert len(started) == 2


def test_a_process_ends_with_its_input() -> None:
    """Which ends where its server is killed, too, perhaps within a message."""
    command = [sys.executable, "-m", bulk_check_process.__name__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(framed(msgspec.msgpack.encode(PLAN)))
        process.stdin.write(framed(msgspec.msgpack.encode(Piece(1, [row(1)]))))
        process.stdin.flush()
        assert process.stdout.read(LENGTH_BYTES + len(READY)) == framed(READY)
        length = int.from_bytes(process.stdout.read(LENGTH_BYTES), "big")
        checked = msgspec.msgpack.decode(process.stdout.read(length), type=Checked)
        process.stdin.write(framed(b"a piece that is cut off")[:-4])
        process.stdin.close()

        assert checked.rows == 1
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"row_1700": "one cell", "row_2900": "a NUL \0"}, "row 1700 has 1 cells, the header has 10"),
        ({"row_1700": "one cell", "row_1702": "a NUL \0"}, "row 1700 has 1 cells, the header has 10"),
        ({"row_1700": "one cell", "row_1702": "\udcff"}, "row 1700 has 1 cells, the header has 10"),
        ({"row_1700": 'a "quote"', "row_1702": "a NUL \0"}, "row 1700 has a misplaced quote"),
        ({"row_2900": "a NUL \0"}, "row 2900 contains a NUL byte"),
        ({"row_2900": 'a "quote"', "row_2999": "one cell"}, "row 2900 has a misplaced quote"),
        ({"row_1700": "one cell"}, "row 1700 has 1 cells, the header has 10"),
        ({f"row_{ROWS}": "too,many\none cell"}, f"row {ROWS} has 2 cells, the header has 10"),
        ({f"row_{ROWS}": f"{row(ROWS)}\none cell"}, f"file has more than {ROWS} rows"),
    ],
)
async def test_the_first_fault_of_a_large_file_refuses_it(
    runtime: Runtime, account: Account, answers: list[Any], broken: dict[str, str], message: str
) -> None:
    own = replace(runtime, bulk=BulkPolicy(rows_max=ROWS), bulk_places=Places(2))

    with pytest.raises(RejectedError) as caught:
        await bulk.receive(own, account, datetime.now(UTC), arriving(answers, **broken), bulk.Upload)

    assert caught.value.message == message
    assert len(answers) > 1


async def test_a_large_file_is_staged_whole(runtime: Runtime, account: Account, answers: list[Any]) -> None:
    own = replace(runtime, bulk=BulkPolicy(rows_max=ROWS), bulk_places=Places(2))

    job = await bulk.receive(own, account, datetime.now(UTC), arriving(answers), bulk.Upload)
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT row_number, echo FROM bulk_rows JOIN bulk_jobs ON number = job_number WHERE id = %s"
            " ORDER BY row_number",
            [job.id],
        )
        staged = [(each["row_number"], each["echo"]) for each in await cursor.fetchall()]

    assert staged == list(enumerate(rows(), 1))
    assert job.total_rows == ROWS
    assert len(answers) > 1


async def arriving(answers: list[Any], **others: str) -> AsyncIterator[bytes]:
    """A file that comes slowly until a process has answered, and then at once."""
    file = "\n".join((HEADER, *rows(**others), "")).encode(errors="surrogateescape")
    place = 0
    while not answers and place < len(file) // 2:
        yield file[place : place + 500]
        place += 500
        await asyncio.sleep(0.02)
    yield file[place:]
