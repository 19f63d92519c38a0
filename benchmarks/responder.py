"""`python -m benchmarks.responder PORT MILLISECONDS`: a PSP that matches every name after a while, or never answers."""

import asyncio
import sys
from collections.abc import Callable

import uvloop

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n"
    b'{"partyNameMatch":"MTCH"}'
)
NEVER = -1


class Psp(asyncio.Protocol):
    """One connection; a request is whole when its body has come."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end].lower()
            place = head.index(b"content-length:") + 15
            length = int(head[place:].split(b"\r\n", 1)[0])
            if len(self._data) < end + 4 + length:
                return
            self._data = self._data[end + 4 + length :]
            if self._seconds >= 0:
                asyncio.get_running_loop().call_later(self._seconds, self._answer)

    def _answer(self) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(ANSWER)


def serve(port: int, connection: Callable[[], asyncio.Protocol]) -> None:
    """Serve connections on the loopback until the process ends."""

    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(connection, "127.0.0.1", port, backlog=4_096)
        await server.serve_forever()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(forever())


def main(port: int, milliseconds: int) -> None:
    seconds = milliseconds / 1000 if milliseconds != NEVER else -1.0
    serve(port, lambda: Psp(seconds))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
