"""A caller of the public API who does not give up: each call goes on under one Idempotency-Key until it is answered."""

import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

ANSWER_SECONDS_MAX = 15
PATIENCE_SECONDS = 400
REST_SECONDS = 0.2
IN_THE_WAY = (429, 500, 502, 503, 504)


class RefusedError(Exception):
    """The API refused a call for good."""


class Caller:
    """Calls the servers in turn; `troubles` counts what came in place of an answer.

    While there is no file `calm`, a storm rages, and nobody loses patience.
    """

    def __init__(self, urls: Sequence[str], calm: Path) -> None:
        self._urls, self._turn, self._calm = urls, itertools.count(), calm
        self._sessions = threading.local()
        self.troubles: Counter[str] = Counter()

    def call(
        self,
        method: str,
        path: str,
        key: str,
        body: Any = None,
        *,
        file: bytes | None = None,
        keyed: bool = True,
    ) -> Any:
        """The object that is answered in the end; text where it is none. `keyed` sends an Idempotency-Key."""
        headers = {"Idempotency-Key": str(uuid4())} if keyed and method != "GET" else {}
        answer = self._settled(method, path, key, body, file, headers)
        if answer.status_code != 200:
            raise RefusedError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return json.loads(answer.content) if is_json else answer.text

    def pages(self, path: str, key: str) -> list[Any]:
        """All entries of a list."""
        found: list[Any] = []
        sign = "&" if "?" in path else "?"
        while True:
            page = self.call("GET", f"{path}{sign}limit=100&offset={len(found)}&order=chronological", key)
            found += page["data"]
            if not page["data"] or len(found) >= page["total"]:
                return found

    def _settled(
        self, method: str, path: str, key: str, body: Any, file: bytes | None, headers: dict[str, str]
    ) -> requests.Response:
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = self._once(method, path, key, body, file, headers)
            if answer is not None and not _is_in_the_way(answer):
                return answer
            self.troubles["no answer" if answer is None else str(answer.status_code)] += 1
            if not self._calm.exists():
                ends_at = time.monotonic() + PATIENCE_SECONDS
            elif time.monotonic() > ends_at:
                raise TimeoutError(f"{method} {path} had no answer in {PATIENCE_SECONDS} s")
            time.sleep(REST_SECONDS)

    def _once(
        self, method: str, path: str, key: str, body: Any, file: bytes | None, headers: dict[str, str]
    ) -> requests.Response | None:
        url = self._urls[next(self._turn) % len(self._urls)] + path
        files = {"file": ("members.csv", file, "text/csv")} if file is not None else None
        try:
            return self._session().request(
                method,
                url,
                json=body,
                files=files,
                headers=headers,
                auth=(key, ""),
                timeout=ANSWER_SECONDS_MAX,
            )
        except requests.RequestException:
            return None

    def _session(self) -> requests.Session:
        if not hasattr(self._sessions, "session"):
            self._sessions.session = requests.Session()
        session: requests.Session = self._sessions.session
        return session


def _is_in_the_way(answer: requests.Response) -> bool:
    """Whether the call is to be made again; 409 with a time tells that the first one still runs."""
    return answer.status_code in IN_THE_WAY or (answer.status_code == 409 and "Retry-After" in answer.headers)
