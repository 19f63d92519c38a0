"""The sender of webhooks and of checks at other PSPs: one POST to an address that was checked, and no step further.

A name is resolved once; if any of its addresses is inner, nothing is sent, and the connection goes to an address that
was checked, so that a name server cannot change its mind in between. No redirect is followed, no proxy is asked.
Source: the wire specification, 14.2.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from duerun import __version__
from duerun.domain.addresses import Address, AllowList, is_own_machine, literal, unmapped
from duerun.domain.webhooks import Reply

ANSWER_SECONDS_MAX = 10.0
ANSWER_BYTES_MAX = 65_536
HEADER_BYTES_MAX = 8_190
LOOKUPS_AT_ONCE = 16
LOOKUP_KEPT_SECONDS = 10
KEEP_ALIVE_SECONDS = 15.0
USER_AGENT = f"Duerun/{__version__}"
NOT_ALLOWED = "the address leads into an inner network"


class AddressNotAllowedError(OSError):
    """A host leads to an address that must not be called."""


class GuardedSender:
    """Posts over connections to allowed addresses only; opened by the first call, in the loop of that call."""

    def __init__(
        self,
        allow: AllowList,
        *,
        answer_seconds_max: float = ANSWER_SECONDS_MAX,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allow, self._tls = allow, tls
        self._timeout = aiohttp.ClientTimeout(total=answer_seconds_max)
        self._session: aiohttp.ClientSession | None = None
        self._resolver: CheckingResolver | None = None

    async def post(self, uri: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """The reply to one POST: whatever goes wrong on the way is told in its `error`."""
        try:
            url = URL(uri)
            self._check(url.host or "")
            return await self._post(url, body, headers)
        except TimeoutError:
            return Reply(error=f"no answer within {self._timeout.total:g} seconds")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Reply(error=_told(error))

    async def close(self) -> None:
        """End all connections; the next call opens new ones."""
        session, resolver = self._session, self._resolver
        self._session = self._resolver = None
        if session is not None:
            await session.close()
        # A connector ends no resolver that was handed to it.
        if resolver is not None:
            await resolver.close()

    async def _post(self, url: URL, body: bytes, headers: Mapping[str, str]) -> Reply:
        async with self._opened().post(
            url, data=body, headers=headers, allow_redirects=False, timeout=self._timeout
        ) as response:
            answered = await response.content.read(ANSWER_BYTES_MAX)
            return Reply(response.status, retry_after=response.headers.get("Retry-After"), body=answered)

    def _check(self, host: str) -> None:
        """Refuse a host that is an inner address; names are checked when they are resolved."""
        address = literal(host)
        if address is not None and not self._allow.admits(address):
            raise AddressNotAllowedError(host)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._resolver = CheckingResolver(self._allow)
            connector = aiohttp.TCPConnector(
                resolver=self._resolver,
                ttl_dns_cache=LOOKUP_KEPT_SECONDS,
                limit=0,
                keepalive_timeout=KEEP_ALIVE_SECONDS,
                ssl=self._tls or True,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": USER_AGENT},
                auto_decompress=False,
                max_line_size=HEADER_BYTES_MAX,
                max_field_size=HEADER_BYTES_MAX,
                trust_env=False,
            )
        return self._session


class CheckingResolver(AbstractResolver):
    """The system's name service in threads of its own, so that a slow one holds up nothing else."""

    def __init__(self, allow: AllowList) -> None:
        self._allow = allow
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, thread_name_prefix="webhook-lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host; `AddressNotAllowedError` if one of them is inner and the host is not allowed."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port, family)
        self._check(host, [ipaddress.ip_address(address) for _, address in found])
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=kind,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, address in found
        ]

    def _check(self, host: str, found: Sequence[Address]) -> None:
        """A name of this machine leads to this machine, whatever the name service says; any other one is let through by
        its name or by each of its addresses."""
        if is_own_machine(host) and not all(unmapped(address).is_loopback for address in found):
            raise AddressNotAllowedError(host)
        if not self._allow.admits_name(host) and not all(self._allow.admits(each) for each in found):
            raise AddressNotAllowedError(host)

    async def close(self) -> None:
        """Let lookups that are under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int, family: int) -> list[tuple[int, str]]:
    found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    return [(kind, str(where[0])) for kind, _, _, _, where in found]


def _told(error: Exception) -> str:
    """What may be told of a failure: its kind, nothing of the network behind it."""
    causes = (error, error.__cause__, getattr(error, "os_error", None))
    if any(isinstance(each, AddressNotAllowedError) for each in causes):
        return NOT_ALLOWED
    kinds = {
        aiohttp.ClientConnectorDNSError: "the host name was not found",
        aiohttp.ClientSSLError: "the connection could not be secured",
        aiohttp.ClientConnectorError: "the connection was refused",
        aiohttp.ServerDisconnectedError: "the connection was closed without an answer",
    }
    return next((text for kind, text in kinds.items() if isinstance(error, kind)), "the call failed")
