"""A client is told that its task has ended, with a token from its own token endpoint."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from duerun.domain.addresses import AllowList
from duerun.domain.errors import RejectedError
from duerun.gateways.outgoing import GuardedSender
from duerun.services import vop_clients, vop_notices
from duerun.services.unit import Runtime

from .conftest import Requester, ndjson, record

SECRET = "our secret there"


@dataclass
class Receiver:
    """A client's own server: a token endpoint and a receiver, which may fail a few times first."""

    port: int
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    failures: int = 0
    token: Any = "t0ken"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.calls.append((self.path, {name.lower(): text for name, text in self.headers.items()}, body))
            if self.path == "/token":
                self.answer(200, json.dumps({"access_token": found.token, "token_type": "Bearer"}).encode())
            elif found.failures:
                found.failures -= 1
                self.answer(503, b"")
            else:
                self.answer(204, b"")

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Receiver(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()


@pytest.fixture
async def reaching(runtime: Runtime) -> Any:
    """A runtime that may call this machine."""
    allow = AllowList.parse("127.0.0.0/8")
    sender = GuardedSender(allow)
    yield replace(runtime, webhooks=replace(runtime.webhooks, sender=sender, allow=allow))
    await sender.close()


async def told_at(runtime: Runtime, requester: Requester, receiver: Receiver) -> None:
    await vop_clients.tell_at(
        runtime,
        requester.client_id,
        f"{receiver.url}/done",
        token_uri=f"{receiver.url}/token",
        webhook_client_id="duerun here",
        secret=SECRET,
    )


async def deliver_all(runtime: Runtime, at: datetime | None = None) -> None:
    while await vop_notices.deliver(runtime, at or datetime.now(UTC)):
        pass


async def test_the_end_of_a_task_is_told_once_with_a_fresh_token(
    reaching: Runtime, requester: Requester, receiver: Receiver
) -> None:
    await told_at(reaching, requester, receiver)
    task_id = requester.accepted(ndjson([record()]))
    await requester.check_all()

    await deliver_all(reaching)
    await deliver_all(reaching, datetime.now(UTC) + timedelta(days=1))

    (token_path, token_headers, form), (path, headers, body) = receiver.calls
    user = base64.b64decode(token_headers["authorization"].removeprefix("Basic ")).decode()
    assert (token_path, form, user) == (
        "/token",
        b"grant_type=client_credentials",
        "duerun%20here:our%20secret%20there",
    )
    assert (path, headers["authorization"]) == ("/done", "Bearer t0ken")
    assert body == f'{{"taskId":"{task_id}","status":"PROCESSED"}}'.encode()


async def test_a_failed_file_is_told_with_its_detail(
    reaching: Runtime, requester: Requester, receiver: Receiver
) -> None:
    await told_at(reaching, requester, receiver)
    requester.accepted(b"")

    await deliver_all(reaching)

    told = json.loads(receiver.calls[-1][2])
    assert (told["status"], told["detail"]) == ("FAILED", "file contains no records")


async def test_a_receiver_that_fails_is_tried_again_and_given_up_after_three_days(
    reaching: Runtime, requester: Requester, receiver: Receiver
) -> None:
    await told_at(reaching, requester, receiver)
    receiver.failures = 1
    requester.accepted(b"")
    now = datetime.now(UTC)

    await deliver_all(reaching, now)
    await deliver_all(reaching, now + timedelta(seconds=30))
    assert len([path for path, _, _ in receiver.calls if path == "/done"]) == 1
    await deliver_all(reaching, now + timedelta(minutes=2))

    assert len([path for path, _, _ in receiver.calls if path == "/done"]) == 2
    assert await states(reaching, requester) == ["delivered"]


@pytest.mark.parametrize("token", [None, "", "two\r\nlines", 7])
async def test_a_token_that_cannot_stand_in_a_header_is_none(
    reaching: Runtime, requester: Requester, receiver: Receiver, token: Any
) -> None:
    await told_at(reaching, requester, receiver)
    receiver.token = token
    requester.accepted(b"")

    await deliver_all(reaching)

    assert [path for path, _, _ in receiver.calls] == ["/token"]
    assert await states(reaching, requester) == ["pending"]


async def test_a_client_that_wants_to_be_told_no_more_is_not(
    reaching: Runtime, requester: Requester, receiver: Receiver
) -> None:
    await told_at(reaching, requester, receiver)
    requester.accepted(b"")
    await vop_clients.tell_nowhere(reaching, requester.client_id)
    requester.accepted(b"")

    await deliver_all(reaching)

    assert receiver.calls == []
    assert await states(reaching, requester) == ["given_up"]


@pytest.mark.parametrize(
    "uri", ["http://example.com/x", "https://10.0.0.1/x", "ftp://example.com", "https://169.254.169.254/"]
)
async def test_an_inner_or_plain_address_is_refused(runtime: Runtime, requester: Requester, uri: str) -> None:
    with pytest.raises(RejectedError):
        await vop_clients.tell_at(
            runtime,
            requester.client_id,
            uri,
            token_uri="https://example.com/t",
            webhook_client_id="a",
            secret="b",
        )


async def states(runtime: Runtime, requester: Requester) -> list[str]:
    async with runtime.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT state FROM vop_notices JOIN vop_tasks ON vop_tasks.number = task_number "
            "JOIN vop_clients ON vop_clients.number = client_number WHERE client_id = %s",
            (requester.client_id,),
        )
        return [row["state"] for row in await cursor.fetchall()]
