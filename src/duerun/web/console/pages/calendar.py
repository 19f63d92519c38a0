"""Calendar: a month of what happened and of what is planned, and the list of one of its days."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from duerun.domain.errors import RejectedError
from duerun.domain.schedules import Schedule
from duerun.services import calendar, console_lists, forecast
from duerun.services.calendar import DayPage, Tally
from duerun.services.forecast import Window
from duerun.services.lookups import by_ids
from duerun.services.unit import Unit
from duerun.web.console.visit import Page, Visit

ENTRIES_SHOWN_MAX = 25
FIRST_YEAR = 1970
PLACES = ("occu_", "schd_")
PLACE_CHARACTERS_MAX = 64
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month: what was settled and what is planned on it."""

    day: date
    tallies: list[Tally]
    is_today: bool
    is_past: bool


@dataclass(frozen=True, slots=True)
class Month:
    """The days of a month, and the months beside it that can be looked at."""

    first: date
    cells: list[Cell]
    earlier: date | None
    later: date | None


@dataclass(frozen=True, slots=True)
class DayList:
    """One page of a day, with the schedules of its entries and whom they charge or pay."""

    page: DayPage
    schedules: dict[str, Schedule]
    names: dict[str, str]


async def show(visit: Visit) -> Response:
    return await _shown(visit, "calendar.html")


async def show_part(visit: Visit) -> Response:
    """The month and the day, for a page that was shown before they were there."""
    return await _shown(visit, "calendar_part.html")


async def _shown(visit: Visit, template: str) -> Response:
    day, after = _day(visit), _after(visit)
    first = _first(visit, day)
    policy = visit.runtime.retries
    asked = _window(visit, first)
    days = await visit.beside(
        ("calendar", asked.first, asked.last), lambda unit: calendar.by_day(unit, policy, asked)
    )
    listed = await _day_list(visit, day, after) if day and days is not None else None
    return visit.show(
        template,
        month=None if days is None else _month(visit, first, asked.last, days),
        totals=_totals(days or {}),
        first=first,
        day=day,
        after=after,
        listed=listed,
        waiting=days is None or (day is not None and listed is None),
    )


def _day(visit: Visit) -> date | None:
    """The day whose list is wanted. Raises `RejectedError`."""
    text = visit.asked("day")
    return None if text is None else _date(text, "day")


def _first(visit: Visit, day: date | None) -> date:
    """The first of the month that is asked for, else of the day, else of today."""
    text = visit.asked("month")
    if text is None:
        return (day or visit.account.today(visit.now)).replace(day=1)
    return _date(f"{text}-01", "month")


def _date(text: str, name: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if found.year < FIRST_YEAR:
        raise RejectedError(f"{name} must be one such as {'2027-01' if name == 'month' else '2027-01-31'}")
    return found


def _after(visit: Visit) -> str:
    text = visit.asked("after") or ""
    if text and (not text.startswith(PLACES) or len(text) > PLACE_CHARACTERS_MAX):
        raise RejectedError("after is no place in this list")
    return text


def _window(visit: Visit, first: date) -> Window:
    """The month, cut off at the last day of which something can be told. Raises `RejectedError`."""
    latest = forecast.latest(visit.account.today(visit.now))
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return calendar.window(visit.account, visit.now, first, max(first, min(last, latest)))


def _month(visit: Visit, first: date, last: date, days: dict[date, list[Tally]]) -> Month:
    today = visit.account.today(visit.now)
    dates = [first + number * ONE_DAY for number in range((last - first).days + 1)]
    later = (first + 31 * ONE_DAY).replace(day=1)
    return Month(
        first=first,
        cells=[Cell(day, days.get(day, []), day == today, day < today) for day in dates],
        earlier=(first - ONE_DAY).replace(day=1) if first > date(FIRST_YEAR, 1, 1) else None,
        later=later if later <= forecast.latest(today) else None,
    )


def _totals(days: dict[date, list[Tally]]) -> list[Tally]:
    """The sums of the month by kind, currency and state."""
    sums: dict[tuple[str, str, str], tuple[int, int]] = {}
    for tally in (each for tallies in days.values() for each in tallies):
        key = (tally.kind, tally.currency, tally.state)
        count, amount = sums.get(key, (0, 0))
        sums[key] = (count + tally.count, amount + tally.amount_minor)
    return [
        Tally(currency, kind, state, count, amount)
        for (kind, currency, state), (count, amount) in sorted(sums.items())
    ]


async def _day_list(visit: Visit, day: date, after: str) -> DayList | None:
    """One page of the day; None while it is not there yet."""

    async def make(unit: Unit) -> DayList:
        page = await calendar.on_day(unit, visit.runtime.retries, day, after=after, limit=ENTRIES_SHOWN_MAX)
        found = await by_ids(unit, "schedule", sorted({each.schedule_id for each in page.entries}))
        return DayList(page, found, await console_lists.names_of(unit, list(found.values())))

    return await visit.beside(("day", day, after), make)


PAGES = (
    Page("GET", "/console/calendar", show, label="Calendar"),
    Page("GET", "/console/calendar/part", show_part),
)
