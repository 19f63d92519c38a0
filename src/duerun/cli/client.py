"""A small client of the API, for the commands that talk to a running server."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from duerun.domain.errors import DuerunError, RejectedError, UnavailableError

CALL_SECONDS_MAX = 60.0
LONG_CALL_SECONDS_MAX = 6 * 3_600.0
ANSWER_BYTES_MAX = 16 * 2**20
CONNECTIONS_MAX = 32
REPLAYED_HEADER = "Idempotent-Replayed"
CHUNK_BYTES = 256 * 1024


class Client:
    """Calls with a secret key; a refusal is raised as an error with its code and message."""

    def __init__(self, session: aiohttp.ClientSession, url: str, secret: str) -> None:
        self.url = url.rstrip("/")
        self._session, self._secret = session, secret

    async def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        form: aiohttp.FormData | None = None,
        seconds_max: float = CALL_SECONDS_MAX,
    ) -> dict[str, Any]:
        """The object of the answer."""
        answer, _ = await self.call_told(method, path, body, key=key, form=form, seconds_max=seconds_max)
        return answer

    async def call_told(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        form: aiohttp.FormData | None = None,
        seconds_max: float = CALL_SECONDS_MAX,
    ) -> tuple[dict[str, Any], bool]:
        """The object of the answer, and whether an earlier request had made it."""
        async with self._request(
            method, path, key=key, json=body, data=form, seconds_max=seconds_max
        ) as answer:
            return await _object(answer), REPLAYED_HEADER in answer.headers

    async def download(self, path: str) -> AsyncIterator[bytes]:
        """A file in pieces, of any size."""
        async with self._request("GET", path, seconds_max=LONG_CALL_SECONDS_MAX) as answer:
            if answer.status != 200:
                await _object(answer)
            async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                yield chunk

    @asynccontextmanager
    async def _request(
        self, method: str, path: str, *, key: str | None = None, seconds_max: float, **given: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = {"Authorization": aiohttp.encode_basic_auth(key or self._secret, "")}
        timeout = aiohttp.ClientTimeout(total=seconds_max, sock_connect=10)
        async with (
            reaching(self.url, seconds_max),
            self._session.request(
                method, self.url + path, headers=headers, timeout=timeout, allow_redirects=False, **given
            ) as answer,
        ):
            yield answer


@asynccontextmanager
async def reaching(url: str, seconds_max: float) -> AsyncIterator[None]:
    """Around a call: what keeps it from an answer is raised as an error that says so."""
    try:
        yield
    except aiohttp.ClientConnectorError as error:
        raise UnavailableError(
            f"nothing answers at {url}: start duerun dev, or give another --url"
        ) from error
    except TimeoutError as error:
        raise UnavailableError(f"{url} did not answer within {seconds_max:.0f} s") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise UnavailableError(f"the call to {url} failed: {error}") from error


@asynccontextmanager
async def connect(url: str, secret: str) -> AsyncIterator[Client]:
    """A client of the server at `url`."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS_MAX)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield Client(session, url, secret)


async def _object(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    text = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
        text += chunk
        if len(text) > ANSWER_BYTES_MAX:
            raise RejectedError(f"the answer is larger than {ANSWER_BYTES_MAX} bytes")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UnavailableError(f"{answer.url.origin()} does not answer like Duerun (status {answer.status})")
    if answer.status != 200:
        raise DuerunError(str(found.get("message")), code=str(found.get("code")))
    return found
