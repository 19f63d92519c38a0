"""A requester's client of the bulk API, for the commands (source: the VOP wire specification, sections 1 to 7)."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from duerun.cli.client import CALL_SECONDS_MAX, CHUNK_BYTES, LONG_CALL_SECONDS_MAX, reaching
from duerun.domain.errors import DuerunError, UnavailableError

TOKEN_PATH = "/oauth/client_credential/accesstoken"  # noqa: S105 - a path, not a secret
BULK_PATH = "/vopgateway/v1/bulk"
NDJSON = "application/x-ndjson"
ERROR_BYTES_MAX = 64 * 1024
TRIES_MAX = 5
WAIT_SECONDS_MAX = 60

_UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks where: the server's address, the client's name and secret."""

    url: str
    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is; `detail` where it ended without results."""

    status: str
    detail: str | None


class VopApi:
    """Calls with a bearer token, which is fetched when it is needed; a call that comes too soon is made again."""

    def __init__(self, session: aiohttp.ClientSession, requester: Requester) -> None:
        self._session, self._requester = session, requester
        self._url = requester.url.rstrip("/")
        self._token: str | None = None

    async def submit(self, body: Callable[[], AsyncIterator[bytes]]) -> str:
        """Send a file; the id of its task. `body` is called anew where the file must be sent again."""
        given = {"Content-Type": NDJSON}
        async with self._answered("POST", BULK_PATH, given, LONG_CALL_SECONDS_MAX, body) as answer:
            task_id = _member(await _json(answer), "taskId")
        try:
            return str(uuid.UUID(task_id))
        except ValueError:
            raise UnavailableError(
                f"{self._url} does not answer like a bulk API: the taskId is none"
            ) from None

    async def status(self, task_id: str) -> Progress:
        """How far a task is."""
        path = f"{BULK_PATH}/{task_id}/status"
        async with self._answered("GET", path, {"Accept": "application/json"}, CALL_SECONDS_MAX) as answer:
            members = await _json(answer)
        detail = members.get("detail")
        return Progress(_member(members, "status"), detail if isinstance(detail, str) else None)

    async def results(self, task_id: str) -> AsyncIterator[bytes]:
        """The lines of the results in pieces of any size."""
        given = {"Accept": NDJSON}
        async with self._answered("GET", f"{BULK_PATH}/{task_id}", given, LONG_CALL_SECONDS_MAX) as answer:
            async for piece in answer.content.iter_chunked(CHUNK_BYTES):
                yield piece

    @asynccontextmanager
    async def _answered(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        seconds_max: float,
        body: Callable[[], AsyncIterator[bytes]] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A good answer. A token that has ended is renewed; a refusal for the moment is waited out."""
        for attempt in range(1, TRIES_MAX + 1):
            own = {
                "Authorization": f"Bearer {await self._bearer()}",
                "X-Request-Id": str(uuid.uuid4()),
                **headers,
            }
            async with self._call(method, path, own, seconds_max, body() if body else None) as answer:
                if answer.status in (200, 201, 202):
                    yield answer
                    return
                wait = self._wait(answer, attempt)
                if wait is None:
                    raise await self._refusal(answer)
            await asyncio.sleep(wait)

    def _wait(self, answer: aiohttp.ClientResponse, attempt: int) -> float | None:
        """Seconds until the call is made again; None where that would not help."""
        if attempt == TRIES_MAX:
            return None
        if answer.status == 401 and attempt == 1:
            self._token = None
            return 0
        if answer.status != 429:
            return None
        told = answer.headers.get("Retry-After", "")
        return min(int(told) if told.isdecimal() else 2.0**attempt, WAIT_SECONDS_MAX)

    @asynccontextmanager
    async def _call(
        self, method: str, path: str, headers: dict[str, str], seconds_max: float, body: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        timeout = aiohttp.ClientTimeout(total=seconds_max, sock_connect=10)
        async with (
            reaching(self._url, seconds_max),
            self._session.request(
                method,
                self._url + path,
                headers=headers,
                data=body,
                timeout=timeout,
                allow_redirects=False,
            ) as answer,
        ):
            yield answer

    async def _bearer(self) -> str:
        if self._token is None:
            own = self._requester
            headers = {"Authorization": aiohttp.encode_basic_auth(own.client_id, own.secret)}
            body = {"grant_type": "client_credentials"}
            async with self._call("POST", TOKEN_PATH, headers, CALL_SECONDS_MAX, body) as answer:
                if answer.status != 200:
                    raise await self._refusal(answer)
                self._token = _member(await _json(answer), "access_token")
        return self._token

    async def _refusal(self, answer: aiohttp.ClientResponse) -> DuerunError:
        """What the server says is wrong: the problems of the bulk API, or the error of the token endpoint."""
        try:
            found = msgspec.json.decode(await answer.content.read(ERROR_BYTES_MAX))
        except _UNDECODABLE:
            found = None
        problems = found if isinstance(found, list) else [found]
        told = [text for each in problems if isinstance(each, dict) and (text := _told(each))]
        if not told:
            return UnavailableError(
                f"{self._url} does not answer like a bulk API (status {answer.status}): give another --url"
            )
        return DuerunError(f"{self._url} refused the call: {'; '.join(told)}", code="refused")


@asynccontextmanager
async def connect(requester: Requester) -> AsyncIterator[VopApi]:
    """A client of the server."""
    async with aiohttp.ClientSession() as session:
        yield VopApi(session, requester)


def _told(problem: dict[str, Any]) -> str:
    for name in ("detail", "title", "error_description", "error", "message"):
        if isinstance(problem.get(name), str):
            return str(problem[name])
    return ""


async def _json(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(await answer.read())
    except _UNDECODABLE:
        found = None
    if not isinstance(found, dict):
        raise UnavailableError(f"{answer.url.origin()} does not answer like a bulk API")
    return found


def _member(members: dict[str, Any], name: str) -> str:
    found = members.get(name)
    if not isinstance(found, str):
        raise UnavailableError(f"the server's answer lacks {name}")
    return found
