"""What a run has: a processor with a ledger of its own, and machines that run the product's processes."""

import random
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from simulation.fire import ledger
from simulation.fire.books import is_drained, judge_all
from simulation.fire.caller import Caller
from simulation.fire.gateway import TOKEN, Options
from simulation.fire.judge import Verdict
from simulation.fire.load import Load
from simulation.fire.nursery import Nursery
from simulation.fire.parts import begin
from upgrade.processes import free_port

WAIT_SECONDS_MAX = 240.0
LOOK_SECONDS = 0.05
LOOPBACK = "127.0.0.1"
GATEWAY_TIMEOUT_SECONDS, PROCESSING_SECONDS = 0.6, 1.5
# The settings of each process of the product; a lease is never shorter than a call takes.
SETTINGS = {
    "DUERUN_DATABASE_CONNECTIONS_MAX": "4",
    "DUERUN_GATEWAY_TOKEN": TOKEN,
    "DUERUN_GATEWAY_TIMEOUT_SECONDS": str(GATEWAY_TIMEOUT_SECONDS),
    "DUERUN_GATEWAY_MAX_PROCESSING_SECONDS": str(PROCESSING_SECONDS),
    "DUERUN_GATEWAY_CONCURRENCY": "8",
    "DUERUN_LEASE_SECONDS": "1",
    "DUERUN_VOP_PROCESSES": "0",
    "DUERUN_TELEMETRY_LEVEL": "WARNING",
    # Callers of other hosts are not of this machine.
    "DUERUN_METRICS_OPEN": "true",
    "DUERUN_REQUESTS_PER_MINUTE_MAX": "1000000",
}


def wait_for(condition: Callable[[], bool], what: str, *, seconds_max: float = WAIT_SECONDS_MAX) -> None:
    ends_at = time.monotonic() + seconds_max
    while not condition():
        if time.monotonic() > ends_at:
            raise TimeoutError(what)
        time.sleep(LOOK_SECONDS)


@dataclass
class Machine:
    """A host at an address: its processes are forked there, with settings of their own."""

    name: str
    nursery: Nursery
    settings: Mapping[str, str]
    address: str = LOOPBACK
    urls: list[str] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)

    def run(self, *arguments: str) -> str:
        """A `duerun` command to its end; what it printed."""
        return self.nursery.run(arguments, self.settings)

    def serve(self) -> int:
        """`duerun serve`; its process id."""
        port = free_port()
        self.urls.append(f"http://{self.address}:{port}")
        command = ["serve", "--host", self.address, "--port", str(port)]
        return self.nursery.start(command, self.settings, f"serve-{self.name}-{port}")

    def work(self) -> int:
        """`duerun work`; its process id."""
        name = f"work-{self.name}-{len(self.workers)}"
        self.workers.append(self.nursery.start(["work"], self.settings, name))
        return self.workers[-1]

    def wait_until_ready(self) -> None:
        for url in self.urls:
            wait_for(lambda url=url: is_ready(url), f"{url} is not ready")  # type: ignore[misc]


def is_ready(url: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(f"{url}/readyz", timeout=5).ok
    return False


@dataclass
class Site:
    """The processor, the machines, the load and its verdict."""

    folder: Path
    options: Options
    processor_id: int
    machines: list[Machine] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)
    load: Load = field(init=False)

    def settings(self, dsn: str, **given: str) -> dict[str, str]:
        """Those of a process, with the database that it is told."""
        return {
            **SETTINGS,
            "DUERUN_DATA": str(self.folder / "none"),
            "DUERUN_DATABASE_URL": dsn,
            "DUERUN_GATEWAY_URL": f"http://{self.options.host}:{self.options.port}/v1",
            **given,
        }

    def begin(self, *, seed: int = 1) -> Load:
        """A load that calls the servers in turn."""
        self.load = Load(self.caller(), random.Random(seed))  # noqa: S311 - a seeded load
        return self.load

    def caller(self) -> Caller:
        """Calls the servers that there are now."""
        return Caller([url for machine in self.machines for url in machine.urls], self.options.calm)

    def wait_until_drained(self, url: str) -> None:
        """Until nothing is due, uncertain or open."""
        wait_for(lambda: is_drained(url), "what was due is not done")

    def judge(self) -> dict[str, Any]:
        """The verdict as data: the ledger, the calendar and the books agree."""
        judge_all(self.verdict, self.load, list(ledger.read(self.options.ledger)))
        return self.verdict.as_data()

    def effects(self) -> int:
        """How many payments the processor has carried out."""
        return sum(line.event == ledger.EFFECT for line in ledger.read(self.options.ledger))


@contextmanager
def site(folder: Path, *, host: str = LOOPBACK, **options: Any) -> Iterator[Site]:
    """A site whose processor runs; what its machines still run at the end is killed."""
    folder.mkdir(exist_ok=True)
    given = Options(
        folder=str(folder), port=free_port(), host=host, **{"seed": 1, "fault_share": 0.0} | options
    )
    given.calm.touch()
    with (folder / "gateway.log").open("ab") as log:
        processor = begin("gateway", *given.arguments(), log=log, stdin=subprocess.PIPE)
    made = Site(folder, given, processor.pid)
    try:
        yield made
    finally:
        for machine in made.machines:
            machine.nursery.close()
        processor.kill()
        processor.wait()
        if processor.stdin:
            processor.stdin.close()
