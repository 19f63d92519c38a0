"""Audit log: who changed what, by whom, what and day; and whether anybody has touched the log."""

import re
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from duerun.domain.audit_chain import Area, Verdict, fact_text, parse_hash
from duerun.domain.errors import RejectedError
from duerun.domain.local_time import run_at
from duerun.services import audit_log
from duerun.services.audit_log import NUMBER_MAX, Asked
from duerun.services.console_aside import PART_WAIT_SECONDS
from duerun.web.console import fields
from duerun.web.console.pages.webhooks import page_of
from duerun.web.console.visit import Page, Visit

HERE = "/console/audit"
ROWS_SHOWN_MAX = 50
WHO_CHARACTERS_MAX = 100
_NUMBER = re.compile(r"[0-9]{1,18}")
AREAS = {
    Area.SETTINGS: "Settings",
    Area.KEYS: "API keys",
    Area.USERS: "Users",
    Area.WEBHOOKS: "Webhooks",
    Area.BULK: "Bulk files",
    Area.SCHEDULES: "Schedules",
    Area.PAYMENTS: "Payments by hand",
    Area.CUSTOMERS: "Customers",
    Area.RECIPIENTS: "Recipients",
    Area.CALENDARS: "Calendar tokens",
    Area.ACCOUNT: "Account",
}
WORDS = {
    "account.create": "Account made",
    "settings.set": "Settings changed",
    "settings.set_gateway": "Processor changed",
    "keys.create": "Key made",
    "keys.roll": "Keys rolled",
    "keys.revoke": "Key revoked",
    "keys.create_client": "Requester made",
    "keys.change_client": "Requester changed",
    "keys.roll_client": "Requester's secret renewed",
    "users.create": "User made",
    "users.set_role": "Role given",
    "users.disable": "User disabled",
    "users.let_in": "User let in again",
    "users.set_password": "Password set",
    "users.reset_codes": "One-time codes reset",
    "users.codes_on": "One-time codes on",
    "users.codes_off": "One-time codes off",
    "webhooks.set_address": "Webhook address set",
    "webhooks.set_client_address": "Requester's address set",
    "webhooks.create_secret": "Webhook secret made",
    "webhooks.delete_secret": "Webhook secret deleted",
    "bulk.approve": "File approved",
    "bulk.commit": "File committed",
    "bulk.pause": "File paused",
    "bulk.resume": "File resumed",
    "bulk.cancel": "File cancelled",
    "schedules.create": "Schedule made",
    "schedules.pause": "Schedule paused",
    "schedules.resume": "Schedule resumed",
    "schedules.delete": "Schedule deleted",
    "schedules.change": "Schedule changed",
    "schedules.change_date": "Date changed",
    "schedules.reset_date": "Date put back",
    "customers.create": "Customer made",
    "customers.change": "Customer changed",
    "customers.delete": "Customer deleted",
    "customers.change_card": "Card changed",
    "customers.delete_card": "Card deleted",
    "recipients.create": "Recipient made",
    "recipients.change": "Recipient changed",
    "recipients.verify": "Recipient marked as verified",
    "recipients.delete": "Recipient deleted",
    "payments.charge": "Charged",
    "payments.capture": "Charge captured",
    "payments.reverse": "Charge reversed",
    "payments.expire": "Charge expired",
    "payments.refund": "Charge refunded",
    "payments.describe_charge": "Charge described anew",
    "payments.mark_as_paid": "Marked as paid",
    "payments.mark_as_failed": "Marked as failed",
    "payments.mark_as_sent": "Marked as sent",
    "payments.transfer": "Transfer made",
    "payments.change_transfer": "Transfer changed",
    "payments.delete_transfer": "Transfer deleted",
    "payments.settle": "Settled by hand",
    "payments.run_held": "Held date run",
    "payments.skip_held": "Held date skipped",
    "payments.backfill": "Missed days run",
    "payments.acknowledge_finding": "Finding acknowledged",
    "calendars.create_token": "Calendar token made",
    "calendars.revoke_token": "Calendar token revoked",
    "server.freeze": "Sends frozen",
    "server.thaw": "Sends thawed",
    "server.load_peers": "Directory of PSPs loaded",
}


async def show(visit: Visit) -> Response:
    return await _shown(visit)


async def check(visit: Visit) -> Response:
    """Compute the chain from its beginning; for a large log this is done once for all who ask."""
    text = visit.form.get("head", "").strip()
    kept = parse_hash(text)
    if text and kept is None:
        raise RejectedError("a head is a hash of 64 hexadecimal digits")
    verdict = await visit.aside.get(
        ("audit log", kept),
        lambda: audit_log.verify(visit.runtime, kept=kept),
        wait_seconds=PART_WAIT_SECONDS,
    )
    return await _shown(visit, verdict=verdict, is_checked=True, head=text)


async def _shown(
    visit: Visit, *, verdict: Verdict | None = None, is_checked: bool = False, head: str = ""
) -> Response:
    who, day = visit.asked("who"), visit.asked("day")
    since, until = _day(visit)
    asked = Asked(
        account_id=visit.account.id,
        livemode=visit.account.livemode,
        actor=who[:WHO_CHARACTERS_MAX] if who else None,
        area=_area(visit),
        since=since,
        until=until,
        before=_before(visit),
    )
    lines = await audit_log.list_lines(visit.runtime, asked, rows_max=ROWS_SHOWN_MAX + 1)
    shown = lines[:ROWS_SHOWN_MAX]
    return visit.show(
        "audit.html",
        lines=[each.entry for each in shown],
        older=_older(visit, shown[-1].entry.number) if len(lines) > ROWS_SHOWN_MAX else "",
        asked_who=who or "",
        area=asked.area,
        day=day or "",
        areas=AREAS,
        words_of=lambda action: WORDS.get(action, action),
        fact_text=fact_text,
        page_of=page_of,
        verdict=verdict,
        is_checked=is_checked,
        kept_head=head,
        who_characters_max=WHO_CHARACTERS_MAX,
    )


def _area(visit: Visit) -> str | None:
    name = visit.asked("area")
    if name is not None and name not in AREAS:
        raise RejectedError(f"area must be one of {', '.join(AREAS)}")
    return name


def _day(visit: Visit) -> tuple[datetime | None, datetime | None]:
    """The beginning and the end of the day that is asked for, in the account's zone."""
    if visit.asked("day") is None:
        return None, None
    day = fields.asked_day(visit, "day")
    try:
        ends = [run_at(each, time(0), visit.account.zone) for each in (day, day + timedelta(days=1))]
    except (OverflowError, ValueError):
        raise RejectedError("day is out of reach") from None
    return ends[0], ends[1]


def _before(visit: Visit) -> int:
    text = visit.asked("before")
    if text is None:
        return NUMBER_MAX
    if _NUMBER.fullmatch(text) is None:
        raise RejectedError("before is no place in this list")
    return int(text)


def _older(visit: Visit, number: int) -> str:
    kept = {name: value for name, value in visit.query.items() if name != "before" and value}
    return f"{HERE}?{urlencode({**kept, 'before': str(number)})}"


PAGES = (
    Page("GET", HERE, show, label="Audit log"),
    Page("POST", f"{HERE}/check", check),
)
