"""What a page of schedules, and the making of one, cost at least over HTTP: a bare ASGI application over the tables.

No key is looked up, nothing is validated, and no limit, version or mode is looked at. It is started by
`python -m benchmarks.limits.asgi DSN PORT`.
"""

import secrets
import sys
from typing import Any

import msgspec
import uvicorn
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

PAGE = """
SELECT id, kind, terms_id, every, period, on_text, start_on, end_on, state, customer_id, card_id, default_card,
  amount_minor, currency, description, metadata, created_at
FROM schedules WHERE account_id = 1 AND NOT livemode ORDER BY created_at LIMIT 20
"""
INSERT = """
WITH made AS (
  INSERT INTO schedules (id, account_id, livemode, kind, terms_id, every, period, on_text, start_on, end_on,
    customer_id, default_card, amount_minor, currency, created_at)
  VALUES ('schd_test_' || %(tail)s, 1, false, 'charge', 'rchg_test_' || %(tail)s, %(every)s, %(period)s, '1',
    %(start_date)s, %(end_date)s, %(customer)s, true, %(amount)s, 'THB', now())
  RETURNING *
), planned AS (
  INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, created_at)
  SELECT 'occu_test_' || %(tail)s, 1, false, id, 'charge', start_on, start_on, now() FROM made
), told AS (
  INSERT INTO events (id, account_id, livemode, key, object_id, api_version, created_at)
  SELECT 'evnt_test_' || %(tail)s, 1, false, 'schedule.create', id, '2019-05-29', now() FROM made
)
SELECT * FROM made
"""
HEADERS = [(b"content-type", b"application/json; charset=utf-8")]


class Bare:
    """One page at GET, one schedule at POST."""

    def __init__(self, dsn: str) -> None:
        self._pool = AsyncConnectionPool(
            dsn, min_size=4, max_size=20, open=False, kwargs={"row_factory": dict_row, "autocommit": True}
        )
        self._encode = msgspec.json.Encoder().encode

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await self._pool.open()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self._pool.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        body += message.get("body", b"")
        text = await (self._make(body) if scope["method"] == "POST" else self._page())
        length = (b"content-length", str(len(text)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]})
        await send({"type": "http.response.body", "body": text})

    async def _page(self) -> bytes:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(PAGE)).fetchall()
        return self._encode({"object": "list", "data": rows})

    async def _make(self, body: bytes) -> bytes:
        asked = msgspec.json.decode(body)
        charge = asked["charge"]
        values = {**asked, **charge, "tail": secrets.token_hex(10)[:19]}
        values.pop("charge")
        values.pop("on")
        async with self._pool.connection() as connection:
            row = await (await connection.execute(INSERT, values)).fetchone()
        return self._encode(dict(row) if row else {})


if __name__ == "__main__":
    dsn, port = sys.argv[1:]
    uvicorn.run(Bare(dsn), port=int(port), log_level="warning", access_log=False)
