"""Test clock: where it stands, moving it forward, and what happened on the way."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from urllib.parse import urlencode

from starlette.responses import Response

from duerun.domain.accounts import Account
from duerun.domain.console_users import Role
from duerun.domain.errors import RejectedError
from duerun.domain.local_time import run_at
from duerun.services import console_clocks
from duerun.services.console_clocks import Between
from duerun.web.console.visit import Page, Visit

STEPS = {"day": "A day", "month": "A month", "year": "A year"}
MOMENT_CHARACTERS_MAX = 40
POLL_SECONDS = 1
# A bar counts in thousandths.
FULL = 1_000


@dataclass(frozen=True, slots=True)
class Way:
    """From where to where the clock goes, and where it stands."""

    since: datetime
    until: datetime
    now: datetime

    @property
    def is_done(self) -> bool:
        return self.now >= self.until

    @property
    def thousandths(self) -> int:
        whole = (self.until - self.since).total_seconds()
        return min(FULL, int(FULL * (self.now - self.since).total_seconds() / whole)) if whole > 0 else FULL

    @property
    def query(self) -> str:
        return urlencode({"since": self.since.isoformat(), "until": self.until.isoformat()})


async def show(visit: Visit) -> Response:
    return await _shown(visit, "clock.html")


async def show_part(visit: Visit) -> Response:
    """What happened, for a page that was shown before it was counted."""
    return await _shown(visit, "clock_part.html")


async def poll(visit: Visit) -> Response:
    """How far the advance has come; once it has ended, the page is loaded anew."""
    response = await _shown(visit, "clock_part.html")
    if not await _is_moving(visit):
        response.headers["HX-Refresh"] = "true"
    return response


async def _shown(visit: Visit, template: str) -> Response:
    way = _way(visit)
    is_moving = await _is_moving(visit)
    found: Between | None = None
    if way is not None and not is_moving and not visit.account.livemode:
        since, until = way.since, min(way.now, way.until)
        found = await visit.beside(
            ("happened", since, until), lambda unit: console_clocks.between(unit, since, until)
        )
    return visit.show(
        template,
        way=way,
        is_moving=is_moving,
        found=found,
        trouble=visit.advances.troubles.get(visit.account.id, ""),
        steps=[(name, label, _ahead(visit.account, visit.now, name)) for name, label in STEPS.items()],
        tomorrow=_ahead(visit.account, visit.now, "day").astimezone(visit.account.zone).date(),
        full=FULL,
        poll_seconds=POLL_SECONDS,
    )


async def _is_moving(visit: Visit) -> bool:
    return not visit.account.livemode and await console_clocks.is_held(visit.runtime, visit.account)


def _way(visit: Visit) -> Way | None:
    since, until = visit.asked("since"), visit.asked("until")
    if since is None or until is None:
        return None
    found = Way(_moment(since, "since"), _moment(until, "until"), visit.now)
    if found.until < found.since:
        raise RejectedError("until must be behind since")
    return found


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text[:MOMENT_CHARACTERS_MAX])
        if moment.tzinfo is None:
            raise ValueError(name)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RejectedError(f"{name} must be a moment such as 2027-01-31T00:00:00+00:00") from None


def _ahead(account: Account, now: datetime, step: str) -> datetime:
    """The moment a day, a month or a year ahead, at the same local time; shorter months end earlier."""
    local = now.astimezone(account.zone)
    if step == "day":
        return run_at(date.fromordinal(local.toordinal() + 1), local.time(), account.zone)
    years, month = divmod(local.month - 1 + (1 if step == "month" else 12), 12)
    year = local.year + years
    day = date(year, month + 1, min(local.day, monthrange(year, month + 1)[1]))
    return run_at(day, local.time(), account.zone)


async def advance(visit: Visit) -> Response:
    """Begin to move the clock; the page that follows shows how far it is."""
    account, now = visit.account, visit.now
    if account.livemode:
        raise RejectedError("live mode runs on real time")
    to = _target(visit)
    if to <= now:
        raise RejectedError("the clock moves forward only")
    await visit.advances.start(visit.runtime, account, to)
    return visit.go(f"/console/clock?{Way(now, to, now).query}")


def _target(visit: Visit) -> datetime:
    """Where to: a step, a moment, or the begin of a day."""
    step = visit.form.get("step", "")
    if step in STEPS:
        return _ahead(visit.account, visit.now, step)
    text = visit.field("to")
    try:
        return run_at(date.fromisoformat(text), time(), visit.account.zone)
    except ValueError:
        return _moment(text, "to")


PAGES = (
    Page("GET", "/console/clock", show, label="Test clock"),
    Page("GET", "/console/clock/part", show_part),
    Page("GET", "/console/clock/poll", poll, quiet=True),
    Page("POST", "/console/clock/advance", advance, role=Role.OPERATOR),
)
