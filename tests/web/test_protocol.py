"""What the HTTP layer refuses by itself, seen from a raw connection to a real server."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from duerun.domain.errors import RejectedError
from duerun.web.omise.errors import error_response
from duerun.web.protocol import DuerunHttpProtocol
from duerun.web.wire import read_params


class HastyProtocol(DuerunHttpProtocol):
    """Waits a short time for the head of a request."""

    location_base = "https://pay.example/errors"
    head_seconds_max = 0.2


class AnnouncedServer(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()


async def echo(request: Request) -> Response:
    try:
        params = await read_params(request)
    except RejectedError as error:
        return error_response(error)
    return JSONResponse({"params": params, "headers": len(request.headers)})


async def slow(request: Request) -> Response:
    await asyncio.sleep(0.3)
    return JSONResponse({"slow": True})


def server_of(protocol: type[DuerunHttpProtocol], *, limit_concurrency: int | None = None) -> AnnouncedServer:
    application = Starlette(
        routes=[
            Route("/", echo, methods=["GET", "POST"]),
            Route("/slow", slow, methods=["GET", "POST"]),
        ]
    )
    config = uvicorn.Config(
        application, host="127.0.0.1", port=0, http=protocol, ws="none", lifespan="off", log_level="critical",
        limit_concurrency=limit_concurrency, timeout_graceful_shutdown=2,
    )  # fmt: skip
    return AnnouncedServer(config)


async def serve(server: AnnouncedServer) -> AsyncIterator[int]:
    """Run the server inside the test's loop and yield its port."""
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        await server.listening.wait()
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    async for number in serve(server_of(DuerunHttpProtocol)):
        yield number


@pytest.fixture(scope="module")
async def hasty_port() -> AsyncIterator[int]:
    async for number in serve(server_of(HastyProtocol, limit_concurrency=1)):
        yield number


async def talk(port: int, *pieces: bytes, half_close: bool = False) -> bytes:
    """Send the pieces, wait for the server to close the connection, return all it said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0.02)
    if half_close:
        writer.write_eof()
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


def error_of(answer: bytes) -> tuple[str, dict[str, str]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"\r\ncontent-type: application/json; charset=utf-8" in head.lower()
    assert b"\r\nconnection: close" in head.lower()
    assert b"\r\nx-request-id: " in head.lower()
    assert f"content-length: {len(body)}".encode() in head.lower()
    return head.split(b"\r\n")[0].decode(), json.loads(body)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"nonsense\r\n\r\n", id="no request line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost x\r\n\r\n", id="header without a colon"),
        pytest.param(b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", id="raw bytes in the path"),
        pytest.param(b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", id="content length no number"),
        pytest.param(b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", id="two lengths"),
        pytest.param(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="broken chunk"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", id="TLS on a plain port"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP/2"),
    ],
)
async def test_an_unreadable_request_gets_the_error_object(port: int, raw: bytes) -> None:
    status, error = error_of(await talk(port, raw))

    assert status == "HTTP/1.1 400 Bad Request"
    assert error == {
        "object": "error",
        "location": "https://www.omise.co/api-errors#bad-request",
        "code": "bad_request",
        "message": "request is not valid HTTP",
    }


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 101 + b"\r\n"], id="too many headers"),
        pytest.param([b"GET / HTTP/1.1\r\nX: " + b"y" * 66_000 + b"\r\n\r\n"], id="too large a header"),
        pytest.param([b"GET /" + b"a" * 66_000], id="too long a path"),
        pytest.param([b"GET / HTTP/1.1\r\nX: ", *[b"y" * 30_000] * 4], id="header that never ends"),
    ],
)
async def test_a_large_head_is_refused(port: int, pieces: list[bytes]) -> None:
    status, error = error_of(await talk(port, *pieces))

    assert status == "HTTP/1.1 400 Bad Request"
    assert error["message"] == "request head is too large"


async def test_trailers_are_dropped_and_bounded(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n"

    answer = await talk(port, head + b"X-Late: 1\r\n\r\n")
    endless = await talk(port, head + b"X-Late: 1\r\n" * 200)

    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"params": {"a": "1"}, "headers": 2}
    assert error_of(endless)[1]["message"] == "request head is too large"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"GET / HT", id="in the request line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n", id="in the headers"),
        pytest.param(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\na=1", id="in the body"),
    ],
)
async def test_a_request_that_is_cut_off_is_told_so(port: int, raw: bytes) -> None:
    _, error = error_of(await talk(port, raw, half_close=True))

    assert error["message"] == "request is cut off"


async def test_a_whole_request_is_answered_after_the_client_stopped_sending(port: int) -> None:
    answer = await talk(port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", half_close=True)

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b'{"slow":true}')


async def test_nonsense_behind_a_whole_request_does_not_take_its_answer(port: int) -> None:
    answer = await talk(port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", b"nonsense\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.count(b"HTTP/1.1") == 1


async def test_a_client_that_waits_for_100_continue_gets_it(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"

    answer = await talk(port, head, b"a=1")

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


async def test_a_head_that_does_not_arrive_is_not_awaited_for_ever(hasty_port: int) -> None:
    silent = await talk(hasty_port)
    _, error = error_of(await talk(hasty_port, b"GET / HTTP/1.1\r\n"))

    assert silent == b""
    assert error["message"] == "request head did not arrive in time"
    assert error["location"] == "https://pay.example/errors#bad-request"


async def test_a_full_server_answers_503_with_the_error_object(hasty_port: int) -> None:
    request = b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    first, second = await asyncio.gather(talk(hasty_port, request), talk(hasty_port, request))

    refused = error_of(first if b" 503 " in first else second)
    assert refused[0] == "HTTP/1.1 503 Service Unavailable"
    assert refused[1]["code"] == "service_unavailable"


@pytest.mark.parametrize(
    "cut", [0, 30, 100, 140], ids=["one piece", "in the head", "at its end", "in the body"]
)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"Content-Length: 10\r\n\r\namount=100", id="length"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\na\r\namount=100\r\n0\r\n\r\n", id="chunks"),
    ],
)
async def test_a_wish_for_another_protocol_does_not_lose_the_body(port: int, body: bytes, cut: int) -> None:
    first = (
        b"POST / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"
        + body
    )
    second = b"GET /?b=2 HTTP/1.1\r\nConnection: close\r\n\r\n"
    raw = first + second

    answer = await talk(port, raw[:cut], raw[cut:])

    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert b'{"params":{"amount":"100"}' in answer
    assert b'{"params":{"b":"2"}' in answer


async def test_many_wishes_in_one_piece_are_all_declined(port: int) -> None:
    wish = b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

    answer = await talk(port, wish * 1_500 + b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")

    assert answer.count(b"HTTP/1.1 200 OK") == 1_501
