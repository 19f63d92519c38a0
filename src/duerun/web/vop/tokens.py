"""The token endpoint: client credentials for a bearer token (source: the VOP wire specification, section 1)."""

import base64
import binascii
from urllib.parse import unquote_plus

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from duerun.domain.errors import NotAuthenticatedError, RejectedError
from duerun.domain.payees.clients import Scope, format_scopes, parse_scopes
from duerun.services import vop_clients
from duerun.services.unit import Runtime
from duerun.web.errors import WebError
from duerun.web.forms import parse_form
from duerun.web.wire import read_body

PATH = "/oauth/client_credential/accesstoken"
BODY_BYTES_MAX = 16_384
CREDENTIAL_CHARACTERS_MAX = 256
FORM_TYPE = "application/x-www-form-urlencoded"
HEADERS = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class WireToken(msgspec.Struct):
    """A token that was granted; `issued_at` is milliseconds since 1970 as text."""

    access_token: str
    token_type: str
    expires_in: int
    issued_at: str
    scope: str
    status: str


class WireDenial(msgspec.Struct, omit_defaults=True):
    """An error in the form of RFC 6749, 5.2."""

    error: str
    error_description: str | None = None


class DeniedError(Exception):
    """No token, for a reason with a name in RFC 6749."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.denial = WireDenial(error, description)
        self.status = status


async def grant(request: Request, runtime: Runtime) -> Response:
    """A token for whoever knows the secret of a client."""
    try:
        token = await _grant(request, runtime)
    except DeniedError as error:
        challenge = {"WWW-Authenticate": 'Basic realm="Duerun"'} if error.status == 401 else {}
        return _response(error.denial, error.status, challenge)
    return _response(token, 200, {})


async def _grant(request: Request, runtime: Runtime) -> WireToken:
    given = await _form(request)
    client_id, secret = _credentials(request, given)
    try:
        client = await vop_clients.authenticate(runtime, client_id, secret)
    except NotAuthenticatedError:
        raise DeniedError("invalid_client", "client authentication failed", 401) from None
    kind = given.get("grant_type")
    if not kind:
        raise DeniedError("invalid_request", "grant_type is missing")
    if kind != "client_credentials":
        raise DeniedError("unsupported_grant_type", "grant_type must be client_credentials")
    scopes = _scopes(given.get("scope", ""), client.scopes)
    now = runtime.clock.now()
    token, seconds = await vop_clients.issue_token(runtime, client, scopes, now)
    return WireToken(
        access_token=token,
        token_type="Bearer",  # noqa: S106 - the kind of a token, not a secret
        expires_in=seconds,
        issued_at=str(int(now.timestamp() * 1000)),
        scope=format_scopes(scopes),
        status="approved",
    )


async def _form(request: Request) -> dict[str, str]:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in ("", FORM_TYPE):
        raise DeniedError("invalid_request", f"Content-Type must be {FORM_TYPE}")
    try:
        body = await read_body(request, bytes_max=BODY_BYTES_MAX)
        given = parse_form(body.rstrip(b"\r\n"))
    except (WebError, RejectedError) as error:
        raise DeniedError("invalid_request", error.message) from None
    return {name: value for name, value in given.items() if isinstance(value, str)}


def _credentials(request: Request, given: dict[str, str]) -> tuple[str, str]:
    """Name and secret from the header, or from the body where there is no header."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        client_id, secret = given.get("client_id", ""), given.get("client_secret", "")
    elif scheme.lower() == "basic":
        client_id, secret = _basic(rest.strip())
    else:
        raise DeniedError("invalid_client", "client authentication must be Basic", 401)
    if not client_id or max(len(client_id), len(secret)) > CREDENTIAL_CHARACTERS_MAX:
        raise DeniedError("invalid_client", "client authentication failed", 401)
    return client_id, secret


def _basic(text: str) -> tuple[str, str]:
    """Name and secret, each encoded as in a form (RFC 6749, 2.3.1)."""
    try:
        client_id, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise DeniedError("invalid_client", "client authentication cannot be read", 401) from None
    return unquote_plus(client_id), unquote_plus(secret)


def _scopes(text: str, allowed: frozenset[Scope]) -> frozenset[Scope]:
    """The scopes that are asked for, or all that the client has."""
    try:
        asked = parse_scopes(text)
    except RejectedError as error:
        raise DeniedError("invalid_scope", error.message) from None
    if not asked <= allowed:
        raise DeniedError("invalid_scope", "scope is not granted to this client")
    return asked or allowed


def _response(body: msgspec.Struct, status: int, headers: dict[str, str]) -> Response:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/json;charset=utf-8",
        headers=HEADERS | headers,
    )
