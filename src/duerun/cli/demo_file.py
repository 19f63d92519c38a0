"""The demonstration's members and its upload file, in which rows are wrong in each of the ten documented ways."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from duerun.domain.errors import RejectedError

COLUMNS = (
    "customer_key",
    "customer",
    "card",
    "amount",
    "description",
    "every",
    "period",
    "days_of_month",
    "start_date",
    "end_date",
)
WRONG_ROWS_EACH = 36


class Member(NamedTuple):
    """A row of the members file; amounts in the smallest unit."""

    member_key: str
    name: str
    email: str
    card: str
    plan: str
    amount: str
    every: str
    period: str
    days_of_month: str
    start_offset_days: str
    payout_recipient: str
    bank_brand: str
    bank_account: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A member who has become a customer with a card."""

    member: Member
    customer_id: str
    card_id: str


@dataclass(frozen=True, slots=True)
class Strangers:
    """What the wrong rows need: customers without a card, and the day on which the file is written."""

    without_card: Sequence[str]
    today: date


Row = dict[str, str]
Spoil = Callable[[Row, int, Strangers], Row]


def read_members(path: Path) -> list[Member]:
    """The members of a file; `RejectedError` if it is not one."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or tuple(rows[0]) != Member._fields:
        raise RejectedError(f"{path} is not a members file: its columns must be {','.join(Member._fields)}")
    if any(len(row) != len(Member._fields) for row in rows):
        raise RejectedError(f"{path} is not a members file: a row has too few or too many cells")
    return [Member(*row) for row in rows[1:]]


def write_upload(path: Path, enrolled: Sequence[Enrolled], strangers: Strangers) -> int:
    """Write the good row of each member, and wrong ones spread among them; the number of rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        rows = list(upload_rows(enrolled, strangers))
        writer.writerows(rows)
    return len(rows)


def upload_rows(enrolled: Sequence[Enrolled], strangers: Strangers) -> Iterator[Row]:
    """Each member's row, and behind every so many of them one that was spoilt."""
    wrong = [(code, number) for number in range(WRONG_ROWS_EACH) for code in SPOILS]
    step = max(len(enrolled) // len(wrong), 1)
    for place, each in enumerate(enrolled):
        row = _row(each, strangers.today)
        yield row
        if place % step == 0 and place // step < len(wrong):
            code, number = wrong[place // step]
            key = f"wrong_{place // step + 1:03d}"
            other = enrolled[place - 1].card_id
            yield SPOILS[code]({**row, "customer_key": key, "card": other}, number, strangers)


def _row(enrolled: Enrolled, today: date) -> Row:
    member = enrolled.member
    return {
        "customer_key": member.member_key,
        "customer": enrolled.customer_id,
        "card": "",
        "amount": member.amount,
        "description": member.plan,
        "every": member.every,
        "period": member.period,
        "days_of_month": member.days_of_month,
        "start_date": str(today + timedelta(days=int(member.start_offset_days))),
        "end_date": "",
    }


def _changed(column: str, *values: str) -> Spoil:
    """Puts one of the values into a column, in turn."""
    return lambda row, number, _: {**row, "card": "", column: values[number % len(values)]}


def _stranger(row: Row, number: int, _: Strangers) -> Row:
    return {**row, "card": "", "customer": f"cust_test_nobody{number:02d}"}


def _without_card(row: Row, number: int, strangers: Strangers) -> Row:
    return {**row, "card": "", "customer": strangers.without_card[number % len(strangers.without_card)]}


def _card_of_another(row: Row, _: int, __: Strangers) -> Row:
    return row


def _in_the_past(row: Row, number: int, strangers: Strangers) -> Row:
    return {**row, "card": "", "start_date": str(strangers.today - timedelta(days=1 + number))}


def _ends_early(row: Row, number: int, _: Strangers) -> Row:
    start = date.fromisoformat(row["start_date"])
    return {**row, "card": "", "end_date": str(start - timedelta(days=1 + number % 5))}


def _again(row: Row, _: int, __: Strangers) -> Row:
    return {**row, "card": ""}


SPOILS: dict[str, Spoil] = {
    "invalid_customer": _stranger,
    "no_card_attached": _without_card,
    "invalid_card": _card_of_another,
    "invalid_amount": _changed("amount", "0", "12.50", "1999", "twenty"),
    "invalid_period": _changed("period", "year", "fortnight", "monthly"),
    "invalid_days_of_month": lambda row, number, _: {
        **row, "card": "", "period": "month", "days_of_month": ("31", "0", "1;30")[number % 3],
    },
    "invalid_date_format": _changed("start_date", "2027-02-30", "31/01/2027", "soon"),
    "start_date_in_past": _in_the_past,
    "end_date_before_start": _ends_early,
    "duplicate_schedule": _again,
}  # fmt: skip
