"""Single checks: the scheme's API between PSPs, which a client's own token opens as well.

Source: the VOP wire specification, section 9. Errors are one object, not an array.
"""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from duerun.domain.errors import RejectedError
from duerun.domain.payees import epc
from duerun.domain.payees.answers import Answer, not_applicable
from duerun.domain.payees.bic import bic8
from duerun.domain.payees.clients import Scope, VopClient
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.services import epc_access, verification
from duerun.services.epc_access import NotAParticipantError
from duerun.services.unit import Runtime
from duerun.services.verification import OverBudgetError
from duerun.telemetry import logger
from duerun.web.errors import WebError
from duerun.web.payees.faults import FaultsError
from duerun.web.payees.records import parse_single
from duerun.web.vop.call import VopOptions
from duerun.web.vop.errors import RefusedError
from duerun.web.vop.face import Face
from duerun.web.vop.headers import is_uuid
from duerun.web.wire import read_body

BODY_BYTES_MAX = 65_536
DETAIL_CHARACTERS_MAX = 500
INSTANCE_CHARACTERS_MAX = 256
CHECK_SECONDS_MIN = 0.05
RETRY_SECONDS = 3_600
# Whoever is asked has the time of the check; this much more is for writing down that it did not answer.
SETTLE_SECONDS_MAX = 0.15
JSON_TYPE = "application/json;charset=utf-8"
ERROR_TYPE = "https://www.europeanpaymentscouncil.eu/vop"

_log = logger("web.vop.epc")


class WireError(msgspec.Struct, omit_defaults=True):
    """An error; `type` and `code` are always there."""

    type: str
    code: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None


class WireAnswer(msgspec.Struct, omit_defaults=True, rename="camel"):
    """The answer to a check: one of the matches, and a name with a close one only."""

    party_name_match: str | None = None
    party_id_match: str | None = None
    matched_name: str | None = None


class EpcError(Exception):
    """A check that cannot be made: 400, 401, 429 or 500 with a code of the scheme."""

    def __init__(self, status: int, code: str, title: str, detail: str = "") -> None:
        super().__init__(detail or title)
        self.status, self.code, self.title, self.detail = status, code, title, detail


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a client of ours or another PSP, and what its budget is counted by."""

    client: VopClient
    end_user: str | None


@dataclass(frozen=True, slots=True)
class EpcFace:
    """The single check over one runtime."""

    runtime: Runtime
    options: VopOptions
    face: Face

    async def answer(self, request: Request) -> Response:
        """The answer to one request: never an exception, always with the headers of the scheme."""
        request_id = request.headers.get("x-request-id", "")
        try:
            found = await self._answer(request)
            response = Response(msgspec.json.encode(found), media_type=JSON_TYPE)
        except Exception as error:
            response = _refusal(error, request)
        response.headers["X-Request-ID"] = request_id if is_uuid(request_id) else str(uuid.uuid4())
        response.headers["X-Response-Timestamp"] = epc.format_timestamp(self.runtime.clock.now())
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _answer(self, request: Request) -> WireAnswer:
        if request.method != "POST":
            raise EpcError(405, "FORMAT_ERROR", "METHOD_NOT_ALLOWED", "The method must be POST.")
        now = self.runtime.clock.now()
        is_client = "authorization" in request.headers
        asker = await self._client(request) if is_client else None
        sent_at = self._check_headers(request, now, is_client=is_client)
        question = await _question(request)
        asker = asker or await self._peer(request, question, now)
        if asker.client.number and not verification.is_own_agent(self.runtime, asker.client, question):
            raise EpcError(
                400,
                "CLIENT_INCONSISTENT",
                "INVALID_REQUESTING_AGENT_BIC",
                "requestingAgent is not the client's",
            )
        if not asker.client.number and not self._serves(question):
            raise EpcError(
                400, "CLIENT_INCONSISTENT", "INVALID_PARTY_AGENT_BIC", "partyAgent is not served here"
            )
        return _wire(await self._ask(asker, question, now, sent_at))

    def _serves(self, question: PayeeQuestion) -> bool:
        """Whether the party's agent is one of our own; all are, where the settings name none."""
        own = self.options.own_bics
        return not own or (question.agent_bic is not None and bic8(question.agent_bic) in own)

    async def _client(self, request: Request) -> Asker:
        client, scopes = await self.face.authenticate(request)
        if Scope.SINGLE not in scopes & client.scopes:
            raise EpcError(403, "CLIENT_INVALID", "FORBIDDEN", "Token has incorrect scope.")
        self.face.hold_to_rate(request, client.client_id)
        return Asker(client, request.headers.get("x-end-user"))

    async def _peer(self, request: Request, question: PayeeQuestion, now: datetime) -> Asker:
        """Another PSP, known by the certificate that a proxy passes on; without a proxy this machine alone."""
        header = self.options.client_cert_header
        if not header:
            host = request.client.host if request.client else ""
            if self.options.rate_limited and host not in ("127.0.0.1", "::1"):
                raise EpcError(401, "CLIENT_INVALID", "UNAUTHORISED", "A client certificate is needed.")
            return Asker(epc_access.anybody(), question.requesting_bic)
        try:
            client = await epc_access.participant(
                self.runtime, request.headers.get(header, ""), question.requesting_bic, now
            )
        except NotAParticipantError as error:
            raise EpcError(401, "CLIENT_INVALID", "UNAUTHORISED", error.message) from None
        except RejectedError as error:
            raise EpcError(
                400, "CLIENT_INCONSISTENT", "INVALID_REQUESTING_AGENT_BIC", error.message
            ) from None
        return Asker(client, question.requesting_bic)

    def _check_headers(self, request: Request, now: datetime, *, is_client: bool) -> datetime:
        """When the request was sent; a client with a token may leave the timestamp out."""
        headers = request.headers
        if not is_uuid(headers.get("x-request-id", "")):
            raise EpcError(400, "FORMAT_ERROR", "INVALID_HEADER", "X-Request-ID must be a UUID")
        media, *parameters = (each.strip().lower() for each in headers.get("content-type", "").split(";"))
        charsets = {each.removeprefix("charset=").strip('"') for each in parameters if each}
        if media != "application/json" or not charsets <= {"utf-8", "utf8"}:
            detail = "Content-Type must be application/json in UTF-8"
            raise EpcError(400, "FORMAT_ERROR", "INVALID_HEADER", detail)
        stamp = headers.get("x-request-timestamp")
        if stamp is None and is_client:
            return now
        sent_at = epc.parse_timestamp(stamp or "")
        if sent_at is None:
            detail = "X-Request-Timestamp must be in UTC, as in 2024-08-12T15:19:22.678Z"
            raise EpcError(400, "TIMESTAMP_INVALID", "INVALID_HEADER", detail)
        if abs(now - sent_at) > timedelta(seconds=self.options.clock_seconds_max):
            detail = f"X-Request-Timestamp is more than {self.options.clock_seconds_max} seconds off"
            raise EpcError(400, "TIMESTAMP_INVALID", "INVALID_HEADER", detail)
        return sent_at

    async def _ask(self, asker: Asker, question: PayeeQuestion, now: datetime, sent_at: datetime) -> Answer:
        runtime = self.runtime
        if question.name is not None and not epc.is_latin(question.name, basic=self.options.basic_latin_only):
            return not_applicable(Reason.CHARSET)
        late = max(0.0, (now - sent_at).total_seconds())
        late = late if late < epc.SECONDS_MAX else 0.0
        seconds = max(CHECK_SECONDS_MIN, runtime.payees.policy.check_seconds_max - late)
        is_own = asker.client.number > 0
        asked = verification.ask if is_own else verification.ask_directory
        try:
            async with asyncio.timeout(seconds + SETTLE_SECONDS_MAX):
                return await asked(
                    runtime, asker.client, question, end_user=asker.end_user, now=now, seconds_max=seconds
                )
        except TimeoutError:
            return not_applicable(Reason.TIMEOUT, by_identification=question.name is None)
        except OverBudgetError:
            if is_own:
                raise
            return not_applicable(Reason.NOT_OFFERED, by_identification=question.name is None)


