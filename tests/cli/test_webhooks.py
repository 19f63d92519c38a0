"""The commands for webhooks, beside a running `duerun dev`."""

import base64
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests
from typer.testing import CliRunner

from duerun.cli import app
from duerun.storage.server import running_dsn

from .conftest import COMMAND, START_SECONDS_MAX, STOP_SECONDS_MAX, Dev, duerun, environment, free_port

WRONG = base64.b64encode(b"another").decode()


@pytest.fixture(scope="module")
def dev(start: Callable[[str], Dev]) -> Dev:
    return start("hooks")


@contextmanager
def listener(log: Path, *options: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A running `duerun webhooks listen`: its address and its process; what it says goes to `log`."""
    port = free_port()
    with log.open("w") as file:
        process = subprocess.Popen(
            [*COMMAND, "webhooks", "listen", "--port", str(port), *options],
            env=environment(),
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        wait_for(log, "Listens at")
        yield f"http://127.0.0.1:{port}/hooks", process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(STOP_SECONDS_MAX)


def wait_for(log: Path, text: str, *, times: int = 1) -> str:
    """What was said once a text stands in it."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while (said := log.read_text()).count(text) < times:
        assert time.monotonic() < deadline, said
        time.sleep(0.05)
    return said


def listen_at(dev: Dev, url: str) -> None:
    dev.call("PATCH", "/account", {"webhook_uri": url}).raise_for_status()


def make_customer(dev: Dev) -> str:
    return str(dev.call("POST", "/customers", {"description": "heard of"}).json()["id"])


def newest_event(dev: Dev) -> str:
    page = dev.call("GET", "/events?order=reverse_chronological&limit=1")
    return str(page.json()["data"][0]["id"])


def listed(dev: Dev, *options: str) -> dict[str, list[str]]:
    """The cells of each delivery, by event."""
    done = duerun("webhooks", "list", "--data", dev.data, *options)
    assert done.returncode == 0, done.stderr
    return {line.split()[0]: line.split() for line in done.stdout.splitlines()[1:]}


def test_each_event_is_printed_with_what_its_signatures_are_worth(dev: Dev, tmp_path: Path) -> None:
    secret = dev.call("POST", "/webhooks/secrets").json()["secret"]

    with listener(tmp_path / "log", "--secret", secret) as (url, process):
        listen_at(dev, url)
        customer = make_customer(dev)
        said = wait_for(tmp_path / "log", "user-agent: Duerun")
        process.send_signal(signal.SIGINT)
        status = process.wait(STOP_SECONDS_MAX)

    assert f"customer.create  {customer}  answered 200" in said
    assert "Omise signature verified, Standard Webhooks signature verified" in said
    assert f"webhook-id: {newest_event(dev)}" in said
    assert status == 0


def test_a_wrong_secret_is_told(dev: Dev, tmp_path: Path) -> None:
    dev.call("POST", "/webhooks/secrets").raise_for_status()

    with listener(tmp_path / "log", "--secret", WRONG) as (url, _):
        listen_at(dev, url)
        make_customer(dev)

        wait_for(tmp_path / "log", "Omise signature WRONG, Standard Webhooks signature WRONG")


def test_without_a_secret_nothing_is_verified_and_that_is_said(tmp_path: Path) -> None:
    with listener(tmp_path / "log") as (url, _):
        requests.post(url, data=b"\x1b[2J not json", timeout=START_SECONDS_MAX).raise_for_status()
        said = wait_for(tmp_path / "log", "(no event)")

    assert "There is no secret to verify with" in said
    assert "Omise signature" not in said
    assert "\x1b" not in said


def test_a_secret_that_is_none_and_a_port_in_use_are_refused(tmp_path: Path) -> None:
    with listener(tmp_path / "log") as (url, _):
        port = url.split(":")[2].split("/")[0]
        taken = duerun("webhooks", "listen", "--port", port)
    secret = duerun("webhooks", "listen", DUERUN_CLIENT_WEBHOOK_SECRET="no base64!")

    assert (taken.returncode, secret.returncode) == (1, 1)
    assert f"127.0.0.1:{port} cannot be listened on" in taken.stderr
    assert "the secret must be base64" in secret.stderr


def test_an_event_that_failed_is_listed_and_sent_again(dev: Dev, tmp_path: Path) -> None:
    with listener(tmp_path / "log", "--fail", "1") as (url, _):
        listen_at(dev, url)
        make_customer(dev)
        wait_for(tmp_path / "log", "answered 500")
        event = newest_event(dev)
        failed = wait_until_listed(dev, event, "500")

        done = duerun("webhooks", "replay", event, "--data", dev.data)

        assert done.stdout == "1 queued: the engine delivers them now\n"
        wait_for(tmp_path / "log", "answered 200")
        arrived = wait_until_listed(dev, event, "200")
        assert event not in listed(dev, "--failed")
        duerun("webhooks", "replay", event, event, "--data", dev.data)
        wait_for(tmp_path / "log", "answered 200", times=2)

    assert failed[1:2] + failed[3:6] == ["customer.create", "pending", "1", "500"]
    assert failed[6].endswith("Z")
    assert arrived[3:7] == ["delivered", "1", "200", "-"]


def wait_until_listed(dev: Dev, event: str, status: str) -> list[str]:
    """The cells of a delivery once it has this status."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while (cells := listed(dev).get(event, []))[5:6] != [status]:
        assert time.monotonic() < deadline, cells
        time.sleep(0.05)
    return cells


def test_an_unknown_event_refuses_the_whole_replay(dev: Dev) -> None:
    listen_at(dev, "http://127.0.0.1:9/hooks")
    make_customer(dev)
    event = newest_event(dev)
    dsn = running_dsn(dev.data)
    assert dsn is not None
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "UPDATE webhook_deliveries SET state = 'given_up', next_at = NULL, error = 'over' WHERE event_id = %s",
            [event],
        )

    done = duerun("webhooks", "replay", event, "evnt_test_nobody", "--data", dev.data)

    assert done.stderr == "duerun: event evnt_test_nobody was not found\n"
    assert listed(dev, "--failed")[event][3] == "given_up"


def test_without_an_address_nothing_is_sent_again(dev: Dev) -> None:
    make_customer(dev)
    event = newest_event(dev)
    listen_at(dev, "")

    done = duerun("webhooks", "replay", event, "--data", dev.data)

    assert done.stderr == "duerun: the account has no webhook address\n"


@pytest.mark.parametrize("command", ["listen", "list", "replay"])
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(app, ["webhooks", command, "--help"])

    assert "Usage: " in done.output


def test_an_account_without_deliveries_says_so(dev: Dev) -> None:
    done = duerun("webhooks", "list", "--live", "--data", dev.data)

    assert done.stdout == "there are no deliveries\n"
