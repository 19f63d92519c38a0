"""uvicorn's HTTP protocol, with error objects for what it refuses by itself and with limits on the head.

Source: the wire specification, 1.1 (errors made by the HTTP layer itself).
"""

import asyncio
from typing import Any

import httptools
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from duerun.domain.errors import UnavailableError
from duerun.web.omise.errors import LOCATION_BASE, error_body, error_headers, error_response
from duerun.web.vop import face as vop_edge
from duerun.web.vop.errors import cut_off_response

HEAD_BYTES_MAX = 64 * 1024
HEAD_FIELDS_MAX = 100
HEAD_SECONDS_MAX = 30
# How long a server that ends waits for a request on a connection that was opened for one.
LAST_REQUEST_SECONDS_MAX = 5.0


class DuerunHttpProtocol(HttpToolsProtocol):
    """One connection. A request that cannot be read is answered 400, and the connection is closed.

    `uvicorn.Config(app, http=DuerunHttpProtocol)` uses it; a subclass may set another `location_base`.
    """

    location_base = LOCATION_BASE
    head_seconds_max: float = HEAD_SECONDS_MAX

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._application = self.app
        self._connections_max, self.limit_concurrency = self.limit_concurrency, None
        self._in_head = True
        self._heads = 0
        self._head_bytes = 0
        self._head_fields = 0
        self._head_deadline: asyncio.TimerHandle | None = None
        self._complaint = "request is not valid HTTP"
        self._resuming = False
        self._ending = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_awaiting_head()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server ends. Whoever has connected, or begun to ask, is answered once; an idle connection is closed."""
        self._ending = True
        if self._in_head:
            self.loop.call_later(LAST_REQUEST_SECONDS_MAX, self._end_unasked)
        else:
            super().shutdown()

    def _end_unasked(self) -> None:
        if self._in_head:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        heads = self._heads
        self._unset_keepalive_if_required()
        self._feed(data)
        # The parser hands on a header when it is whole. Until then only the bytes tell how long it grows.
        if self._in_head and heads == self._heads and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX:
                self._refuse("request head is too large")

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client sends no more: an open request is cut off, a whole one still gets its answer."""
        if self._answers_whole_request():
            self.cycle.keep_alive = False
            return True
        self._refuse("request is cut off")
        return False

    def on_message_begin(self) -> None:
        if self._resuming:
            return
        super().on_message_begin()
        self._heads += 1
        self._in_head = True
        self._head_bytes = 0
        self._head_fields = 0
        self._await_head()

    def on_url(self, url: bytes) -> None:
        if self._resuming:
            return
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header. A trailer, which follows the body, is counted and dropped."""
        if self._resuming:
            return
        self._head_fields += 1
        self._count_head(len(name) + len(value))
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._resuming:
            return
        full = self._connections_max is not None and len(self.connections) > self._connections_max
        self.app = self._answer_busy if full else self._application
        super().on_headers_complete()
        if self._ending:
            self.cycle.keep_alive = False
        self._in_head = False
        self._stop_awaiting_head()

    def on_message_complete(self) -> None:
        if not (self.parser.should_upgrade() and self._body_fields()):
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser could not read, in words of our own."""
        self._refuse(self._complaint)

    def _feed(self, data: bytes) -> None:
        try:
            while data:
                data = self._feed_until_upgrade(data)
        except httptools.HttpParserError:
            self._refuse(self._complaint)

    def _feed_until_upgrade(self, data: bytes) -> bytes:
        """Parse up to a head that wishes for another protocol, and return what is behind it.

        Common clients send that wish with each first request (`Upgrade: h2c`). It is declined: HTTP/1.1 goes on.
        """
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._renew_parser()
            return data[upgrade.args[0] :]
        return b""

    def _renew_parser(self) -> None:
        """Replace the parser, which takes the body for the other protocol, by one that expects the body."""
        fields = self._body_fields()
        self.parser = httptools.HttpRequestParser(self)
        if fields:
            lines = [name + b": " + value + b"\r\n" for name, value in fields]
            self._resuming = True
            self.parser.feed_data(b"".join([b"POST / HTTP/1.1\r\n", *lines, b"\r\n"]))
            self._resuming = False

    def _body_fields(self) -> list[tuple[bytes, bytes]]:
        """The headers that tell where the body ends."""
        return [
            (name, value)
            for name, value in self.headers
            if name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0"))
        ]

    def _refuse(self, message: str) -> None:
        """Answer 400 and close; a whole request that came before still gets its own answer, and nothing else."""
        self._stop_awaiting_head()
        if self._answers_whole_request():
            self.cycle.keep_alive = False
            return
        if self._may_answer():
            self.transport.write(self._refusal(message))
        self.transport.close()
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _answers_whole_request(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body

    def _may_answer(self) -> bool:
        """Whether the client waits for an answer that has not begun."""
        return self._heads > 0 if self._in_head else not self.cycle.response_started

    def _refusal(self, message: str) -> bytes:
        path = self.url.partition(b"?")[0].decode("latin-1") if self._heads else ""
        if vop_edge.owns(path):
            answer = cut_off_response(message, path)
            body, headers = bytes(answer.body), dict(answer.headers)
        else:
            body = error_body("bad_request", message, location_base=self.location_base)
            headers = error_headers()
        headers = {name.title(): text for name, text in headers.items()}
        headers |= {"Content-Length": str(len(body)), "Connection": "close"}
        lines = ["HTTP/1.1 400 Bad Request", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    async def _answer_busy(self, scope: Scope, receive: Receive, send: Send) -> None:
        await error_response(UnavailableError(), location_base=self.location_base)(scope, receive, send)

    def _count_head(self, length: int) -> None:
        self._head_bytes += length
        if self._head_bytes > HEAD_BYTES_MAX or self._head_fields > HEAD_FIELDS_MAX:
            self._complaint = "request head is too large"
            raise ValueError(self._complaint)

    def _await_head(self) -> None:
        self._stop_awaiting_head()
        self._head_deadline = self.loop.call_later(
            self.head_seconds_max, self._refuse, "request head did not arrive in time"
        )

    def _stop_awaiting_head(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None