async def _question(request: Request) -> PayeeQuestion:
    return parse_single(await read_body(request, bytes_max=BODY_BYTES_MAX))


def _wire(answer: Answer) -> WireAnswer:
    shown = answer.matched_name if answer.verdict is Verdict.CLOSE else None
    if answer.by_identification:
        return WireAnswer(party_id_match=answer.verdict)
    return WireAnswer(party_name_match=answer.verdict, matched_name=shown)


def _refusal(error: Exception, request: Request) -> Response:
    told, headers = _told(error)
    if told.status >= 500:
        _log.error("a single check failed", exc_info=error)
    body = WireError(
        type=ERROR_TYPE,
        code=told.code,
        title=told.title,
        status=told.status,
        detail=told.detail[:DETAIL_CHARACTERS_MAX] or None,
        instance=request.url.path[:INSTANCE_CHARACTERS_MAX],
    )
    return Response(msgspec.json.encode(body), status_code=told.status, media_type=JSON_TYPE, headers=headers)


def _told(error: Exception) -> tuple[EpcError, dict[str, str]]:
    if isinstance(error, EpcError):
        return error, {"Allow": "POST"} if error.status == 405 else {}
    if isinstance(error, FaultsError):
        title = error.faults[0].title
        return EpcError(400, "FORMAT_ERROR", title, error.message), {}
    if isinstance(error, OverBudgetError):
        told = EpcError(429, "CLIENT_INVALID", "TOO_MANY_REQUESTS", "Too many names were asked for.")
        return told, {"Retry-After": str(RETRY_SECONDS)}
    if isinstance(error, RefusedError):
        first = error.problems[0]
        return EpcError(first.status, first.code, first.title, first.detail or ""), error.headers
    if isinstance(error, WebError):
        return EpcError(400, "FORMAT_ERROR", "INVALID_BODY", error.message), error.headers
    return EpcError(500, "INTERNAL_ERROR", "INTERNAL_SERVER_ERROR"), {}
