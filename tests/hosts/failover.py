"""A primary that dies under load, again and again, and a replica that is promoted in its place."""

import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests

from simulation.fire import ledger
from simulation.fire.ledger import EFFECT
from simulation.fire.load import Account, Load
from simulation.fire.nursery import Nursery

from .replication import Pair, pair
from .site import LOOK_SECONDS, Machine, Site, site, wait_for

BACK_SECONDS_MAX = 10.0
SERVERS = WORKERS = 2
CALLERS = 3
ANSWER_SECONDS_MAX = 15
ENDS = {"killed": signal.SIGKILL, "stopped at once": signal.SIGQUIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One round for each of the `outages`, which are the seconds from the end of a primary to the promotion."""

    outages: Sequence[float]
    rows: int = 60
    hostile: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Seconds from the moment at which the promotion was asked for: until it was done, until a write was answered by
    the last of the servers, and until the processor had carried out a payment that a worker sent."""

    end: str
    outage_seconds: float
    promoted_seconds: float
    api_seconds: float
    worker_seconds: float


def play(order: Order, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Do all rounds; the verdict as data."""
    folder = Path(tempfile.mkdtemp(prefix="duerun-failover-"))
    try:
        given: dict[str, Any] = {"seed": order.seed, "fault_share": order.hostile, "refused_share": 0.05}
        with pair() as servers, site(folder / "site", **given) as scene:
            return _Run(order, servers, scene, say).play()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Run:
    def __init__(self, order: Order, servers: Pair, scene: Site, say: Callable[[str], None]) -> None:
        self._order, self._servers, self._scene, self._say = order, servers, scene, say
        self._machine = Machine("one", Nursery(scene.folder), scene.settings(servers.dsn))
        scene.machines.append(self._machine)
        self._load: Load

    def play(self) -> dict[str, Any]:
        self._set_up()
        ends = list(ENDS)
        with ThreadPoolExecutor(8) as pool:
            self._scene.options.calm.unlink()
            try:
                with self._calls():
                    rounds = [
                        self._round(ends[number % len(ends)], outage, pool)
                        for number, outage in enumerate(self._order.outages)
                    ]
            finally:
                self._scene.options.calm.touch()
        self._scene.wait_until_drained(self._machine.urls[0])
        return self._report(rounds)

    def _set_up(self) -> None:
        machine = self._machine
        machine.run("migrate")
        for _ in range(SERVERS):
            machine.serve()
        for _ in range(WORKERS):
            machine.work()
        machine.wait_until_ready()
        self._load = self._scene.begin(seed=self._order.seed)
        self._load.open_accounts(machine.run, real=2, clocked=2)
        self._load.plan(8)

    @contextmanager
    def _calls(self) -> Iterator[None]:
        """Charges by hand, all the time; each goes on until it is answered."""
        stop = threading.Event()

        def call_on(account: Account) -> None:
            while not stop.is_set():
                self._load.charge_by_hand(account)

        with ThreadPoolExecutor(CALLERS) as pool:
            jobs = [pool.submit(call_on, self._load.real[n % 2]) for n in range(CALLERS)]
            try:
                yield
            finally:
                stop.set()
            for job in jobs:
                job.result()

    def _round(self, end: str, outage: float, pool: ThreadPoolExecutor) -> Round:
        before = self._scene.effects()
        jobs = self._work(pool)
        wait_for(lambda: self._scene.effects() >= before + self._order.rows // 4, "nothing is paid")
        self._servers.primary.kill(ENDS[end])
        jobs += self._work(pool)
        answered = [pool.submit(self._until_written, url) for url in self._machine.urls]
        time.sleep(outage)
        asked_at = time.time()
        self._servers.promote()
        promoted_at = time.time()
        api = max(each.result() for each in answered) - asked_at
        worker = self._first_payment(asked_at) - asked_at
        for job in jobs:
            job.result()
        self._servers.replica.follow(self._servers.primary)
        found = Round(
            end=end,
            outage_seconds=outage,
            promoted_seconds=round(promoted_at - asked_at, 2),
            api_seconds=round(api, 2),
            worker_seconds=round(worker, 2),
        )
        self._say(str(found))
        return found

    def _work(self, pool: ThreadPoolExecutor) -> list[Future[None]]:
        """Files of what is due today, and the next day of the test clocks."""
        load = self._load
        return [
            *(pool.submit(load.upload, account, self._order.rows // 2) for account in load.real),
            *(pool.submit(load.advance, account, 1) for account in load.clocked),
        ]

    def _until_written(self, url: str) -> float:
        """The moment at which a server has answered a write."""
        while True:
            try:
                answer = requests.post(
                    f"{url}/customers",
                    json={"email": "mali@example.com"},
                    auth=(self._load.real[0].secret, ""),
                    timeout=ANSWER_SECONDS_MAX,
                )
                if answer.ok:
                    return time.time()
            except requests.RequestException:
                pass
            time.sleep(LOOK_SECONDS)

    def _first_payment(self, since: float) -> float:
        """The moment of the first payment of a schedule behind another one."""

        def moments() -> list[float]:
            return [
                line.at
                for line in ledger.read(self._scene.options.ledger)
                if line.event == EFFECT and line.at > since and ":" in line.request["reference"]
            ]

        wait_for(lambda: bool(moments()), "no worker goes on")
        return min(moments())

    def _report(self, rounds: Sequence[Round]) -> dict[str, Any]:
        slowest = max(max(each.api_seconds, each.worker_seconds) for each in rounds)
        return {
            **self._scene.judge(),
            "rounds": [asdict(each) for each in rounds],
            "slowest_seconds": slowest,
            "must_seconds": BACK_SECONDS_MAX,
            "reached": slowest <= BACK_SECONDS_MAX,
            "api troubles": dict(self._load.caller.troubles),
        }
