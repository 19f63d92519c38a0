"""The processes of a run: a database, the servers and workers of the product, the processor, and what lies between."""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import requests
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from duerun.storage import server_process
from duerun.storage.server import EmbeddedServer

from . import gateway, proxy
from .nursery import Nursery
from .parts import begin

# Workers that are frozen keep their connections.
CONNECTIONS_MAX = 400
TIMEOUT_SECONDS = 0.6
PROCESSING_SECONDS = 1.5
CONCURRENCY = 8
LEASE_SECONDS = 4 * TIMEOUT_SECONDS + 20.0
START_SECONDS_MAX = 60
SERVERS = 2


class Stage:
    """All of it in one folder that goes away at the end. What is stopped here was started here."""

    def __init__(
        self, *, seed: int, proxied: Sequence[str], share: float, hostile: float, keyless: bool, patch: str
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="duerun-fire-"))
        self.folder.chmod(0o755)
        self.calm = self.folder / "calm"
        self.calm.touch()
        self._ports = _free_ports(4 + SERVERS)
        self.options = gateway.Options(
            folder=str(self.folder), port=self._ports[0], seed=seed, fault_share=hostile, keyless=keyless
        )
        self._proxied, self._seed, self._share = proxied, seed, share
        self._lock = threading.Lock()
        self.nursery = Nursery(self.folder, patch)
        self._database: EmbeddedServer | None = None
        self._gateway: subprocess.Popen[bytes] | None = None
        self._proxy: subprocess.Popen[bytes] | None = None
        self._servers: dict[int, int] = {}
        self._numbers = itertools.count()
        self.urls = [f"http://127.0.0.1:{port}" for port in self._ports[4:]]

    def open(self) -> None:
        """Start everything but the workers."""
        self.start_database()
        self.start_gateway()
        self._start_proxy()
        self.nursery.run(["migrate"], self.environment)
        for number in range(SERVERS):
            self.start_server(number)
        for url in self.urls:
            _await_answer(f"{url}/healthz")

    @property
    def environment(self) -> dict[str, str]:
        """The settings of each process of the product."""
        gateway_port = self._ports[1] if "gateway" in self._proxied else self._ports[0]
        return {
            "DUERUN_DATA": str(self.folder / "none"),
            "DUERUN_DATABASE_URL": self._dsn(),
            "DUERUN_DATABASE_CONNECTIONS_MAX": "4",
            "DUERUN_GATEWAY_URL": f"http://127.0.0.1:{gateway_port}/v1",
            "DUERUN_GATEWAY_TOKEN": gateway.TOKEN,
            "DUERUN_GATEWAY_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS),
            "DUERUN_GATEWAY_MAX_PROCESSING_SECONDS": str(PROCESSING_SECONDS),
            "DUERUN_GATEWAY_CONCURRENCY": str(CONCURRENCY),
            "DUERUN_LEASE_SECONDS": "1",
            "DUERUN_VOP_PROCESSES": "0",
            "DUERUN_TELEMETRY_LEVEL": "WARNING",
        }

    def _dsn(self) -> str:
        facts = conninfo_to_dict(self.database.dsn)
        if "database" not in self._proxied:
            return self.database.dsn
        facts |= {
            "host": "127.0.0.1",
            "port": str(self._ports[2]),
            "sslmode": "disable",
            "gssencmode": "disable",
        }
        return make_conninfo("", **facts)

    @property
    def database(self) -> EmbeddedServer:
        if self._database is None:
            raise RuntimeError("no database")
        return self._database

    def start_database(self) -> None:
        many = {**server_process.SETTINGS, "max_connections": str(CONNECTIONS_MAX)}
        with patch.object(server_process, "SETTINGS", many):
            self._database = EmbeddedServer.start(self.folder / "data", fsync=False)

    def crash_database(self, number: int) -> None:
        """Stop PostgreSQL in the mode `immediate` (SIGQUIT), or kill it, and start it again."""
        cluster = self.database.facts.cluster
        os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), number)
        self.database.stop()
        self.start_database()

    def start_gateway(self) -> None:
        log = (self.folder / "gateway.log").open("ab")
        with log:
            self._gateway = begin("gateway", *self.options.arguments(), log=log, stdin=subprocess.PIPE)
        _await_port(self.options.port)

    def kill_gateway(self) -> None:
        if self._gateway is not None:
            _end(self._gateway)

    def freeze_gateway(self, seconds: float) -> None:
        if self._gateway is not None:
            self._gateway.send_signal(signal.SIGSTOP)
            try:
                time.sleep(seconds)
            finally:
                self._gateway.send_signal(signal.SIGCONT)

    def _start_proxy(self) -> None:
        sockets = conninfo_to_dict(self.database.dsn)["host"]
        routes = [
            proxy.Route(name="gateway", port=self._ports[1], to_port=self._ports[0]),
            proxy.Route(name="database", port=self._ports[2], to_path=f"{sockets}/.s.PGSQL.5432"),
        ]
        log = (self.folder / "proxy.log").open("ab")
        with log:
            command = proxy.arguments(routes, self.folder, self._seed, self._share)
            self._proxy = begin("proxy", *command, log=log, stdin=subprocess.PIPE)
        for route in routes:
            _await_port(route.port)

    def start_worker(self) -> tuple[int, Path]:
        """`duerun work`: its process id and its log, in which something stands once its engine runs."""
        name = f"worker-{next(self._numbers)}"
        return self.nursery.start(["work"], self.environment, name), self.folder / f"{name}.log"

    def forget(self, log: Path) -> None:
        """Keep what a worker told in the log of all of them."""
        with suppress(FileNotFoundError), (self.folder / "work.log").open("ab") as all_of_them:
            all_of_them.write(log.read_bytes())
            log.unlink()

    def start_server(self, number: int) -> None:
        """`duerun serve` on one of the ports."""
        port = str(self._ports[4 + number])
        self._servers[number] = self.nursery.start(["serve", "--port", port], self.environment, "serve")

    def kill_server(self, number: int) -> bool:
        return self.nursery.kill(self._servers[number])

    def server_is_alive(self, number: int) -> bool:
        return self.nursery.alive(self._servers[number])

    def command(self, *arguments: str) -> str:
        """Run a `duerun` command to its end; what it printed."""
        return self.nursery.run(arguments, self.environment)

    def faults(self) -> Counter[str]:
        """What the processor and the proxy did."""
        found: Counter[str] = Counter()
        for name, path in (("gateway", self.options.faults), ("tcp", proxy.faults_file(self.folder))):
            if path.exists():
                found.update(f"{name} {line}" for line in path.read_text().splitlines())
        return found

    def close(self, *, keep: bool = False) -> None:
        self.nursery.close()
        for process in (self._gateway, self._proxy):
            if process is not None:
                _end(process)
        with suppress(Exception):
            self.database.stop()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    if process.stdin:
        process.stdin.close()


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _await_port(port: int) -> None:
    ends_at = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < ends_at:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port}")


def _await_answer(url: str) -> None:
    ends_at = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < ends_at:
        with suppress(requests.RequestException):
            requests.get(url, timeout=5)
            return
        time.sleep(0.05)
    raise TimeoutError(f"{url} does not answer")
