"""TCP between the engine and its processor, and between the engine and its database, with faults.

A process of its own: `python -m simulation.fire.proxy ROUTES FOLDER SEED SHARE`. Each new connection draws its fate.
Faults end when the file `calm` stands in the folder; what was cut off silently before stays so for good.
"""

import asyncio
import json
import os
import random
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop

from .parts import end_with_parent

PART_BYTES = 65_536
SLOW_SECONDS = 0.02
SLOW_BYTES = 256
# Bytes that pass before a fault strikes, by route: within the hand-shake, or somewhere in a life.
STRIKES_AFTER = {"database": 60_000, "gateway": 3_000}
RESET, HALF_OPEN, SLOW, TRUNCATED, DUPLICATED = FATES = (
    "reset",
    "half-open",
    "slow",
    "truncated",
    "duplicated",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """From a port of this machine to another one, or to the socket at a path."""

    name: str
    port: int
    to_port: int = 0
    to_path: str = ""


def arguments(routes: Sequence[Route], folder: Path, seed: int, share: float) -> list[str]:
    given = json.dumps([asdict(route) for route in routes])
    return [given, str(folder), str(seed), str(share)]


def faults_file(folder: Path) -> Path:
    """One line for each fault that came about: route and fate."""
    return folder / "proxy-faults.txt"


class _Link:
    """One connection through the proxy; `fate` strikes once `strikes_after` bytes went by, in either direction."""

    def __init__(self, proxy: "Proxy", route: Route, fate: str, strikes_after: int) -> None:
        self._proxy, self._route, self._fate = proxy, route, fate
        self._left = strikes_after
        self._has_struck = False

    async def run(
        self,
        near: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        jobs = [
            asyncio.create_task(self._pump(near[0], far[1])),
            asyncio.create_task(self._pump(far[0], near[1])),
        ]
        try:
            await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            if self._has_struck and self._fate == RESET:
                for writer in (near[1], far[1]):
                    _reset(writer)
            for writer in (near[1], far[1]):
                writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while part := await reader.read(PART_BYTES):
                if self._fate and not self._has_struck:
                    self._left -= len(part)
                    self._has_struck = self._left <= 0 and self._proxy.strikes(self._route, self._fate)
                if not await self._pass(part, writer):
                    return

    async def _pass(self, part: bytes, writer: asyncio.StreamWriter) -> bool:
        """Pass bytes on as the fate wants it; whether the connection goes on."""
        fate = self._fate if self._has_struck else ""
        if fate == RESET:
            return False
        if fate == HALF_OPEN:
            return True
        if fate == SLOW and not self._proxy.is_calm:
            for start in range(0, len(part), SLOW_BYTES):
                writer.write(part[start : start + SLOW_BYTES])
                await asyncio.sleep(SLOW_SECONDS)
            return True
        writer.write(
            part[: len(part) // 2] if fate == TRUNCATED else part * 2 if fate == DUPLICATED else part
        )
        await writer.drain()
        return fate not in (TRUNCATED, DUPLICATED)


class Proxy:
    def __init__(self, folder: Path, seed: int, share: float) -> None:
        self._calm, self._share = folder / "calm", share
        self._dice = random.Random(f"proxy:{seed}")  # noqa: S311 - a seeded choice of faults
        self._faults = os.open(faults_file(folder), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    async def serve(self, routes: Sequence[Route]) -> None:
        servers = [await self._listen(route) for route in routes]
        await asyncio.gather(*(server.serve_forever() for server in servers))

    async def _listen(self, route: Route) -> asyncio.Server:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._link(route, reader, writer)

        return await asyncio.start_server(connected, "127.0.0.1", route.port, backlog=512)

    async def _link(self, route: Route, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_struck = self._dice.random() < self._share and not self.is_calm
        fate = self._dice.choice(FATES) if is_struck else ""
        link = _Link(self, route, fate, self._dice.randint(1, STRIKES_AFTER[route.name]))
        try:
            far = (
                await asyncio.open_unix_connection(route.to_path)
                if route.to_path
                else await asyncio.open_connection("127.0.0.1", route.to_port)
            )
        except OSError:
            writer.close()
            return
        await link.run((reader, writer), far)

    @property
    def is_calm(self) -> bool:
        return self._calm.exists()

    def strikes(self, route: Route, fate: str) -> bool:
        """Whether a fate comes about now; it is written down then."""
        if self.is_calm:
            return False
        os.write(self._faults, f"{route.name} {fate}\n".encode())
        return True


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection so that its other end is told of a reset."""
    with suppress(OSError), socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def main() -> None:
    end_with_parent()
    routes = [Route(**each) for each in json.loads(sys.argv[1])]
    proxy = Proxy(Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    uvloop.run(proxy.serve(routes))


if __name__ == "__main__":
    main()
