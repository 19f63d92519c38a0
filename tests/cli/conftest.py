"""Duerun as a process, on a free port and a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from duerun.settings import DEV_SECRET_KEY
from duerun.storage.server_process import server_processes
from wire.observer import faults

START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 30
COMMAND = (sys.executable, "-m", "duerun")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUERUN_")}
    return kept | {"COLUMNS": "200", "NO_COLOR": "1"}


def duerun(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=environment() | variables,
        capture_output=True,
        text=True,
        timeout=START_SECONDS_MAX,
        check=False,
    )


@dataclass
class Dev:
    """A running `duerun dev`."""

    data: Path
    port: int
    process: subprocess.Popen[str]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def call(
        self, method: str, path: str, body: Any = None, *, key: str = DEV_SECRET_KEY
    ) -> requests.Response:
        answer = requests.request(
            method, self.url + path, json=body, auth=(key, ""), timeout=STOP_SECONDS_MAX
        )
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert faults(path, answer.status_code, headers, answer.content) == []
        return answer

    def answers(self) -> bool:
        try:
            return self.call("GET", "/clock").status_code == 200
        except requests.ConnectionError:
            return False

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.answers():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS_MAX)

    def postgres(self) -> list[int]:
        """The PostgreSQL processes on this folder."""
        return server_processes((self.data / "postgres").resolve())


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that root's unprivileged server can enter too."""
    made = Path(tempfile.mkdtemp(prefix="duerun-cli-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def start(folder: Path) -> Iterator[Callable[[str], Dev]]:
    """Starts `duerun dev` on a named data folder; what still runs at the end is stopped."""
    started: list[Dev] = []

    def begin(name: str) -> Dev:
        port, data = free_port(), folder / name
        log = folder / f"{name}-{port}.log"
        with log.open("w") as file:
            process = subprocess.Popen(
                [*COMMAND, "dev", "--data", str(data), "--port", str(port)],
                env=environment(),
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
            )
        started.append(Dev(data, port, process, log))
        started[-1].wait_until_ready()
        return started[-1]

    yield begin
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait(STOP_SECONDS_MAX)
