"""Callers that read and write all the time; each answer is kept."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

READS = (
    "/account",
    "/balance",
    "/charges?limit=5",
    "/customers?limit=5",
    "/schedules?limit=20",
    "/events?limit=5",
)
PAUSE_SECONDS_MAX = 0.05
ANSWER_SECONDS_MAX = 60.0
FIRST_AMOUNT = 50_000


@dataclass
class Callers:
    """Some threads that call one address until they are told to stop. A connection serves one request.

    A call whose connection is cut is made again, as it was, under the same key.
    """

    url: str
    key: str
    customer: str
    threads: int = 3
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    cuts: int = 0
    charges: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _running: list[threading.Thread] = field(default_factory=list)
    _amounts: int = FIRST_AMOUNT

    def __enter__(self) -> "Callers":
        for number in range(self.threads):
            thread = threading.Thread(target=self._call_on, args=(number,), daemon=True)
            self._running.append(thread)
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._running:
            thread.join(ANSWER_SECONDS_MAX)

    def _call_on(self, number: int) -> None:
        dice = random.Random(number)  # noqa: S311 - what is called next
        while not self._stop.wait(dice.uniform(0, PAUSE_SECONDS_MAX)):
            chosen = dice.random()
            if chosen < 0.5:
                self._call("GET", dice.choice(READS))
            elif chosen < 0.7:
                self._call(
                    "PATCH", f"/customers/{self.customer}", {"description": f"seen {self._amounts} times"}
                )
            else:
                self._charge()

    def _charge(self) -> None:
        with self._lock:
            self._amounts += 1
            amount = self._amounts
        body = {"amount": amount, "currency": "thb", "customer": self.customer}
        made = self._call("POST", "/charges", body, {"Idempotency-Key": f"charge-{amount}"})
        if made is not None:
            with self._lock:
                self.charges[made["id"]] = amount

    def _call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        answer = self._answer(method, path, body, {"Connection": "close", **(headers or {})})
        with self._lock:
            self.statuses[answer.status_code] += 1
            if answer.status_code != 200:
                told = f"{method} {path.partition('?')[0]}"
                self.failures.append(f"{told}: {answer.status_code} {answer.text}")
        return answer.json() if answer.ok else None

    def _answer(self, method: str, path: str, body: Any, headers: dict[str, str]) -> requests.Response:
        while True:
            try:
                return requests.request(
                    method,
                    self.url + path,
                    json=body,
                    auth=(self.key, ""),
                    headers=headers,
                    timeout=ANSWER_SECONDS_MAX,
                )
            except requests.ConnectionError:
                with self._lock:
                    self.cuts += 1
