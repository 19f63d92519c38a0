"""Who is signed in: accounts and roles, the password, one-time codes."""

from starlette.responses import Response

from duerun.domain.errors import RejectedError
from duerun.domain.one_time_codes import secret_text, setup_uri
from duerun.services import console_access
from duerun.web.console import guard
from duerun.web.console.visit import Page, Visit

HERE = "/console/yourself"


async def show(visit: Visit) -> Response:
    accounts = await console_access.memberships(visit.runtime, visit.session.user_id)
    return visit.show("yourself.html", accounts=accounts, may_seal=visit.options.access.may_seal)


async def change_password(visit: Visit) -> Response:
    """Another password. The session goes on under a fresh cookie; all others end."""
    new = visit.form.get("new", "")
    if new != visit.form.get("again", ""):
        raise RejectedError("the two new passwords are not the same")
    cookie = await console_access.change_password(
        visit.runtime,
        visit.options.access,
        visit.session,
        current=visit.form.get("current", ""),
        new=new,
        now=visit.real_now,
    )
    response = visit.go(HERE, told="Your password is changed. All other sessions are signed out.")
    guard.set_cookie(visit.request, response, guard.SESSION_COOKIE, cookie)
    return response


async def draft_codes(visit: Visit) -> Response:
    """A seed to put into an authenticator app; shown this once."""
    seed = await console_access.draft_codes(
        visit.runtime, visit.options.access, visit.session, visit.form.get("current", ""), visit.real_now
    )
    return visit.show("codes.html", secret=secret_text(seed), uri=setup_uri(seed, name=visit.session.name))


async def switch_codes_on(visit: Visit) -> Response:
    await console_access.switch_codes_on(
        visit.runtime, visit.options.access, visit.session, visit.form.get("code", ""), visit.real_now
    )
    return visit.go(HERE, told="One-time codes are on: you are asked for one when you sign in.")


async def switch_codes_off(visit: Visit) -> Response:
    await console_access.switch_codes_off(
        visit.runtime, visit.options.access, visit.session, visit.form.get("current", ""), visit.real_now
    )
    return visit.go(HERE, told="One-time codes are off.")


PAGES = (
    Page("GET", HERE, show),
    Page("POST", f"{HERE}/password", change_password),
    Page("POST", f"{HERE}/codes", draft_codes),
    Page("POST", f"{HERE}/codes/on", switch_codes_on),
    Page("POST", f"{HERE}/codes/off", switch_codes_off),
)
