"""Requests over connections that stay open, as fast as they are answered: no client library stands in the way."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Load:
    """How many requests were answered a second, and how long the slowest in a hundred took."""

    per_second: float
    p99_milliseconds: float


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request."""
    told = {"Host": "127.0.0.1", **headers}
    if body or method not in ("GET", "HEAD"):
        told["Content-Length"] = f"{len(body)}"
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def run(port: int, count: int, made: Callable[[int], bytes], *, connections: int = CONNECTIONS) -> Load:
    """Send `count` requests, the bytes of each by its number; raises for an answer that is not 200."""
    return asyncio.run(_run(port, count, made, connections))


async def _run(port: int, count: int, made: Callable[[int], bytes], connections: int) -> Load:
    numbers = iter(range(count))
    taken: list[float] = []
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_caller(port, numbers, made, taken))
    seconds = time.perf_counter() - started
    taken.sort()
    return Load(count / seconds, taken[len(taken) * 99 // 100] * 1000)


async def _caller(
    port: int, numbers: Iterator[int], made: Callable[[int], bytes], taken: list[float]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in numbers:
        started = time.perf_counter()
        writer.write(made(number))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head[:200])
        await reader.readexactly(length_of(head))
        taken.append(time.perf_counter() - started)
    writer.close()


def length_of(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    raise RuntimeError("the answer does not tell its length")
