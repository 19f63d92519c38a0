"""What keeps others out: cookies, CSRF tokens, where a request comes from, and the headers of each answer."""

import hmac
import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from duerun.web.errors import WebError

SESSION_COOKIE = "duerun_console"
# Holds the token of the sign-in form before there is a session.
VISITOR_COOKIE = "duerun_console_visitor"
COOKIE_BYTES = 32
COOKIE_CHARACTERS_MAX = 128
PATH = "/console"
LOOPBACK_NAMES = frozenset(("localhost", "127.0.0.1", "::1"))
# A proxy on this machine speaks for others.
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class ForgedError(WebError):
    """A POST that does not come from a page of ours."""

    status = 403

    def __init__(self) -> None:
        super().__init__("this form is out of date: load the page again and repeat what you did")


def cookie_of(request: Request, name: str) -> str:
    """The value of a cookie, "" where it is not there or cannot be ours."""
    value = request.cookies.get(name, "")
    return value if len(value) <= COOKIE_CHARACTERS_MAX else ""


def new_visitor() -> str:
    return secrets.token_urlsafe(COOKIE_BYTES)


def csrf_token(cookie: str) -> str:
    """The token of all forms of a session: it follows from the cookie, which no other site can read."""
    return hmac.digest(cookie.encode(), b"duerun console form", "sha256").hex()


def require_own_form(request: Request, cookie: str, form: Mapping[str, str]) -> None:
    """Raises `ForgedError` for a POST without the token, or one that another site has sent."""
    given = request.headers.get(CSRF_HEADER) or form.get(CSRF_FIELD, "")
    if not cookie or not hmac.compare_digest(given.encode(), csrf_token(cookie).encode()):
        raise ForgedError
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForgedError
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForgedError


def is_own_machine(request: Request) -> bool:
    """Whether peer and Host are both this machine: a name that was bound to 127.0.0.1 elsewhere is not enough."""
    if request.client is None or any(name in request.headers for name in PROXY_HEADERS):
        return False
    try:
        peer = ip_address(request.client.host)
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        return False
    return peer.is_loopback and host in LOOPBACK_NAMES


def set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """A cookie of this browser session, which scripts cannot read and other sites cannot send along with a form."""
    response.set_cookie(
        name, value, path=PATH, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def drop_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, path=PATH, httponly=True, samesite="lax")


def harden(response: Response) -> Response:
    """The answer with what browsers are told about it. Pages are not kept anywhere; files tell for themselves."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    return response
