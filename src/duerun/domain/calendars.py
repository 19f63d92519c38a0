"""Calendars for people and their programs: entries of dates ahead, written as iCalendar (RFC 5545).

An entry is a whole day of the account's zone. It tells what is moved and by which schedule, and no name.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from duerun.domain.forecast import Lane

LINE_BYTES_MAX = 75
NAME = "Duerun"
REFRESH = "PT1H"


class Scope(StrEnum):
    """What a calendar shows: everything of an account, or what one of its objects is about."""

    ACCOUNT = "account"
    CUSTOMER = "customer"
    RECIPIENT = "recipient"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class CalendarToken:
    """Who may read a calendar without a key; `last_four` are the end of what was shown once."""

    id: str
    livemode: bool
    scope: Scope
    scope_id: str | None
    last_four: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A date ahead of a schedule and the day on which it runs. `amount_minor` is None for a share of the balance."""

    schedule_id: str
    kind: str
    scheduled_on: date
    runs_on: date
    due_at: datetime
    amount_minor: int | None
    currency: str
    percentage: Decimal | None = None
    revision: int = 0
    created_at: datetime | None = None
    occurrence_id: str | None = None
    state: str = "planned"
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """A schedule to look ahead at: how it runs, and what an entry tells of it."""

    lane: Lane
    occurrence_id: str | None
    revision: int
    created_at: datetime


def write(entries: Iterable[Upcoming], *, timezone: str) -> bytes:
    """A calendar in UTF-8 with folded lines. The same entries give the same bytes."""
    return b"".join(_folded(line) for line in _lines(entries, timezone))


def _lines(entries: Iterable[Upcoming], timezone: str) -> Iterator[str]:
    yield from (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Duerun//Duerun//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    )
    yield from (f"NAME:{NAME}", f"X-WR-CALNAME:{NAME}", f"X-WR-TIMEZONE:{escaped(timezone)}")
    yield from (f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}")
    for entry in entries:
        yield from _event(entry)
    yield "END:VCALENDAR"


def _event(entry: Upcoming) -> Iterator[str]:
    """The identity is the date of the rule, which stays when the date is moved."""
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.schedule_id}-{entry.scheduled_on:%Y%m%d}@duerun"
    yield f"DTSTAMP:{(entry.created_at or entry.due_at):%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{entry.revision}"
    yield f"DTSTART;VALUE=DATE:{entry.runs_on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.runs_on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(summary(entry))}"
    yield f"DESCRIPTION:{escaped(entry.schedule_id)}"
    yield f"CATEGORIES:{'CHARGE' if entry.kind == 'charge' else 'TRANSFER'}"
    yield from ("STATUS:CONFIRMED", "TRANSP:TRANSPARENT", "END:VEVENT")


def summary(entry: Upcoming) -> str:
    """What is moved, such as `Charge 1,250.00 THB` or `Transfer of 50 % of the balance`."""
    word = "Charge" if entry.kind == "charge" else "Transfer"
    if entry.amount_minor is not None:
        return f"{word} {main_units(entry.amount_minor, entry.currency)} {entry.currency}"
    return (
        f"{word} of the balance"
        if entry.percentage is None
        else f"{word} of {entry.percentage:f} % of the balance"
    )


def main_units(amount_minor: int, currency: str) -> str:
    """An amount for people, grouped by thousands.

    >>> main_units(125_000, "THB"), main_units(1_250, "JPY")
    ('1,250.00', '1,250')
    """
    return f"{amount_minor:,}" if currency == "JPY" else f"{Decimal(amount_minor) / 100:,.2f}"


def escaped(text: str) -> str:
    """A text as a value (RFC 5545, 3.3.11)."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line in pieces of at most 75 bytes that never cut a character (RFC 5545, 3.1)."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        each = character.encode()
        if len(piece) + len(each) > LINE_BYTES_MAX - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += each
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
