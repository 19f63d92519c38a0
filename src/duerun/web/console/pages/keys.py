"""API keys: listed by their ends, made and shown once, rolled with a grace, revoked."""

import secrets

from starlette.responses import Response

from duerun.domain.console_users import Role
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.services import access, health
from duerun.services.access import KEY_PREFIXES, KEYS_SHOWN_MAX, KeyRow
from duerun.web.console.visit import Page, Visit

HERE = "/console/keys"
FORM_BYTES = 16
KINDS = {
    "secret": "Secret: for your servers",
    "public": "Public: for tokens of cards",
}


async def show(visit: Visit) -> Response:
    keys = await access.keys_of(visit.runtime, visit.account, visit.real_now)
    return visit.show(
        "keys.html",
        keys=keys,
        kinds=KINDS,
        shown_max=KEYS_SHOWN_MAX,
        minutes=visit.options.key_roll_minutes,
        form_id=secrets.token_hex(FORM_BYTES),
        state_of=lambda key: _state(visit, key),
    )


def _state(visit: Visit, key: KeyRow) -> str:
    if key.has_ended(visit.real_now):
        return "key_ended"
    return "key_ending" if key.expires_at else "key_valid"


def _kind(visit: Visit) -> str:
    kind = visit.field("kind")
    if kind not in KEY_PREFIXES:
        raise RejectedError(f"kind must be one of {', '.join(KEY_PREFIXES)}")
    return kind


def _form_id(visit: Visit) -> str:
    form = visit.field("form")
    if len(form) != 2 * FORM_BYTES:
        raise RejectedError("this form is out of date: load the page again")
    return form


async def create(visit: Visit) -> Response:
    """A fresh key, shown this once. One of the user's own lets him approve over the API as himself."""
    kind, form = _kind(visit), _form_id(visit)
    await health.require_safe_keys(visit.runtime, livemode=visit.account.livemode)
    key = await access.create_key(
        visit.runtime,
        visit.account,
        kind=kind,
        now=visit.real_now,
        user=visit.session.name if visit.form.get("own") == "yes" else "",
        form=form,
    )
    return visit.show("key_made.html", key=key, kind=kind, minutes=None)


async def roll(visit: Visit) -> Response:
    """A fresh key in place of all others of its kind, which still count for a while."""
    kind, form = _kind(visit), _form_id(visit)
    await health.require_safe_keys(visit.runtime, livemode=visit.account.livemode)
    minutes = visit.options.key_roll_minutes
    key = await access.roll_key(
        visit.runtime,
        visit.account.id,
        livemode=visit.account.livemode,
        kind=kind,
        now=visit.real_now,
        minutes=minutes,
        form=form,
    )
    return visit.show("key_made.html", key=key, kind=kind, minutes=minutes)


async def revoke(visit: Visit) -> Response:
    """End one key at once."""
    try:
        ended = await access.revoke_key(visit.runtime, visit.account, visit.path["reference"], visit.real_now)
    except NotFoundError:
        return visit.go(HERE, told="There is no such key that counts: nothing was changed.")
    return visit.go(HERE, told=f"The key that ends in {ended} lets nobody in any more.")


PAGES = (
    Page("GET", HERE, show, label="API keys"),
    Page("POST", HERE, create, role=Role.ADMIN),
    Page("POST", f"{HERE}/roll", roll, role=Role.ADMIN),
    Page("POST", f"{HERE}/{{reference}}/revoke", revoke, role=Role.ADMIN),
)
