"""Schedules as the rows of a bulk file: uploaded again, a row makes the schedule that it was written from.

Source: the wire specification, 13.1.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from duerun.domain.csv_records import BULK_COLUMNS, METADATA_PREFIX
from duerun.domain.recurrence import Period, Rule, WeekdayOfMonth, dates_after, format_on, next_date
from duerun.domain.schedules import Kind, Schedule

METADATA_KEYS_MAX = 500

_ONE_DAY = timedelta(days=1)
_WHOLE_BALANCE = "balance"


def columns(metadata_keys: Sequence[str]) -> tuple[str, ...]:
    """The header of a file whose rows carry metadata under these keys."""
    return (*BULK_COLUMNS, *(METADATA_PREFIX + key for key in metadata_keys))


def cells(schedule: Schedule, metadata_keys: Sequence[str], today: date) -> list[str] | None:
    """The row of an active schedule; None for one that has no date ahead, which no file can ask for.

    `open_dates` are those that may be asked for again: what is under way already is not paid twice.
    """
    start_on = start_of(schedule, today)
    if start_on is None:
        return None
    said = {"customer_key": schedule.customer_key or schedule.id}
    said |= _when(schedule.rule, start_on) | _what(schedule)
    metadata = schedule.metadata if schedule.kind is Kind.CHARGE else {}
    return [
        *(said.get(column, "") for column in BULK_COLUMNS),
        *(metadata.get(key, "") for key in metadata_keys),
    ]


def start_of(schedule: Schedule, today: date) -> date | None:
    """The start that gives the dates which are ahead: the schedule's own, or its next date if that has passed.

    Every N weeks or months are counted from the start. The next date lies in a week or month that counts, so counting
    from it leaves all later dates where they are.
    """
    rule = schedule.rule
    left_out = {day for day, change in schedule.changes.items() if change.skipped}
    after = max(schedule.planned_through or date.min, today - _ONE_DAY)
    ahead = dates_after(rule, after, limit=len(left_out) + 1)
    days = [day for day in (*schedule.open_dates, *ahead) if day >= today and day not in left_out]
    if not days:
        return None
    first = min(days)
    return rule.start_on if rule.start_on >= today and first == next_date(rule, None) else first


def _when(rule: Rule, start_on: date) -> dict[str, str]:
    said = {
        "every": str(rule.every),
        "period": rule.period.value,
        "start_date": start_on.isoformat(),
        "end_date": rule.end_on.isoformat() if rule.end_on else "",
    }
    return said | {_column_of_days(rule): format_on(rule)}


def _column_of_days(rule: Rule) -> str:
    if rule.period is Period.WEEK:
        return "weekdays"
    return "weekday_of_month" if isinstance(rule.on, WeekdayOfMonth) else "days_of_month"


def _what(schedule: Schedule) -> dict[str, str]:
    amount = "" if schedule.amount_minor is None else str(schedule.amount_minor)
    if schedule.kind is Kind.CHARGE:
        return {
            "customer": schedule.customer_id or "",
            "card": "" if schedule.default_card else schedule.card_id or "",
            "amount": amount,
            "description": schedule.description or "",
            "currency": schedule.currency,
        }
    whole = schedule.amount_minor is None and schedule.percentage is None
    return {
        "recipient": schedule.recipient_id or "",
        "amount": amount,
        "percentage_of_balance": _percentage(schedule.percentage),
        "transfer": _WHOLE_BALANCE if whole else "",
    }


def _percentage(percentage: Decimal | None) -> str:
    return "" if percentage is None else f"{percentage.normalize():f}"
