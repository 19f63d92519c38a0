"""The engine alone and the VOP face alone answer those who watch them."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from own_server import own_database

from .conftest import COMMAND, START_SECONDS_MAX, STOP_SECONDS_MAX, environment, free_port

PATHS = ("/healthz", "/readyz", "/metrics")


@pytest.fixture(scope="module")
def external(dsn: str) -> Iterator[str]:
    """A migrated database."""
    with own_database(dsn, "health_tests") as own:
        yield own


@contextmanager
def running(arguments: list[str], port: int, log: Path, dsn: str) -> Iterator[str]:
    """A command that answers on a port; it must end well."""
    with log.open("w") as file:
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            env=environment() | {"DUERUN_DATABASE_URL": dsn},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS_MAX
        while not answers(url):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield url
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS_MAX) == 0, log.read_text()
    finally:
        process.kill()
        process.wait(STOP_SECONDS_MAX)


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=STOP_SECONDS_MAX).ok
    except requests.ConnectionError:
        return False


def text(url: str, path: str = "/metrics") -> str:
    answer = requests.get(url + path, timeout=STOP_SECONDS_MAX)
    assert answer.status_code == 200
    return answer.text


def wait_for(url: str, wanted: str) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while wanted not in text(url):
        assert time.monotonic() < deadline, text(url)
        time.sleep(0.2)


def test_the_engine_alone_answers_on_its_own_port(external: str, tmp_path: Path) -> None:
    port = free_port()
    command = ["work", "--data", str(tmp_path), "--health-port", str(port)]

    with running(command, port, tmp_path / "log", external) as url:
        wait_for(url, 'duerun_loop_processes{loop="planner"} 1.0')
        found = {path: text(url, path) for path in PATHS}
        foreign = requests.get(f"{url}/charges", timeout=STOP_SECONDS_MAX).status_code

    assert found["/readyz"] == '{"ready":true,"reasons":[]}'
    assert "duerun_planner_age_seconds" in found["/metrics"]
    assert foreign == 404


def test_the_face_for_checks_alone_tells_of_checks_alone(external: str, tmp_path: Path) -> None:
    port = free_port()
    command = ["vop", "serve", "--data", str(tmp_path), "--port", str(port)]

    with running(command, port, tmp_path / "log", external) as url:
        wait_for(url, 'duerun_loop_processes{loop="verifier"} 1.0')
        found = {path: text(url, path) for path in PATHS}

    assert "duerun_open_vop_tasks 0.0" in found["/metrics"]
    assert "planner" not in found["/metrics"]


def test_an_engine_without_a_port_opens_none(external: str, tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file:
        process = subprocess.Popen(
            [*COMMAND, "work", "--data", str(tmp_path)],
            env=environment() | {"DUERUN_DATABASE_URL": external},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + START_SECONDS_MAX
    while "engine runs" not in (tmp_path / "log").read_text():
        assert time.monotonic() < deadline, (tmp_path / "log").read_text()
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)

    assert process.wait(STOP_SECONDS_MAX) == 0
    assert not answers("http://127.0.0.1:8080")
