"""The calendar, and tokens of its feed: extensions of Duerun (see `docs/reference/forecast.md`)."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from duerun.domain.calendars import CalendarToken, Scope, Upcoming
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.services import calendar, calendar_tokens
from duerun.services.calendar import ENTRIES_MAX, Tally
from duerun.web.omise import params, wire
from duerun.web.omise.call import Call, Endpoint, QueryParam
from duerun.web.omise.forecast import days_asked
from duerun.web.omise.idempotency import HEADER
from duerun.web.omise.wire import Version, WireList, moment

LOCATION = "/calendar_tokens"
ENTRIES_DEFAULT = 20


class WireTally(msgspec.Struct, kw_only=True):
    """How many occurrences of one kind are in a state, and their sum."""

    currency: str
    kind: str
    state: str
    count: int
    amount: int


class WireDay(msgspec.Struct, kw_only=True):
    date: date
    data: list[WireTally]


class WireCalendar(msgspec.Struct, kw_only=True):
    """The days on which something was settled or is planned, as of `now`; those of `timezone`."""

    object: str = "calendar"
    livemode: bool
    location: str = "/calendar"
    from_: date = msgspec.field(name="from")
    to: date
    timezone: str
    now: datetime
    data: list[WireDay]


class WireEntry(msgspec.Struct, kw_only=True):
    """An occurrence of a day. `occurrence` is null as long as it has no record, `amount` for a share of the balance."""

    schedule: str
    occurrence: str | None
    kind: str
    state: str
    scheduled_on: date
    runs_at: datetime
    amount: int | None
    percentage_of_balance: float | None
    currency: str
    message: str | None


class WireCalendarDay(msgspec.Struct, kw_only=True):
    """One page of a day: `after` of the next one is `next`, null at the end."""

    object: str = "calendar_day"
    livemode: bool
    location: str
    date: date
    timezone: str
    next: str | None
    data: list[WireEntry]


class WireCalendarToken(msgspec.Struct, kw_only=True):
    """`token` stands in the answer to its creation and never again, and so does `path`, with which it is used."""

    object: str = "calendar_token"
    id: str
    livemode: bool
    location: str
    deleted: bool
    scope: str
    scope_id: str | None
    token: str | msgspec.UnsetType = msgspec.UNSET
    path: str | msgspec.UnsetType = msgspec.UNSET
    last_digits: str
    created_at: datetime
    created: datetime


class TakenToken(msgspec.Struct, kw_only=True):
    """What the calendar shows: one of these, or nothing for the whole account."""

    customer: Annotated[str, msgspec.Meta(description="A customer's id.")] | msgspec.UnsetType = msgspec.UNSET
    recipient: str | msgspec.UnsetType = msgspec.UNSET
    schedule: str | msgspec.UnsetType = msgspec.UNSET


async def retrieve(call: Call) -> WireCalendar:
    asked = calendar.window(
        call.account, call.now, params.date(call.params, "from"), params.date(call.params, "to")
    )
    async with call.unit() as unit:
        days = await calendar.by_day(unit, call.runtime.retries, asked)
    return WireCalendar(
        livemode=call.account.livemode,
        from_=asked.first,
        to=asked.last,
        timezone=call.account.timezone,
        now=moment(call.now),
        data=[
            WireDay(date=day, data=[_tally(each, call.version) for each in tallies])
            for day, tallies in days.items()
        ],
    )


def _tally(each: Tally, version: Version) -> WireTally:
    return WireTally(
        currency=wire.currency(each.currency, version),
        kind=each.kind,
        state=each.state,
        count=each.count,
        amount=each.amount_minor,
    )


async def retrieve_day(call: Call) -> WireCalendarDay:
    try:
        day = params.required(params.date({"date": call.path["date"]}, "date"), "date")
    except RejectedError:
        raise NotFoundError("date", call.path["date"]) from None
    limit = params.integer(call.params, "limit")
    limit = ENTRIES_DEFAULT if limit is None else limit
    if not 1 <= limit <= ENTRIES_MAX:
        raise RejectedError(f"limit must be an integer between 1 and {ENTRIES_MAX}")
    after = params.text(call.params, "after", chars_max=64) or ""
    if after and not after.startswith(("occu_", "schd_")):
        raise RejectedError("after must be what next of the page before says")
    async with call.unit() as unit:
        page = await calendar.on_day(unit, call.runtime.retries, day, after=after, limit=limit)
    return WireCalendarDay(
        livemode=call.account.livemode,
        location=f"/calendar/{day}",
        date=day,
        timezone=call.account.timezone,
        next=page.following,
        data=[_entry(each, call.version) for each in page.entries],
    )


def _entry(each: Upcoming, version: Version) -> WireEntry:
    return WireEntry(
        schedule=each.schedule_id,
        occurrence=each.occurrence_id,
        kind=each.kind,
        state=each.state,
        scheduled_on=each.scheduled_on,
        runs_at=moment(each.due_at),
        amount=each.amount_minor,
        percentage_of_balance=None if each.percentage is None else float(each.percentage),
        currency=wire.currency(each.currency, version),
        message=each.message,
    )


def render(
    token: CalendarToken, *, text: str | msgspec.UnsetType = msgspec.UNSET, deleted: bool = False
) -> WireCalendarToken:
    """A token without its text, unless that is given."""
    return WireCalendarToken(
        id=token.id,
        livemode=token.livemode,
        location=f"{LOCATION}/{token.id}",
        deleted=deleted,
        scope=str(token.scope),
        scope_id=token.scope_id,
        token=text,
        path=text if text is msgspec.UNSET else f"/calendar.ics?token={text}",
        last_digits=token.last_four,
        created_at=moment(token.created_at),
        created=moment(token.created_at),
    )


async def create(call: Call) -> WireCalendarToken:
    if HEADER in call.request.headers:
        # The answer is kept under such a key, and nothing but the hash of a token is.
        raise RejectedError("Idempotency-Key cannot be used here: a token is shown once")
    scopes = (Scope.CUSTOMER, Scope.RECIPIENT, Scope.SCHEDULE)
    given = [
        (scope, text) for scope in scopes if (text := params.text(call.params, str(scope), chars_max=64))
    ]
    if len(given) > 1:
        raise RejectedError("at most one of customer, recipient, schedule may be given")
    async with call.unit() as unit:
        token, text = await calendar_tokens.add(unit, *(given[0] if given else (Scope.ACCOUNT, None)))
    return render(token, text=text)


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await calendar_tokens.show(unit, query)
    return call.listed([render(each) for each in page.rows], query, total=page.total, location=LOCATION)


async def retrieve_token(call: Call) -> WireCalendarToken:
    async with call.unit() as unit:
        return render(await calendar_tokens.get(unit, call.path["id"]))


async def destroy(call: Call) -> WireCalendarToken:
    async with call.unit() as unit:
        return render(await calendar_tokens.revoke(unit, call.path["id"]), deleted=True)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/calendar",
        retrieve,
        query=days_asked(
            "The first day, also a past one; the first of this month if it is left out.",
            f"The last day, at most {calendar.DAYS_MAX} days in all; the end of the month if it is left out.",
        ),
    ),
    Endpoint(
        "GET",
        "/calendar/{date}",
        retrieve_day,
        query=(
            QueryParam(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": ENTRIES_MAX, "default": ENTRIES_DEFAULT},
                "How many occurrences a page has.",
            ),
            QueryParam("after", {"type": "string"}, "What `next` of the page before says."),
        ),
    ),
    Endpoint("POST", LOCATION, create, body=TakenToken),
    Endpoint("GET", LOCATION, index),
    Endpoint("GET", f"{LOCATION}/{{id}}", retrieve_token),
    Endpoint("DELETE", f"{LOCATION}/{{id}}", destroy),
)
