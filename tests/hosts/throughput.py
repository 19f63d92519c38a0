"""How much more is done by more workers, each on a host of its own, and what the rest of the machine does meanwhile."""

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.machine import cpu_seconds

from duerun.storage.server_process import server_processes
from simulation.fire import ledger
from simulation.fire.ledger import EFFECT, REFUSAL

from .several import Cluster, cluster
from .site import Machine, wait_for

ACCOUNTS = 8
# Dates that come after those are a week away.
SOON = "state = 'due' AND due_at < now() + interval '3 days'"
WAITING = f"SELECT count(*) FROM occurrences WHERE {SOON}"
NOW_DUE = f"UPDATE occurrences SET due_at = now() WHERE {SOON}"
SETTLED = "SELECT count(*) FROM occurrences WHERE state NOT IN ('successful', 'failed') AND due_at <= now()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """For each number of workers, so many `rows` fall due at once. A call takes the processor `call_seconds`, and each
    worker makes `concurrency` calls at once."""

    workers: Sequence[int]
    rows: int = 2_000
    call_seconds: float = 0.05
    concurrency: int = 8


def play(order: Order, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """A step for each number of workers; the verdict as data."""
    delays = (order.call_seconds, order.call_seconds)
    with cluster(refused_share=0.0, fault_share=0.0, delays=delays) as made:
        return _Run(order, made, say).play()


class _Run:
    def __init__(self, order: Order, made: Cluster, say: Callable[[str], None]) -> None:
        self._order, self._made, self._say = order, made, say
        self._workers: list[tuple[Machine, int]] = []

    def play(self) -> dict[str, Any]:
        _, api = self._made.machine("api")
        api.run("migrate")
        api.serve()
        api.wait_until_ready()
        load = self._made.scene.begin()
        load.open_accounts(api.run, real=ACCOUNTS, clocked=0)
        for account in load.real:
            # What is written today is due tomorrow, until all of it is told to be due now.
            account.today += timedelta(days=1)
        steps = [self._step(workers, api) for workers in self._order.workers]
        self._made.scene.wait_until_drained(api.urls[0])
        return {
            **self._made.scene.judge(),
            "hosts": self._made.net.kind,
            "steps": steps,
            "call_seconds": self._order.call_seconds,
            "calls_at_once": self._order.concurrency,
            "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
            "reached": True,
        }

    def _step(self, workers: int, api: Machine) -> dict[str, Any]:
        self._hire(workers)
        self._prepare()
        target = self._lines() + self._order.rows
        before, began_at = self._cpu_seconds(), time.time()
        self._made.database.ask(NOW_DUE)
        # Looking at the database would be work for it.
        wait_for(lambda: self._lines() >= target, "what is due is not sent")
        wait_for(lambda: self._made.database.ask(SETTLED) == [(0,)], "what is due is not done")
        used = {name: spent - before[name] for name, spent in self._cpu_seconds().items()}
        moments = self._moments(began_at)
        seconds = max(moments) - began_at
        step = {
            "workers": workers,
            "occurrences": len(moments),
            "seconds": round(seconds, 2),
            "per_second": round(len(moments) / seconds),
            "bound_of_calls_per_second": round(workers * self._order.concurrency / self._order.call_seconds),
            "cpu_ms_per_occurrence": {
                name: round(1000 * spent / len(moments), 2) for name, spent in used.items()
            },
            "cores_used": round(sum(used.values()) / seconds, 2),
        }
        self._say(str(step))
        return step

    def _hire(self, workers: int) -> None:
        while len(self._workers) < workers:
            name = f"work-{len(self._workers)}"
            _, machine = self._made.machine(name, DUERUN_GATEWAY_CONCURRENCY=str(self._order.concurrency))
            self._workers.append((machine, machine.work()))

    def _prepare(self) -> None:
        load = self._made.scene.load
        rows = self._order.rows // ACCOUNTS
        for account in load.real:
            load.upload(account, rows)
        planned = [(rows * ACCOUNTS,)]
        wait_for(lambda: self._made.database.ask(WAITING) == planned, "the files are not read")
        self._made.database.ask("VACUUM ANALYZE")

    def _lines(self) -> int:
        """How much the processor has written down; no answer of it is wrong here."""
        path = self._made.scene.options.ledger
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def _moments(self, since: float) -> list[float]:
        return [
            line.at
            for line in ledger.read(self._made.scene.options.ledger)
            if line.event in (EFFECT, REFUSAL) and line.at >= since
        ]

    def _cpu_seconds(self) -> dict[str, float]:
        """Seconds of processors that each part has used so far."""
        database = server_processes(self._made.database.cluster)
        return {
            "database": sum(cpu_seconds(each) for each in database),
            "workers": sum(cpu_seconds(process_id) for _, process_id in self._workers),
            "processor": cpu_seconds(self._made.scene.processor_id),
        }
