"""An update while callers call and payments fall due: two versions side by side, restarted in turn.

`make upgrade RESTARTS=200` runs it at full size. Incidents D1 and O3.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import pytest

from processor import Book

from .builds import NEW, OLD_EXCUSES, Build, old_build, why_no_old
from .callers import Callers
from .processes import Place, Process, balancer, running
from .story import (
    Calendar,
    Merchant,
    by_one_process,
    dated,
    judge,
    new_database,
    place_of,
    rows,
    settle_in,
    wait_until_done,
)

RESTARTS_VARIABLE = "DUERUN_UPGRADE_RESTARTS"
ON_DEMAND = RESTARTS_VARIABLE in os.environ
RESTARTS = int(os.environ.get(RESTARTS_VARIABLE, "4"))
RESTART_SECONDS = 2.0
YEAR_DAYS = int(os.environ.get("DUERUN_UPGRADE_DAYS", "365"))
PAIRS = 5
DAYS_MIN = 3
FAULTS = 0.05
# Each loss takes some seconds to be found out about, and a year has many calls.
YEAR_FAULTS = 0.003
LOSSES = ("answer_lost", "request_lost", "500_done")

pytestmark = [
    pytest.mark.skipif(why_no_old() is not None, reason=str(why_no_old())),
    pytest.mark.timeout(3_600),
]


@dataclass
class Stage:
    """A merchant who was set up by the older version, in two databases: one to work in, and one to compare with."""

    old: Build
    place: Place
    merchant: Merchant
    book: Book
    other_dsn: str
    folder: Path


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return old_build(tmp_path_factory.mktemp("old"))


@pytest.fixture
def stage(dsn: str, old: Build, tmp_path: Path) -> Iterator[Stage]:
    book = Book(faults=FAULTS, turns=2, only=LOSSES)
    own = new_database(dsn, "upgrade_tests")
    with place_of(own, tmp_path, book) as place:
        merchant = settle_in(place, old)
        other = new_database(dsn, "upgrade_one_process", like="upgrade_tests")
        yield Stage(old, place, merchant, book, other, tmp_path)


def restart_in_turn(processes: list[Process], restarts: int) -> None:
    """One after the other and each as what it is; the next one two seconds later."""
    for process in islice(cycle(processes), restarts):
        began = time.monotonic()
        process.restart()
        time.sleep(max(0.0, RESTART_SECONDS - (time.monotonic() - began)))


async def compare(stage: Stage, days: int) -> int:
    """Hold rows and ledger against those of one process; how many occurrences there were."""
    found, states = rows(stage.place.dsn)
    expected, expected_states, book = await by_one_process(stage.other_dsn, stage.folder, days)
    assert found == expected
    assert states == expected_states
    assert dated(stage.book) == dated(book)
    judge(stage.book)
    return len(found)


def tell(verdict: dict[str, object]) -> None:
    """The figures of a run, for whoever asked for it."""
    if ON_DEMAND:
        sys.__stdout__.write(json.dumps(verdict) + "\n")  # type: ignore[union-attr]


async def test_two_versions_that_are_restarted_in_turn_do_the_work_of_one_process(stage: Stage) -> None:
    place, old = stage.place, stage.old
    servers = [Process(place, old, "serve"), Process(place, old, "serve")]
    workers = [Process(place, old, "work"), Process(place, old, "work")]
    merchant = stage.merchant

    with running([*servers, *workers]), balancer([each.port for each in servers]) as proxy:
        callers = Callers(f"http://127.0.0.1:{proxy.port}", merchant.secret, merchant.customer)
        calendar = Calendar(place.dsn, place.clock, days_max=5_000, days_min=DAYS_MIN)
        with callers, calendar:
            place.run(NEW, "migrate")
            servers[1].restart(NEW)
            workers[1].restart(NEW)
            restart_in_turn([servers[0], workers[1], servers[1], workers[0]], RESTARTS)
            calendar.stop()
        wait_until_done(place.dsn, place.clock, charges=True)

    tell({
        "restarts": RESTARTS + 2, "days": calendar.days, "requests": dict(callers.statuses),
        "failures": callers.failures, "cuts": callers.cuts, "effects": len(stage.book.effects),
        "faults": dict(stage.book.done),
    })  # fmt: skip
    assert [each for each in callers.failures if not any(excuse in each for excuse in OLD_EXCUSES)] == []
    # The older version cuts off whoever connects while it ends; this one does not.
    assert proxy.cut[servers[1].port] == 0, servers[1].said()
    assert callers.cuts == proxy.cut[servers[0].port]
    assert sum(callers.statuses.values()) - callers.statuses[200] == len(callers.failures)
    effects = {each.request["key"]: each.request["amount"] for each in stage.book.effects}
    assert {key: effects.get(key) for key in callers.charges} == callers.charges
    assert await compare(stage, calendar.days) > 0


@pytest.mark.skipif(not ON_DEMAND, reason="a year takes minutes: make upgrade")
async def test_five_workers_of_each_version_give_the_rows_and_the_effects_of_one_over_a_year(
    stage: Stage,
) -> None:
    place, stage.book.faults = stage.place, YEAR_FAULTS
    place.run(NEW, "migrate")
    workers = [Process(place, build, "work") for build in (stage.old, NEW) for _ in range(PAIRS)]

    with running(workers), Calendar(place.dsn, place.clock, days_max=YEAR_DAYS) as calendar:
        calendar.join()

    assert calendar.days == YEAR_DAYS
    count = await compare(stage, YEAR_DAYS)
    tell({"workers": len(workers), "days": YEAR_DAYS, "occurrences": count, "faults": dict(stage.book.done)})
