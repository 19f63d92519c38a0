"""`python -m benchmarks.cost`: what one request costs a server in processor time, without a network, as JSON.

Processor time moves less than time on the wall: it tells of small changes on a busy machine as well.
"""

import asyncio
import json
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop

from benchmarks import seed
from duerun.assembly import build_application, build_runtime
from duerun.cli.hosting import look_seldom_for_garbage
from duerun.services import access
from duerun.settings import Settings
from duerun.storage.migrate import migrate
from duerun.storage.server import EmbeddedServer

REQUESTS = 500
WARM_UP = 50
SCHEDULES = 20
Send = Callable[[str, str, bytes], Awaitable[bytes]]


@asynccontextmanager
async def _face(dsn: str) -> AsyncIterator[Send]:
    """Sends requests to the application in this process, for a new account."""
    settings = Settings()
    runtime = build_runtime(settings, dsn)
    await runtime.database.open()
    now = datetime.now(UTC)
    account_id = await access.create_account(runtime, email="bench@example.com", country="TH", now=now)
    keys = await access.create_keys(runtime, account_id, livemode=False, now=now)
    await asyncio.to_thread(seed.customers, dsn, account_id, 1)
    app = build_application(runtime, settings)
    basic = b64encode(f"{keys.secret}:".encode())

    async def send(method: str, target: str, body: bytes = b"") -> bytes:
        path, _, query = target.partition("?")
        headers = {b"host": b"127.0.0.1", b"authorization": b"Basic " + basic}
        if body:
            headers |= {b"content-type": b"application/json", b"content-length": f"{len(body)}".encode()}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": list(headers.items()),
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "scheme": "http",
            "root_path": "",
        }
        told: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def answer(message: Any) -> None:
            told.append(message)

        await app(scope, receive, answer)
        if told[0]["status"] != 200:
            raise RuntimeError(f"{method} {target}: {told[0]['status']} {told[1]['body'][:200]!r}")
        return bytes(told[1]["body"])

    try:
        yield send
    finally:
        await runtime.database.close()


def _creation() -> bytes:
    day = datetime.now(UTC).date() + timedelta(days=40)
    charge = {"customer": seed.customer_id(1), "amount": 100_000}
    rule = {"every": 1, "period": "month", "on": {"days_of_month": [1]}}
    return json.dumps({**rule, "start_date": f"{day}", "end_date": "2099-12-31", "charge": charge}).encode()


async def _microseconds(call: Callable[[], Awaitable[bytes]]) -> int:
    for _ in range(WARM_UP):
        await call()
    began = time.process_time()
    for _ in range(REQUESTS):
        await call()
    return round((time.process_time() - began) * 1e6 / REQUESTS)


async def measure(dsn: str) -> dict[str, int]:
    """Microseconds of processor time by request."""
    async with _face(dsn) as send:
        for _ in range(SCHEDULES):
            await send("POST", "/schedules", _creation())
        page = json.loads(await send("GET", "/schedules?limit=20", b""))
        one = page["data"][0]["location"]
        return {
            "page_of_20_schedules": await _microseconds(lambda: send("GET", "/schedules?limit=20", b"")),
            "one_schedule": await _microseconds(lambda: send("GET", one, b"")),
            "account": await _microseconds(lambda: send("GET", "/account", b"")),
            "create_schedule": await _microseconds(lambda: send("POST", "/schedules", _creation())),
        }


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="duerun-bench-") as folder:
        Path(folder).chmod(0o755)  # root's database runs as another user, who must be able to enter
        with EmbeddedServer.start(Path(folder)) as server:
            migrate(server.dsn)
            look_seldom_for_garbage()
            told = uvloop.run(measure(server.dsn))
    sys.stdout.write(json.dumps({"unit": "microseconds of processor time", **told}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
