"""Processes of some version on a virtual clock, and what stands between them and their callers."""

import asyncio
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import requests

from processor import TOKEN
from proxy import Proxy

from .builds import Build
from .clocked import LAYOUT

START_SECONDS_MAX = 90.0
STOP_SECONDS_MAX = 60.0
LOOK_SECONDS = 0.05
LAUNCHER = Path(__file__).with_name("clocked.py")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class VirtualClock:
    """The clock of all processes; it moves forward only."""

    def __init__(self, path: Path, start: datetime) -> None:
        self.path = path
        self._ahead_seconds = (start - datetime.now(UTC)).total_seconds()
        self._write()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead_seconds)

    def step(self, by: timedelta) -> None:
        self._ahead_seconds += by.total_seconds()
        self._write()

    def _write(self) -> None:
        packed = struct.pack(LAYOUT, self._ahead_seconds)
        if not self.path.exists():
            self.path.write_bytes(packed)
            return
        with self.path.open("r+b") as file:
            file.write(packed)


@dataclass
class Place:
    """What all processes share: the database, the gateway, the clock, and a folder for logs."""

    dsn: str
    gateway_url: str
    clock: VirtualClock
    folder: Path

    def environment(self, build: Build) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("DUERUN_")}
        return kept | {
            "PYTHONPATH": str(build.source),
            **({"DUERUN_DATABASE_URL": self.dsn} if self.dsn else {}),
            "DUERUN_DATABASE_CONNECTIONS_MAX": "4",
            "DUERUN_VOP_PROCESSES": "0",
            "DUERUN_GATEWAY_URL": self.gateway_url,
            "DUERUN_GATEWAY_TOKEN": TOKEN,
            "DUERUN_GATEWAY_TIMEOUT_SECONDS": "2",
            "DUERUN_GATEWAY_MAX_PROCESSING_SECONDS": "1",
            # The clock runs by days while a request is under way.
            "DUERUN_IDEMPOTENCY_HOURS": "87600",
            "DUERUN_CATCH_UP_CHARGES": "all",
            "DUERUN_CATCH_UP_TRANSFERS": "all",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(LAUNCHER), str(self.clock.path), *arguments]

    def run(self, build: Build, *arguments: str) -> str:
        """Run a command of a version to its end; what it printed."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment(build),
            capture_output=True,
            text=True,
            timeout=START_SECONDS_MAX,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@dataclass
class Process:
    """`serve` or `work` of a version, on a port of its own."""

    place: Place
    build: Build
    role: str
    port: int = field(default_factory=free_port)
    _numbers: Iterator[int] = field(default_factory=count)
    _process: subprocess.Popen[bytes] | None = None
    _log: Path | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        option = "--health-port" if self.role == "work" else "--port"
        name = f"{self.role}-{self.build.name}-{self.port}-{next(self._numbers)}.log"
        self._log = self.place.folder / name
        with self._log.open("w") as file:
            self._process = subprocess.Popen(
                self.place.command(
                    self.role, "--data", str(self.place.folder / "data"), option, str(self.port)
                ),
                env=self.place.environment(self.build),
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._is_ready():
            assert self._process is not None
            assert self._process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Ask it to finish, and wait for a good end."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(STOP_SECONDS_MAX) == 0, self.said()

    def restart(self, build: Build | None = None) -> None:
        self.stop()
        self.build = build or self.build
        self.start()
        self.wait_until_ready()

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(STOP_SECONDS_MAX)

    def said(self) -> str:
        return self._log.read_text() if self._log is not None else ""

    def _is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/readyz", timeout=STOP_SECONDS_MAX).ok
        except requests.ConnectionError:
            return False


@contextmanager
def running(processes: list[Process]) -> Iterator[None]:
    """Start all and wait for them; what still runs at the end is killed."""
    try:
        for each in processes:
            each.start()
        for each in processes:
            each.wait_until_ready()
        yield
        for each in processes:
            each.stop()
    finally:
        for each in processes:
            each.kill()


def balancer(ports: list[int]) -> Proxy:
    """The simplest one: by turns, and to the next one only where a connection is refused."""
    turns = count()

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        first = next(turns)
        for number in range(len(ports)):
            port = ports[(first + number) % len(ports)]
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                continue
        raise ConnectionRefusedError

    return Proxy(connect)
