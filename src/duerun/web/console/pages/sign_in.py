"""Signing in and out, and the switch between accounts and modes."""

from starlette.responses import RedirectResponse, Response

from duerun.domain.errors import NotAuthenticatedError, NotFoundError, RejectedError
from duerun.services import console_access
from duerun.services.console_access import Attempt, LockedOutError
from duerun.web.console import guard
from duerun.web.console.visit import Page, Visit

HOME = "/console"
REFUSED = "That name, password or code is not right."


async def show(visit: Visit) -> Response:
    """The form. Who is signed in already goes on to the first page."""
    if visit.signed_in is not None:
        return RedirectResponse(HOME, status_code=303)
    return _form(visit)


def _form(visit: Visit, *, refusal: str = "", name: str = "", status: int = 200) -> Response:
    one_click = bool(visit.options.one_click_user) and guard.is_own_machine(visit.request)
    response = visit.show("sign_in.html", refusal=refusal, name=name, one_click=one_click, status=status)
    guard.set_cookie(visit.request, response, guard.VISITOR_COOKIE, visit.cookie)
    return response


async def sign_in(visit: Visit) -> Response:
    name = visit.form.get("name", "")
    peer = visit.request.client.host if visit.request.client else ""
    attempt = Attempt(name, visit.form.get("password", ""), visit.form.get("code", ""), peer)
    try:
        cookie = await console_access.sign_in(visit.runtime, visit.options.access, attempt, visit.real_now)
    except LockedOutError as error:
        return _form(visit, refusal=f"T{error.message[1:]}.", name=name, status=429)
    except NotAuthenticatedError:
        return _form(visit, refusal=REFUSED, name=name, status=401)
    return _begun(visit, cookie)


async def sign_in_at_once(visit: Visit) -> Response:
    """One click, in `duerun dev` and from its own machine."""
    if not visit.options.one_click_user or not guard.is_own_machine(visit.request):
        raise NotFoundError("page", "asked for")
    cookie = await console_access.sign_in_at_once(
        visit.runtime, visit.options.access, visit.options.one_click_user, visit.real_now
    )
    return _begun(visit, cookie)


def _begun(visit: Visit, cookie: str) -> Response:
    """On with a fresh cookie: what the browser brought before counts no more."""
    response = RedirectResponse(HOME, status_code=303)
    guard.set_cookie(visit.request, response, guard.SESSION_COOKIE, cookie)
    guard.drop_cookie(response, guard.VISITOR_COOKIE)
    return response


async def sign_out(visit: Visit) -> Response:
    await console_access.sign_out(visit.runtime, visit.cookie)
    response = visit.go("/console/sign-in", told="You are signed out.")
    guard.drop_cookie(response, guard.SESSION_COOKIE)
    return response


async def turn(visit: Visit) -> Response:
    """Look at another mode, or at another account."""
    mode = visit.form.get("mode") or ("live" if visit.session.livemode else "test")
    if mode not in ("live", "test"):
        raise RejectedError("mode must be live or test")
    account_id = visit.session.account_id
    if "account" in visit.form:
        found = await console_access.memberships(visit.runtime, visit.session.user_id)
        named = [each.account_id for each in found if each.public_id == visit.form["account"]]
        if not named:
            raise RejectedError("you have no role in this account")
        account_id = named[0]
    await console_access.turn(visit.runtime, visit.cookie, account_id=account_id, livemode=mode == "live")
    return visit.go(HOME, told=f"You now look at {mode} mode.")


PAGES = (
    Page("GET", "/console/sign-in", show, role=None),
    Page("POST", "/console/sign-in", sign_in, role=None),
    Page("POST", "/console/sign-in/at-once", sign_in_at_once, role=None),
    Page("POST", "/console/sign-out", sign_out),
    Page("POST", "/console/mode", turn),
)
