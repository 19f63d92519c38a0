"""How `duerun dev` ends, and how it begins again after a bad end."""

import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

import pytest
import requests

from duerun.cli.stopping import turn_away
from duerun.settings import DEV_PUBLIC_KEY
from dying import kill_all

from .conftest import START_SECONDS_MAX, Dev, duerun

DAYS = 150


def with_daily_schedules(dev: Dev, count: int) -> None:
    """Customers who pay every day, so that an advance takes its time."""
    card = {"name": "Mali", "number": "4242424242424242", "expiration_month": 12, "expiration_year": 2060}
    token = dev.call("POST", "/tokens", {"card": card}, key=DEV_PUBLIC_KEY).json()["id"]
    customer = dev.call("POST", "/customers", {"card": token}).json()["id"]
    for number in range(count):
        charge = {"customer": customer, "amount": 25_000 + number}
        dev.call("POST", "/schedules", {"every": 1, "period": "day", "charge": charge})


@pytest.mark.parametrize(
    "number",
    [pytest.param(signal.SIGTERM, id="SIGTERM"), pytest.param(signal.SIGINT, id="Ctrl-C")],
)
def test_a_signal_lets_requests_finish_and_leaves_no_postgres(
    start: Callable[[str], Dev], number: signal.Signals
) -> None:
    dev = start(f"ends-{number.name}")
    with_daily_schedules(dev, 2)
    answers: list[requests.Response] = []
    calling = threading.Thread(
        target=lambda: answers.append(dev.call("POST", "/clock/advance", {"days": DAYS}))
    )

    calling.start()
    time.sleep(0.3)
    under_way = calling.is_alive()
    status = dev.stop(number)
    calling.join(START_SECONDS_MAX)

    assert under_way, "the call was over before the signal came"
    assert [answer.status_code for answer in answers] == [200]
    assert answers[0].json()["occurrences"] >= DAYS
    assert status == 0
    assert dev.postgres() == []
    assert "Traceback" not in dev.said


def test_after_a_kill_of_the_whole_tree_everything_is_there_again(start: Callable[[str], Dev]) -> None:
    killed = start("killed")
    killed.call("POST", "/clock/advance", {"days": 10})
    customer = killed.call("POST", "/customers", {"email": "mali@example.com"}).json()["id"]

    kill_all((*killed.postgres(), killed.process.pid))
    killed.process.wait(START_SECONDS_MAX)
    again = start("killed")

    assert again.call("GET", f"/customers/{customer}").json()["email"] == "mali@example.com"
    assert again.call("GET", "/clock").json()["offset_seconds"] >= 10 * 86_400 - 5
    assert again.stop() == 0
    assert again.postgres() == []


def test_the_fixed_keys_are_let_in_again_at_the_next_start(start: Callable[[str], Dev]) -> None:
    dev = start("rolled")
    duerun("keys", "roll", "--minutes", "0", "--data", dev.data)
    refused = dev.call("GET", "/account").status_code
    dev.stop()

    again = start("rolled")

    assert refused == 401
    assert again.call("GET", "/account").status_code == 200
    assert duerun("account", "show", "--data", again.data).returncode == 0
    assert again.stop() == 0


def test_a_second_signal_stops_at_once(start: Callable[[str], Dev]) -> None:
    dev = start("forced")
    with_daily_schedules(dev, 2)
    calling = threading.Thread(target=lambda: _ignore_the_end(dev))

    calling.start()
    time.sleep(0.5)
    began = time.monotonic()
    dev.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    dev.stop(signal.SIGINT)
    calling.join(START_SECONDS_MAX)

    assert time.monotonic() - began < 5
    assert dev.postgres() == []


def _ignore_the_end(dev: Dev) -> None:
    try:
        dev.call("POST", "/clock/advance", {"days": 20_000})
    except requests.RequestException:
        return


def test_who_has_connected_is_answered_by_a_server_that_was_asked_to_stop(
    start: Callable[[str], Dev],
) -> None:
    dev = start("last-request")
    address = ("127.0.0.1", dev.port)
    with socket.create_connection(address, START_SECONDS_MAX) as waiting:
        dev.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "Stopping" in dev.said)
        wait_for(lambda: not _connects(address))
        waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b""
        while chunk := waiting.recv(4_096):
            answer += chunk

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in answer.lower()
    assert dev.process.wait(START_SECONDS_MAX) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can turn away who comes, and nobody else")
async def test_who_has_begun_to_connect_gets_through_to_a_server_that_turns_others_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # The server's side of a connection waits for the first bytes: the handshake is half done.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 10)
        listener.settimeout(START_SECONDS_MAX)
        with socket.create_connection(listener.getsockname(), START_SECONDS_MAX) as begun:
            await turn_away(listener)
            connects = _connects(listener.getsockname())
            begun.sendall(b"a request")
            accepted, _ = listener.accept()
            with accepted:
                received = accepted.recv(100)

    assert not connects
    assert received == b"a request"


def _connects(address: tuple[str, int]) -> bool:
    """False if it is refused, or nobody takes notice."""
    try:
        socket.create_connection(address, 0.5).close()
    except OSError:
        return False
    return True


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
