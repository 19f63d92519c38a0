"""How values read to people: money, dates, moments, rules and states."""

import re
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from duerun.domain.recurrence import Rule, in_words

WITHOUT_DECIMALS = frozenset(("JPY",))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Fields by which the services refuse, where their labels are others.
FIELDS = {
    "bank_account name": "name on the account",
    "bank_account number": "account number",
    "brand": "bank",
    "bank_code": "code of the bank",
    "branch_code": "code of the branch",
    "capture_amount": "capture amount",
    "start_date": "the start",
    "end_date": "the end",
}
_FIELDS = re.compile(rf"\b(?:{'|'.join(FIELDS)})\b")
_SUBUNITS = re.compile(r"(?:between ([0-9]{1,16}) and )?\b([0-9]{1,16}) \(([a-z]{3}) subunits\)")


class Badge(NamedTuple):
    """A state in a word, and the tone of its colour: good, bad, wait, busy or quiet."""

    word: str
    tone: str


BADGES = {
    "active": Badge("Active", "good"),
    "paused": Badge("Paused", "wait"),
    "suspended": Badge("Suspended", "bad"),
    "expired": Badge("Ended", "quiet"),
    "deleted": Badge("Deleted", "quiet"),
    "due": Badge("Planned", "quiet"),
    "held": Badge("Held", "wait"),
    "sent": Badge("Running", "busy"),
    "unknown": Badge("Uncertain", "bad"),
    "successful": Badge("Successful", "good"),
    "failed": Badge("Failed", "bad"),
    "skipped": Badge("Skipped", "quiet"),
    "cancelled": Badge("Cancelled", "quiet"),
    "pending": Badge("Pending", "wait"),
    "reversed": Badge("Reversed", "quiet"),
    "paid": Badge("Paid", "good"),
    "sent_out": Badge("Sent", "busy"),
    "unverified": Badge("Not verified", "wait"),
    "inactive": Badge("Not active", "wait"),
    "planned": Badge("Planned", "busy"),
    "to_be_skipped": Badge("To be skipped", "quiet"),
    "blocked": Badge("Cannot be paid", "bad"),
    "delivered": Badge("Delivered", "good"),
    "failing": Badge("Tried again", "wait"),
    "given_up": Badge("Given up", "bad"),
    "waiting": Badge("Waits for balance", "wait"),
    "trying": Badge("Being checked", "busy"),
    "tried": Badge("Checked, not committed", "wait"),
    "job_awaiting_approval": Badge("Waits for approval", "wait"),
    "job_pending": Badge("Waiting", "busy"),
    "job_processing": Badge("Running", "busy"),
    "job_paused": Badge("Paused", "wait"),
    "job_completed": Badge("Done", "good"),
    "job_cancelled": Badge("Cancelled", "quiet"),
    "job_failed": Badge("Stopped by a fault", "bad"),
    "check_not_started": Badge("Waiting", "busy"),
    "check_in_progress": Badge("Being checked", "busy"),
    "check_processed": Badge("Done", "good"),
    "check_failed": Badge("Given up", "quiet"),
    "check_timed_out": Badge("Took too long", "bad"),
    "MTCH": Badge("Match", "good"),
    "CMTC": Badge("Close match", "wait"),
    "NMTC": Badge("No match", "bad"),
    "NOAP": Badge("Not applicable", "quiet"),
    "key_valid": Badge("Counts", "good"),
    "key_ending": Badge("Ends soon", "wait"),
    "key_ended": Badge("Ended", "quiet"),
    "refused": Badge("Not checked", "bad"),
}


def badge(state: str) -> Badge:
    """The badge of a state; an unknown one stands for itself."""
    return BADGES.get(state, Badge(state, "quiet"))


def amount(amount_minor: int, currency: str) -> str:
    """An amount with grouping, without its currency.

    >>> amount(123456789, "THB"), amount(5000, "JPY")
    ('1,234,567.89', '5,000')
    """
    sign = "\N{MINUS SIGN}" if amount_minor < 0 else ""
    if currency in WITHOUT_DECIMALS:
        return f"{sign}{abs(amount_minor):,}"
    whole, rest = divmod(abs(amount_minor), 100)
    return f"{sign}{whole:,}.{rest:02}"


def refusal(message: str) -> str:
    """A refusal in the words of the pages: amounts as people write them, fields by their labels.

    >>> refusal("capture_amount must be between 1 and 2000 (thb subunits)")
    'capture amount must be between 0.01 and 20.00 THB'
    """

    def written(found: re.Match[str]) -> str:
        currency = found[3].upper()
        most = f"{amount(int(found[2]), currency)} {currency}"
        return f"between {amount(int(found[1]), currency)} and {most}" if found[1] else most

    return _FIELDS.sub(lambda found: FIELDS[found[0]], _SUBUNITS.sub(written, message))


def day(value: date) -> str:
    """A date with its weekday.

    >>> day(date(2026, 11, 25))
    'Wed 25 Nov 2026'
    """
    return f"{DAYS[value.weekday()]} {value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime, zone: ZoneInfo) -> str:
    """A moment in a zone, to the minute; the zone is told beside it.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 11, 25, 1, 30, tzinfo=UTC), ZoneInfo("Asia/Bangkok"))
    '25 Nov 2026, 08:30'
    """
    local = value.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def zone_name(value: datetime, zone: ZoneInfo) -> str:
    """The zone with its offset at a moment.

    >>> from datetime import UTC
    >>> zone_name(datetime(2026, 11, 25, tzinfo=UTC), ZoneInfo("Asia/Bangkok"))
    'Asia/Bangkok, UTC+07:00'
    """
    offset = f"{value.astimezone(zone):%z}"
    return f"{zone.key}, UTC{offset[:3]}:{offset[3:5]}"


def rule(value: Rule) -> str:
    """A rule in a sentence.

    >>> from duerun.domain.recurrence import rule_of
    >>> rule(rule_of(every=1, period="month", on_text="1;16", start_on=date(2026, 1, 1), end_on=None))
    'Every month on the 1st and 16th'
    """
    words = in_words(value)
    head = f"Every {value.every} {value.period}(s)"
    plain = f"Every {value.period}" if value.every == 1 else f"Every {value.every} {value.period}s"
    return words.replace(head, plain, 1)


def count(number: int, most: int) -> str:
    """A number that may have ended at a limit.

    >>> count(12, 1000), count(1000, 1000)
    ('12', '1,000+')
    """
    return f"{number:,}+" if number >= most else f"{number:,}"


def capitalized(text: str) -> str:
    """A text as the beginning of a sentence; the rest stays as it is.

    >>> capitalized("it is tried again as occu_1A")
    'It is tried again as occu_1A'
    """
    return text[:1].upper() + text[1:]
