"""A receiver of webhooks on this machine, for a person who watches: what arrives, and whether it is genuine."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from duerun.cli.stopping import Stop
from duerun.cli.terminal import note, tell
from duerun.clock import Clock, SystemClock
from duerun.domain.errors import RejectedError
from duerun.domain.webhook_checks import verify_omise, verify_standard

HOST = "127.0.0.1"
EVENT_BYTES_MAX = 8 * 2**20
SHOWN_CHARACTERS_MAX = 300
CLOSE_SECONDS_MAX = 1.0
SHOWN_HEADERS = (
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "omise-signature-timestamp",
    "omise-signature",
    "x-omise-signature",
    "content-type",
    "user-agent",
)
UNVERIFIED = (
    "There is no secret to verify with: give --secret or DUERUN_CLIENT_WEBHOOK_SECRET, "
    "as POST /webhooks/secrets answered it."
)


@dataclass
class Receiver:
    """Answers 500 to the first `failures` events and 200 to all others; tells each one."""

    key: bytes | None
    failures: int = 0
    clock: Clock = SystemClock()

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        status = 500 if self.failures else 200
        self.failures = max(self.failures - 1, 0)
        for line in told(headers, body, status=status, key=self.key, now=self.clock.now()):
            tell(line)
        return web.Response(status=status)


def told(
    headers: Mapping[str, str], body: bytes, *, status: int, key: bytes | None, now: datetime
) -> list[str]:
    """The lines about one event."""
    event_key, object_id = _named(body)
    moment = now.astimezone(UTC)
    lines = [f"{moment:%H:%M:%S}  {event_key}  {object_id}  answered {status}"]
    if key is not None:
        omise, standard = (verify(headers, body, key, now) for verify in (verify_omise, verify_standard))
        lines.append(f"          Omise signature {omise}, Standard Webhooks signature {standard}")
    lines += [f"          {name}: {_shown(headers[name])}" for name in SHOWN_HEADERS if name in headers]
    return lines


def _named(body: bytes) -> tuple[str, str]:
    """The key of an event and the id of its object, as far as they can be read."""
    try:
        event = json.loads(body)
        return _shown(str(event["key"])), _shown(str(event["data"]["id"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return "(no event)", "-"


def _shown(text: str) -> str:
    """Text from outside: nothing that moves a terminal's cursor, and of a bounded length."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text[:SHOWN_CHARACTERS_MAX])
    return plain + ("..." if len(text) > SHOWN_CHARACTERS_MAX else "")


async def listen(receiver: Receiver, port: int) -> None:
    """Receive until somebody asks to stop. Raises `RejectedError` for a port that cannot be had."""
    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        raise RejectedError(f"{HOST}:{port} cannot be listened on: {error.strerror or error}") from error
    stop = Stop()
    app = web.Application(client_max_size=EVENT_BYTES_MAX)
    app.router.add_post("/{path:.*}", receiver.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_SECONDS_MAX)
    with stop.on_signals():
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            tell(f"Listens at http://{HOST}:{port}/ (Ctrl-C stops it)")
            if receiver.key is None:
                note(UNVERIFIED)
            await stop.asked.wait()
        finally:
            await runner.cleanup()
