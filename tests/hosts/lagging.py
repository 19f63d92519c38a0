"""A replica that was behind is promoted: what it never had is asked for, and nothing is paid twice.

What was paid or refused meanwhile is known to the processor alone. The way back is that of a restored backup.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from simulation.fire.nursery import Nursery

from .replication import SYNCHRONOUS, Pair, pair
from .site import Machine, Site, site, wait_for

DAYS = 2
SCHEDULES = 12
# The last retry goes well: what gives way to one is `cancelled` in place of `skipped` where recovery suspends.
REFUSALS: dict[str, Any] = {"refused_share": 0.3, "refused_tries": 2}
LEVEL = "SELECT pg_current_wal_lsn() = replay_lsn FROM pg_stat_replication"
SHOWN = f"SELECT current_setting('{SYNCHRONOUS}')"


def play() -> dict[str, Any]:
    """Do it; the verdict as data, with the payments that the replica had lost."""
    folder = Path(tempfile.mkdtemp(prefix="duerun-lagging-"))
    try:
        with pair() as servers, site(folder / "site", **REFUSALS) as scene:
            return _Run(servers, scene).play()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Run:
    def __init__(self, servers: Pair, scene: Site) -> None:
        self._servers, self._scene = servers, scene
        self._machine = Machine("one", Nursery(scene.folder), scene.settings(servers.dsn))
        scene.machines.append(self._machine)

    def play(self) -> dict[str, Any]:
        machine, primary = self._machine, self._servers.primary
        machine.run("migrate")
        processes = [machine.serve(), machine.work()]
        machine.wait_until_ready()
        load = self._scene.begin()
        load.open_accounts(machine.run, real=0, clocked=2)
        load.plan(SCHEDULES)
        self._wait_for_nobody()
        self._pass(DAYS)
        wait_for(lambda: primary.ask(LEVEL) == [(True,)], "the replica does not follow")
        self._servers.replica.stop()
        known = self._scene.effects()
        self._pass(DAYS)
        lost = self._scene.effects() - known

        primary.kill()
        for each in processes:
            machine.nursery.kill(each)
        self._servers.replica.start()
        self._servers.promote()
        machine.run("recover", "--freeze")
        told = machine.run("recover", "--yes")
        processes = [machine.serve(), machine.work()]
        machine.urls.pop(0)
        machine.wait_until_ready()
        self._scene.load.caller = self._scene.caller()
        for account in load.clocked:
            # Its clock is that of the replica again.
            assert account.through is not None
            account.through = load.read_clocks()[account.id]
        self._pass(DAYS)
        return {**self._scene.judge(), "lost by the replica": lost, "told": told}

    def _wait_for_nobody(self) -> None:
        """Commit without waiting for the replica."""
        primary = self._servers.primary
        primary.ask(f"ALTER SYSTEM RESET {SYNCHRONOUS}")
        primary.ask("SELECT pg_reload_conf()")
        wait_for(lambda: primary.ask(SHOWN) == [("",)], "the setting stays")

    def _pass(self, days: int) -> None:
        for account in self._scene.load.clocked:
            self._scene.load.advance(account, days)
        self._scene.wait_until_drained(self._machine.urls[0])
