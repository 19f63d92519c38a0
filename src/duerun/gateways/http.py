"""The http gateway: any processor that speaks the small protocol of `docs/reference/gateway-protocol.md`.

Each request is a call of its own, so many at once as are allowed, each with a time limit and a limit of its answer. A
batch ends within a time that is declared: what was not begun by then, or was answered 429, was not taken on.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import aiohttp
from aiohttp import ClientTimeout
from yarl import URL

from duerun.domain.addresses import AllowList, is_inner, literal
from duerun.domain.errors import RejectedError
from duerun.gateways.base import (
    NOT_TAKEN,
    UNKNOWN,
    CardDetails,
    Declaration,
    EffectsPage,
    Outcome,
    PaymentRequest,
    Question,
    Tokenized,
)
from duerun.gateways.http_answers import NOT_BEGUN, TOO_MANY, Answer, Reading, read_answer
from duerun.gateways.http_effects import read_page
from duerun.gateways.outgoing import (
    HEADER_BYTES_MAX,
    KEEP_ALIVE_SECONDS,
    NOT_ALLOWED,
    USER_AGENT,
    CheckingResolver,
)
from duerun.gateways.rest import Rest
from duerun.telemetry import logger

ANSWER_BYTES_MAX = 65_536
EFFECTS_BYTES_MAX = 8_388_608
# As many waves as there are time limits: a batch that has the places to itself begins each of its calls.
CALLS_A_PLACE = 4
TIMEOUTS_A_BATCH = 4
ASK_AGAIN_SECONDS = 1.0

_log = logger("gateways.http")

QuestionT = TypeVar("QuestionT", bound=Question)


class Tokenizer(Protocol):
    """Who makes cards: the sandbox in test mode, whose numbers are known to everybody."""

    async def tokenize(self, card: CardDetails, *, account: str) -> Tokenized: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpTerms:
    """Where a processor is reached, how long it may take, and what it promises. The token is shown nowhere.

    `key_window_seconds` of 0 is for good. With an allow-list, no inner address is called but those that it admits.
    """

    url: str
    token: str
    timeout_seconds: float
    max_processing_seconds: float
    concurrency: int
    supports_key: bool = True
    key_window_seconds: float = 0.0
    lookup: bool = True
    allow: AllowList | None = None

    def __repr__(self) -> str:
        return f"HttpTerms(timeout_seconds={self.timeout_seconds}, concurrency={self.concurrency})"


class HttpGateway:
    """Moves money by calls to one processor; opened by the first call, in the loop of that call."""

    name = "http"

    def __init__(self, terms: HttpTerms, tokenizer: Tokenizer) -> None:
        self._base, self._terms, self._tokenizer = parse_base(terms.url, terms.allow), terms, tokenizer
        if not (terms.token.isascii() and all(each.isprintable() for each in terms.token)):
            raise RejectedError("gateway_token must be of printable ASCII characters")
        seconds = (terms.timeout_seconds, terms.max_processing_seconds, terms.key_window_seconds)
        if not all(isfinite(each) for each in seconds):
            raise RejectedError(
                "gateway_timeout_seconds, gateway_max_processing_seconds and gateway_key_window_seconds must be finite"
            )
        self.declared = Declaration(
            supports_key=terms.supports_key,
            key_window_seconds=terms.key_window_seconds or None,
            lookup_by_reference=terms.lookup,
            keeps_requests=True,
            lists_effects=True,
            max_processing_seconds=terms.max_processing_seconds,
            call_seconds_max=TIMEOUTS_A_BATCH * terms.timeout_seconds,
            batch_rows_max=terms.concurrency * CALLS_A_PLACE,
            wave_rows=terms.concurrency,
            ask_again_seconds=ASK_AGAIN_SECONDS,
        )
        self._session: aiohttp.ClientSession | None = None
        self._resolver: CheckingResolver | None = None
        self._places = asyncio.Semaphore(terms.concurrency)
        self._rest = Rest()

    async def tokenize(self, card: CardDetails, *, account: str) -> Tokenized:
        """By the sandbox's rules: the protocol knows no card numbers."""
        return await self._tokenizer.tokenize(card, account=account)

    async def charge(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        return await self._each(requests, lambda request: self._post("charges", request), is_lookup=False)

    async def transfer(self, requests: Sequence[PaymentRequest]) -> Sequence[Outcome]:
        return await self._each(requests, lambda request: self._post("transfers", request), is_lookup=False)

    async def lookup(self, questions: Sequence[Question]) -> Sequence[Outcome]:
        return await self._each(questions, self._ask, is_lookup=True)

    async def list_effects(self, since: datetime, cursor: str | None = None) -> EffectsPage:
        """One page of the processor's own list; one call of its own, which waits for no place among payments."""
        asked = {"since": since.astimezone(UTC).isoformat().replace("+00:00", "Z")}
        asked |= {"cursor": cursor} if cursor is not None else {}
        address = self._base.join(URL("effects")).with_query(asked)
        return read_page(await self._call("GET", address, None, {}, bytes_max=EFFECTS_BYTES_MAX))

    def rest_seconds(self) -> float:
        """For how long the processor is left alone yet."""
        return self._rest.seconds(self._now())

    async def close(self) -> None:
        """End all connections; the next call opens new ones."""
        session, resolver = self._session, self._resolver
        self._session = self._resolver = None
        if session is not None:
            await session.close()
        if resolver is not None:
            await resolver.close()

    async def _each(
        self,
        questions: Sequence[QuestionT],
        call: Callable[[QuestionT], Awaitable[Answer]],
        *,
        is_lookup: bool,
    ) -> list[Outcome]:
        """One outcome for each question, in order, within `call_seconds_max`."""
        latest_start = self._now() + self.declared.call_seconds_max - self._terms.timeout_seconds
        answers = await asyncio.gather(*(self._answered(each, call, latest_start) for each in questions))
        readings = [
            read_answer(each, answer, is_lookup=is_lookup)
            for each, answer in zip(questions, answers, strict=True)
        ]
        _tell(questions, readings)
        return [
            replace(reading.outcome, contradicts=True) if reading.is_alarm else reading.outcome
            for reading in readings
        ]

    async def _answered(
        self, question: QuestionT, call: Callable[[QuestionT], Awaitable[Answer]], latest_start: float
    ) -> Answer:
        """The answer to one question. Who is asked to wait waits, and all others with it, as long as the batch lasts:
        nothing was taken on then, and the same request follows under the same key."""
        while self._now() <= latest_start:
            # Not only as long as it helps: nobody is to claim the next batch meanwhile.
            await asyncio.sleep(min(self._rest.ends_at, latest_start) - self._now())
            try:
                async with asyncio.timeout_at(latest_start):
                    await self._places.acquire()
            except TimeoutError:
                break
            try:
                if self.rest_seconds() > 0:
                    continue
                began = self._now()
                answer = await call(question)
            finally:
                self._places.release()
            if answer.status != TOO_MANY:
                if answer.status is not None:
                    self._rest.let_in(began)
                return answer
            self._rest.turned_away(began, self._now(), answer.retry_after)
        return NOT_BEGUN

    async def _post(self, path: str, request: PaymentRequest) -> Answer:
        body = json.dumps(body_of(path, request), separators=(",", ":"), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": request.key}
        return await self._call("POST", self._at(path), body, headers)

    async def _ask(self, question: Question) -> Answer:
        return await self._call("GET", self._at(f"effects/{quote(question.key, safe='')}"), None, {})

    def _at(self, path: str) -> URL:
        return self._base.join(URL(path, encoded=True))

    async def _call(
        self,
        method: str,
        address: URL,
        body: bytes | None,
        headers: dict[str, str],
        *,
        bytes_max: int = ANSWER_BYTES_MAX,
    ) -> Answer:
        """One HTTP call; whatever goes wrong on the way is told in `trouble`, by its kind alone."""
        try:
            async with self._opened().request(
                method,
                address,
                data=body,
                headers=headers,
                allow_redirects=False,
            ) as response:
                answered = await _whole(response, bytes_max)
                if answered is None:
                    return Answer(None, trouble="the answer is too large")
                return Answer(response.status, answered, response.headers.get("Retry-After"))
        except TimeoutError:
            return Answer(None, trouble="no answer in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(None, trouble=f"the call failed: {type(error).__name__}")

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._resolver = CheckingResolver(self._terms.allow) if self._terms.allow is not None else None
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, resolver=self._resolver
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers(),
                timeout=ClientTimeout(total=self._terms.timeout_seconds),
                auto_decompress=False,
                max_line_size=HEADER_BYTES_MAX,
                max_field_size=HEADER_BYTES_MAX,
                trust_env=False,
            )
        return self._session

    def _headers(self) -> dict[str, str]:
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
        return headers | ({"Authorization": f"Bearer {self._terms.token}"} if self._terms.token else {})

    @staticmethod
    def _now() -> float:
        """Seconds of the loop, for waits alone."""
        return asyncio.get_running_loop().time()


def parse_base(url: str, allow: AllowList | None = None) -> URL:
    """The base of a processor's addresses, with a slash behind it.

    Raises `RejectedError`: it must be https, or http to an inner address or a host without a public name, with no
    user, query or fragment. With an allow-list, an inner address has to be one that it admits; names are looked at
    when they are called.
    """
    try:
        base = URL(url)
        host = base.host or ""
        address = literal(host) if host else None
    except ValueError:
        raise RejectedError("gateway_url is no address") from None
    if base.scheme not in ("http", "https") or not host:
        raise RejectedError("gateway_url must begin with https:// or http:// and name a host")
    if base.user or base.password or base.query_string or base.fragment:
        raise RejectedError("gateway_url must have no user, query or fragment")
    is_inside = is_inner(address) if address else _is_inner_name(host)
    if base.scheme == "http" and not is_inside:
        raise RejectedError("gateway_url must be https outside of an inner network")
    if allow is not None and address is not None and not allow.admits(address):
        raise RejectedError(f"gateway_url: {NOT_ALLOWED}, which gateway_allow does not name")
    return base if base.path.endswith("/") else base.with_path(base.path + "/")


def _is_inner_name(host: str) -> bool:
    """`localhost`, a name without a dot as containers have, and the names that are reserved for inner networks."""
    name = host.lower().rstrip(".")
    return "." not in name or name.endswith((".localhost", ".internal", ".local", ".home.arpa"))


def body_of(path: str, request: PaymentRequest) -> dict[str, Any]:
    """What is sent: a function of what the intent keeps, so that a key always comes with the same body, in the same
    order of members."""
    body: dict[str, Any] = {
        "key": request.key,
        "reference": request.subject,
        "attempt": request.told_attempt,
        "account": request.account,
        "livemode": request.livemode,
        "amount": request.amount_minor,
        "currency": request.currency,
    }
    party, target = ("customer", "card") if path == "charges" else ("recipient", "bank_account")
    if request.party:
        body[party] = request.party
    body[target] = request.target
    if request.description is not None:
        body["description"] = request.description
    return body | {"metadata": dict(sorted(request.metadata.items()))}


async def _whole(response: aiohttp.ClientResponse, bytes_max: int) -> bytes | None:
    """The body to its end; None if it is larger than `bytes_max`. Raises `ClientError` for half a body."""
    parts, size = [], 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > bytes_max:
            return None
        parts.append(part)
    return b"".join(parts)


def _tell(questions: Sequence[Question], readings: Sequence[Reading]) -> None:
    """An error line for each alarm, and one line for each other reason."""
    counts: dict[str, int] = {}
    for question, reading in zip(questions, readings, strict=True):
        if reading.is_alarm:
            _log.error("%s: %s; its outcome stays unknown", question.key, reading.reason)
        elif reading.outcome in (UNKNOWN, NOT_TAKEN):
            counts[reading.reason] = counts.get(reading.reason, 0) + 1
    for reason, count in counts.items():
        _log.warning("%d calls without an outcome: %s", count, reason)
