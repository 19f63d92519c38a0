"""The long runs wait for leases most of the time: all that are asked for begin with the first test, side by side."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from . import failover, lagging, several

Verdicts = dict[str, Future[dict[str, Any]]]
RUNS: dict[str, Callable[[], dict[str, Any]]] = {
    "promotion": lambda: failover.play(failover.Order(outages=[2.0], rows=40, seed=3)),
    "replica_behind": lagging.play,
    "several_hosts": lambda: several.play(several.Order(short=True)),
}


@pytest.fixture(scope="package", autouse=True)
def verdicts(request: pytest.FixtureRequest) -> Iterator[Verdicts]:
    """What comes of the runs whose modules are among the tests."""
    modules = {item.path.stem for item in request.session.items}
    with ThreadPoolExecutor(len(RUNS)) as pool:
        yield {name: pool.submit(run) for name, run in RUNS.items() if f"test_{name}" in modules}
