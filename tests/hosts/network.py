"""Hosts as network namespaces with addresses of their own on one bridge; where that is not allowed, the loopback.

Whatever is started `within` a host, and all that it starts, has that host's network alone. The bridge is removed at the
end, with the namespaces and the links that were made for it.
"""

import ctypes
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

LOOPBACK = "127.0.0.1"
CLONE_NEWNET = 0x40000000
# Of the range that is kept for measurements of networks; the last number of ours is the bridge's.
SUBNETS = [f"198.18.{number}" for number in range(256)]
BRIDGE_NUMBER = 254
COMMAND_SECONDS_MAX = 30
_OURS = re.compile(r"duerun-([0-9a-f]+)-(\d+)")

Result = TypeVar("Result")


class Host(Protocol):
    """A place for processes, with an address."""

    name: str
    address: str

    def within(self, call: Callable[[], Result]) -> Result: ...

    def cut(self) -> None: ...

    def join(self) -> None: ...


class Network(Protocol):
    """Hosts that reach one another, and a place outside of them at `address`. `peers` is the range of all addresses.

    `kind` says what the hosts are.
    """

    @property
    def kind(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def peers(self) -> str: ...

    @property
    def can_cut(self) -> bool: ...

    def host(self, name: str) -> Host: ...


@dataclass
class _Namespace:
    """A network namespace, a link from there to the bridge, and whoever pulls the plug."""

    name: str
    address: str
    space: str
    link: str

    def within(self, call: Callable[[], Result]) -> Result:
        """Do it in a thread that enters the namespace for good; what it starts is born there."""
        found: list[Result] = []
        errors: list[BaseException] = []

        def enter() -> None:
            try:
                _enter(self.space)
                found.append(call())
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]
        return found[0]

    def cut(self) -> None:
        """Take the link down: nothing comes or goes, and nobody is told."""
        _ip("link", "set", self.link, "down")

    def join(self) -> None:
        _ip("link", "set", self.link, "up")


@dataclass
class _Namespaces:
    subnet: str
    tag: str
    kind: str = "network namespaces"
    can_cut: bool = True
    hosts: list[_Namespace] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.subnet}.{BRIDGE_NUMBER}"

    @property
    def peers(self) -> str:
        return f"{self.subnet}.0/24"

    @property
    def bridge(self) -> str:
        return f"dr{self.tag}"

    def open(self) -> None:
        _ip("link", "add", self.bridge, "type", "bridge")
        _ip("address", "add", f"{self.address}/24", "dev", self.bridge)
        _ip("link", "set", self.bridge, "up")

    def host(self, name: str) -> _Namespace:
        number = len(self.hosts) + 1
        space, link, inner = f"duerun-{self.tag}-{number}", f"dr{self.tag}-{number}", f"di{self.tag}-{number}"
        made = _Namespace(name, f"{self.subnet}.{number}", space, link)
        self.hosts.append(made)
        _ip("netns", "add", space)
        _ip("link", "add", link, "type", "veth", "peer", "name", inner)
        _ip("link", "set", inner, "netns", space)
        _ip("link", "set", link, "master", self.bridge, "up")
        _ip("-n", space, "link", "set", "lo", "up")
        _ip("-n", space, "address", "add", f"{made.address}/24", "dev", inner)
        _ip("-n", space, "link", "set", inner, "up")
        return made

    def close(self) -> None:
        for each in self.hosts:
            with suppress(RuntimeError):
                _ip("link", "del", each.link)
            with suppress(RuntimeError):
                _ip("netns", "del", each.space)
        with suppress(RuntimeError):
            _ip("link", "del", self.bridge)


@dataclass
class _Process:
    """A host that is none: processes beside others."""

    name: str
    address: str = LOOPBACK

    def within(self, call: Callable[[], Result]) -> Result:
        return call()

    def cut(self) -> None:
        raise NotImplementedError

    def join(self) -> None:
        raise NotImplementedError


@dataclass
class _Loopback:
    kind: str
    address: str = LOOPBACK
    peers: str = f"{LOOPBACK}/32"
    can_cut: bool = False

    def host(self, name: str) -> _Process:
        return _Process(name)


@cache
def why_not() -> str | None:
    """Why hosts cannot be namespaces here; None if they can. It is tried."""
    if shutil.which("ip") is None:
        return "there is no ip (iproute2)"
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    try:
        with _opened() as made:
            made.host("tried").within(lambda: None)
            return None
    except RuntimeError as error:
        return f"this machine lets nobody make network namespaces: {error}"


@contextmanager
def network() -> Iterator[Network]:
    """Namespaces where they may be made, the loopback where not: `kind` tells which, and why."""
    reason = why_not()
    if reason is not None:
        yield _Loopback(f"processes on the loopback, since {reason}")
        return
    with _opened() as made:
        yield made


@contextmanager
def _opened() -> Iterator[_Namespaces]:
    _clear()
    taken = _ip("-brief", "address")
    # Several runs may begin at once; names of links are short.
    free = [each for each in SUBNETS if f"{each}." not in taken]
    number = os.getpid() % len(free)
    made = _Namespaces(free[number], f"{os.getpid():x}")
    try:
        made.open()
        yield made
    finally:
        made.close()


def _clear() -> None:
    """Remove what a run that was killed has left: its number is that of no process any more."""
    for line in _ip("netns", "list").splitlines():
        space = line.split()[0]
        found = _OURS.fullmatch(space)
        if found and not Path("/proc", str(int(found[1], 16))).exists():
            for link in (f"dr{found[1]}-{found[2]}", f"dr{found[1]}"):
                with suppress(RuntimeError):
                    _ip("link", "del", link)
            with suppress(RuntimeError):
                _ip("netns", "del", space)


def _enter(space: str) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(Path("/run/netns", space), os.O_RDONLY | os.O_CLOEXEC)
    try:
        if library.setns(descriptor, CLONE_NEWNET):
            raise RuntimeError(os.strerror(ctypes.get_errno()))
    finally:
        os.close(descriptor)


def _ip(*arguments: str) -> str:
    done = subprocess.run(
        ["ip", *arguments], capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX, check=False
    )
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
