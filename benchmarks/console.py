"""Each page of the console over an account with many schedules: how long it takes, and how large it is."""

import http.client
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg

from benchmarks import seed
from benchmarks.bulk import Dev, dev
from benchmarks.forecast import CUSTOMERS_MAX, DUE, SCHEDULES
from duerun.web.console.routes import PAGES

CALLS = 20
WARM_UP = 3
SCHEDULE = "schd_test_0000000000000000001"
EXTRA = (
    f"/console/schedules/{SCHEDULE}",
    f"/console/schedules/{SCHEDULE}/edit",
    "/console/schedules?kind=charge&state=active",
    "/console/schedules?state=suspended",
    "/console/schedules?q=nothing-like-this",
    f"/console/schedules?q={SCHEDULE}",
    "/console/schedules/new",
    f"/console/schedules/new?for={seed.customer_id(1)}",
    f"/console/customers/{seed.customer_id(1)}",
    "/console/customers?q=nothing-like-this",
    "/console/today/live",
)
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class _Browser:
    """One connection that keeps its cookies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self._cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = self._connection.getresponse()
        for told in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = told.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, answer.read().decode()

    def sign_in(self) -> None:
        _, page = self.ask("GET", "/console/sign-in")
        found = _CSRF.search(page)
        if found is None:
            raise RuntimeError("the page of the sign-in has no form")
        status, _ = self.ask("POST", "/console/sign-in/at-once", {"csrf": found[1]})
        if status != 303:
            raise RuntimeError(f"nobody signed in: {status}")


def run(schedules: int) -> dict[str, Any]:
    """The slowest page's 95th of a hundred, in milliseconds, and each page's with its bytes."""
    with dev() as running:
        _fill(running, schedules)
        browser = _Browser(running.port)
        browser.sign_in()
        pages = {path: _measured(browser, path) for path in _paths()}
    slowest = max(pages, key=lambda path: pages[path]["p95"])
    return {
        "p95_milliseconds": pages[slowest]["p95"],
        "slowest": slowest,
        "kilobytes_max": max(each["kilobytes"] for each in pages.values()),
        "schedules": schedules,
        "pages": pages,
    }


def _fill(running: Dev, count: int) -> None:
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        row = connection.execute("SELECT id FROM accounts").fetchone()
        account = row[0] if row else 0
        seed.customers(running.dsn, account, min(count, CUSTOMERS_MAX))
        values = {"account": account, "count": count, "customers": min(count, CUSTOMERS_MAX)}
        connection.execute(SCHEDULES, values)
        connection.execute(DUE)
        connection.execute("VACUUM ANALYZE schedules, occurrences")


def _paths() -> list[str]:
    labelled = [page.path for page in PAGES if page.label and page.method == "GET"]
    ahead = datetime.now(UTC) + timedelta(days=31)
    return [*labelled, *EXTRA, f"/console/calendar?month={ahead:%Y-%m}"]


def _measured(browser: _Browser, path: str) -> dict[str, float]:
    taken, size = [], 0
    for number in range(WARM_UP + CALLS):
        started = time.perf_counter()
        status, text = browser.ask("GET", path)
        seconds = time.perf_counter() - started
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        if number >= WARM_UP:
            taken.append(seconds * 1000)
        size = max(size, len(text.encode()))
    taken.sort()
    return {
        "p50": round(taken[len(taken) // 2], 1),
        "p95": round(taken[len(taken) * 95 // 100], 1),
        "kilobytes": round(size / 1000, 1),
    }
