"""A merchant with daily schedules, and a gateway whose ledger tells what was really sent."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests

from processor import Book
from upgrade.processes import VirtualClock

WAIT_SECONDS_MAX = 180.0
ANSWER_SECONDS_MAX = 60.0
QUIET_SECONDS = 3.0
SCHEDULES = 6
WRITES = 3
READS = ("/account", "/customers", "/schedules", "/charges")
DAY = timedelta(days=1)


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@dataclass
class Shop:
    """A server, its keys, the clock of its processes, and the ledger."""

    url: str
    public: str
    secret: str
    clock: VirtualClock
    book: Book
    days: int = 0

    def call(self, method: str, path: str, body: Any = None, *, key: str = "") -> requests.Response:
        return requests.request(
            method, self.url + path, json=body, auth=(key or self.secret, ""), timeout=ANSWER_SECONDS_MAX
        )

    def furnish(self) -> None:
        """Some schedules that pay daily from the next day on."""
        card = {"name": "Mali", "number": "4242424242424242", "expiration_month": 12, "expiration_year": 2060}
        token = self.call("POST", "/tokens", {"card": card}, key=self.public).json()["id"]
        customer = self.call("POST", "/customers", {"card": token}).json()["id"]
        day = str((self.clock.now() + DAY).date())
        for number in range(SCHEDULES):
            charge = {"customer": customer, "amount": 20_000 + number}
            rule = {"every": 1, "period": "day", "start_date": day, "end_date": "2050-01-01"}
            assert self.call("POST", "/schedules", rule | {"charge": charge}).ok

    def next_day(self) -> None:
        self.clock.step(DAY)
        self.days += 1

    def is_ready(self, url: str = "") -> bool:
        return requests.get(f"{url or self.url}/readyz", timeout=ANSWER_SECONDS_MAX).ok

    def reasons(self, url: str = "") -> list[str]:
        """The codes of the reasons not to be ready."""
        answer = requests.get(f"{url or self.url}/readyz", timeout=ANSWER_SECONDS_MAX)
        return [each["code"] for each in answer.json()["reasons"]]

    def reads(self) -> Counter[int]:
        return self._at_once([("GET", path, None) for path in READS])

    def writes(self) -> Counter[int]:
        return self._at_once([("POST", "/customers", {"email": f"{n}@example.com"}) for n in range(WRITES)])

    def _at_once(self, calls: list[tuple[str, str, Any]]) -> Counter[int]:
        with ThreadPoolExecutor(len(calls)) as callers:
            return Counter(callers.map(self._status, calls))

    def _status(self, call: tuple[str, str, Any]) -> int:
        answer = self.call(*call)
        if answer.status_code != 200:
            assert answer.json()["code"] == "service_unavailable"
            assert int(answer.headers["Retry-After"]) > 0
        return answer.status_code

    def effects(self) -> Counter[tuple[str, int]]:
        """What the ledger has, by reference and attempt."""
        with self.book.lock:
            return Counter((each.request["reference"], each.request["attempt"]) for each in self.book.effects)

    def is_quiet(self) -> bool:
        """Whether nothing is sent for a while."""
        before = self.effects()
        time.sleep(QUIET_SECONDS)
        return self.effects() == before

    def wait_until_paid(self) -> None:
        """Each schedule once for each day, by the ledger."""
        wait_for(lambda: len(self.effects()) >= SCHEDULES * self.days, "what was due is not sent")
        assert set(self.effects().values()) == {1}
        assert len(self.effects()) == SCHEDULES * self.days
        assert (self.book.conflicts, self.book.complaints) == ([], [])
