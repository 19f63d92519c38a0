"""Several hosts beside one database, under load: one is cut off with its claims, one is frozen, one is added."""

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from simulation.fire.nursery import Nursery

from .network import Host, Network, network
from .replication import Node, nodes
from .site import Machine, Site, site, wait_for

REST_SECONDS = 0.1
OPEN = """
SELECT (SELECT count(*) FROM occurrences WHERE state IN ('sent', 'unknown') OR (state = 'due' AND due_at <= now()))
  + (SELECT count(*) FROM bulk_jobs WHERE state IN ('pending', 'processing'))
"""
SENT = "SELECT count(*) FROM occurrences WHERE state = 'sent' AND sent_at >= %s"
DUE = """
SELECT (SELECT count(*) FROM occurrences WHERE state = 'due' AND due_at <= now())
  + (SELECT count(*) FROM bulk_jobs WHERE state IN ('pending', 'processing'))
"""
HELD_OPEN = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND xact_start IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`rows` are those of each of three files. `short`: who is frozen holds claims, and no transaction open, which the
    server would end after two minutes only."""

    rows: int = 120
    short: bool = False
    hostile: float = 0.0
    seed: int = 1


def play(order: Order, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Do it; the verdict as data, with what the hosts were."""
    with cluster(refused_share=0.05, fault_share=order.hostile, seed=order.seed) as made:
        return _Run(order, made, say).play()


@dataclass
class Cluster:
    """Hosts, a database on one of them, and a processor outside of all."""

    net: Network
    database: Node
    scene: Site

    def machine(self, name: str, **settings: str) -> tuple[Host, Machine]:
        """A new host, and a place for processes on it."""
        host = self.net.host(name)
        nursery = host.within(partial(Nursery, self.scene.folder))
        given = self.scene.settings(self.database.dsn(), PGAPPNAME=name, **settings)
        self.scene.machines.append(Machine(name, nursery, given, host.address))
        return host, self.scene.machines[-1]


@contextmanager
def cluster(**options: Any) -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="duerun-hosts-"))
    try:
        with (
            network() as net,
            nodes("database") as (node,),
            site(folder / "site", host=net.address, **options) as scene,
        ):
            host = net.host("database")
            node.address, node.peers = host.address, net.peers
            host.within(node.initialise)
            yield Cluster(net, node, scene)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Run:
    def __init__(self, order: Order, made: Cluster, say: Callable[[str], None]) -> None:
        self._order, self._made, self._say = order, made, say
        self._scene = made.scene

    def play(self) -> dict[str, Any]:
        _, api = self._made.machine("api")
        api.run("migrate")
        api.serve()
        api.wait_until_ready()
        load = self._scene.begin(seed=self._order.seed)
        load.open_accounts(api.run, real=4, clocked=0)
        self._upload()
        self._scene.options.calm.unlink()
        told = self._faults()
        self._scene.options.calm.touch()
        self._scene.wait_until_drained(api.urls[0])
        return {**self._scene.judge(), "hosts": self._made.net.kind, **told}

    def _faults(self) -> dict[str, Any]:
        """Each host begins alone, so that what it holds when it goes is known."""
        lone, first = self._made.machine("cut off")
        worker = first.work()
        can_cut = self._made.net.can_cut
        cut, join = (lone.cut, lone.join) if can_cut else _switch(first, worker)
        cut_off = self._take_out(first, cut, join, is_patient=self._order.short and not can_cut)
        self._say(f"cut off with {cut_off} claims")
        _, second = self._made.machine("frozen")
        freeze, thaw = _switch(second, second.work())
        frozen = self._take_out(second, freeze, thaw, is_patient=self._order.short)
        self._say(f"frozen with {frozen} claims")
        self._upload()
        _, third = self._made.machine("added")
        third.work()
        wait_for(lambda: self._open() == 0, "nobody takes over")
        if can_cut:
            wait_for(lambda: not self._holds_open(first), "the database keeps what was cut off")
        join()
        thaw()
        self._upload()
        return {"claims of the cut off": cut_off, "claims of the frozen": frozen}

    def _take_out(
        self,
        machine: Machine,
        stop: Callable[[], None],
        go_on: Callable[[], None],
        *,
        is_patient: bool = False,
    ) -> int:
        """Stop a host while it holds claims, and tell how many: those made since, also of what was claimed before by a
        host that was stopped.

        `is_patient`: and while it has no transaction open.
        """
        since = self._made.database.ask("SELECT clock_timestamp()")[0][0]
        while True:
            if not self._due():
                self._upload()
            wait_for(lambda: self._claims(since) > 0 or not self._due(), "nothing is claimed")
            stop()
            # What had left it before arrives.
            time.sleep(REST_SECONDS)
            found = self._claims(since)
            if found > 0 and not (is_patient and self._holds_open(machine)):
                return found
            go_on()

    def _upload(self) -> None:
        load = self._scene.load
        for account in load.real:
            load.upload(account, self._order.rows // len(load.real))

    def _open(self) -> int:
        return int(self._made.database.ask(OPEN)[0][0])

    def _due(self) -> int:
        return int(self._made.database.ask(DUE)[0][0])

    def _claims(self, since: datetime) -> int:
        return int(self._made.database.ask(SENT, since)[0][0])

    def _holds_open(self, machine: Machine) -> bool:
        """Whether a process of a host has a transaction open."""
        return self._made.database.ask(HELD_OPEN, machine.name) != [(0,)]


def _switch(machine: Machine, worker: int) -> tuple[Callable[[], None], Callable[[], None]]:
    """Freezes a process, and lets it go on."""

    def turn(number: signal.Signals) -> None:
        machine.nursery.send(worker, number)

    return partial(turn, signal.SIGSTOP), partial(turn, signal.SIGCONT)
