"""localstripe, a server that stands in for Stripe in tests: its subscriptions, listed and made over HTTP.

It keeps all in memory and writes nothing down that a crash would leave.
"""

import json
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks import load
from benchmarks.bulk import free_port
from benchmarks.others import installed

PACKAGES = ("localstripe==1.15.10",)
START_SECONDS_MAX = 30
KEY = {"Authorization": f"Basic {b64encode(b'sk_test_12345:').decode()}"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2060", "cvc": "123"}


@dataclass(frozen=True, slots=True)
class Localstripe:
    """A running one with one customer and one monthly plan."""

    port: int
    customer: str

    def page(self) -> bytes:
        """The bytes of a request for a page of 20 subscriptions."""
        return load.request("GET", "/v1/subscriptions?limit=20", KEY)

    def creation(self) -> bytes:
        """The bytes of a request for one subscription more."""
        body = urllib.parse.urlencode({"customer": self.customer, "items[0][plan]": "monthly"})
        return load.request("POST", "/v1/subscriptions", KEY | FORM, body.encode())


@contextmanager
def running() -> Iterator[Localstripe]:
    """Start one, empty but for a customer; raises `NotInstalledError`."""
    program = installed("localstripe", PACKAGES) / "bin" / "localstripe"
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="duerun-bench-") as folder:
        process = subprocess.Popen(
            [str(program), "--port", str(port), "--from-scratch"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Localstripe(port, _customer(port))
        finally:
            process.terminate()
            process.wait(30)


def _customer(port: int) -> str:
    plan = {"id": "monthly", "name": "monthly", "amount": 100_000, "currency": "thb", "interval": "month"}
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            _post(port, "plans", plan)
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    token = _post(port, "tokens", {f"card[{name}]": text for name, text in CARD.items()})
    return str(_post(port, "customers", {"source": token["id"]})["id"])


def _post(port: int, path: str, given: dict[str, Any]) -> Any:
    body = urllib.parse.urlencode(given).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/{path}", body, KEY | FORM)
    with urllib.request.urlopen(request, timeout=START_SECONDS_MAX) as answer:  # noqa: S310 - our own
        return json.load(answer)
