"""Typed reading of parameters: each reader returns the value, or `None` if it was not given.

Values come from JSON or as texts of a form; both read alike. A value that cannot be read raises
`RejectedError` with a message that names the field. Source: the wire specification, 1.2, 1.3 and 5.2.
"""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeGuard, TypeVar

from duerun.domain.card_numbers import contains_card_number
from duerun.domain.errors import RejectedError
from duerun.domain.metadata import validate_metadata

TEXT_CHARS_MAX = 4_096
LIST_ITEMS_MAX = 1_000
INTEGER_MAX = 2**63 - 1
DECIMAL_MAX = Decimal(10) ** 19

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,19}(\.[0-9]{1,19})?")
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
# A plus sign that stands raw in a query arrives as a space.
_ZONE = r"[Zz]|[+ -][0-9]{2}:?[0-5][0-9]"
_MOMENT = re.compile(
    rf"(?P<date>[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}})(?:[Tt ](?P<time>{_TIME})(?P<zone>{_ZONE})?)?"
)
_WORDS = {"true": True, "1": True, "false": False, "0": False}
_SEARCH_WORDS = _WORDS | {"yes": True, "no": False, "on": True, "off": False}

Value = TypeVar("Value")


def required(value: Value | None, field: str, *, message: str | None = None) -> Value:
    """The value of any reader, or `RejectedError` if it was not given."""
    if value is None:
        raise RejectedError(message or f"{field} must be given")
    return value


def text(params: Mapping[str, Any], field: str, *, chars_max: int = TEXT_CHARS_MAX) -> str | None:
    """A text, as it was sent."""
    value = params.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise RejectedError(f"{field} must be text")
    return _fitting(value, field, chars_max)


def free_text(params: Mapping[str, Any], field: str, *, chars_max: int = TEXT_CHARS_MAX) -> str | None:
    """A text that people write, which must not hold a card number."""
    value = text(params, field, chars_max=chars_max)
    if value is not None:
        refuse_card_numbers(field, value)
    return value


def digits(params: Mapping[str, Any], field: str, *, chars_max: int = 64) -> str | None:
    """A number that is kept as text, such as a card number or a security code; JSON integers occur."""
    value = params.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(params, field, chars_max=chars_max)


def integer(params: Mapping[str, Any], field: str, *, message: str | None = None) -> int | None:
    """A whole number of 64 bits: `100000`, `"100000"` or `100000.0`."""
    value = params.get(field)
    return None if value is None else _integer(value, message or f"{field} is not a number")


def decimal(params: Mapping[str, Any], field: str, *, message: str | None = None) -> Decimal | None:
    """A number such as `75.5` or `"75.5"`, exactly as written."""
    value = params.get(field)
    return None if value is None else _decimal(value, message or f"{field} is not a number")


def boolean(params: Mapping[str, Any], field: str, *, search: bool = False) -> bool | None:
    """`true`, `false`, `1` or `0`, as JSON or text; a search takes `yes`, `no`, `on` and `off` as well."""
    value = params.get(field)
    if value is None:
        return None
    words = _SEARCH_WORDS if search else _WORDS
    word = str(value).lower() if isinstance(value, bool | int | str) else ""
    if word not in words:
        raise RejectedError(f"{field} must be true or false")
    return words[word]


def date(params: Mapping[str, Any], field: str) -> dt.date | None:
    """A date, padded or not; of a datetime the date part as written. An empty text and year 1 are "not given".

    >>> date({"start_date": "2017-06-5"}, "start_date")
    datetime.date(2017, 6, 5)
    """
    value = params.get(field)
    if value in (None, ""):
        return None
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    read = _date(match["date"]) if match is not None else None
    if read is None:
        raise RejectedError(f"{field} must be a date (YYYY-MM-DD)")
    return None if read.year == 1 else read


def moment(params: Mapping[str, Any], field: str, *, code: str = "bad_request") -> dt.datetime | None:
    """A datetime in UTC, which is also meant where no offset stands; a bare date is its first moment.

    An empty text and year 1 are "not given".
    """
    value = params.get(field)
    if value in (None, ""):
        return None
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is not None and match["date"].startswith("0001-"):
        return None
    read = _datetime(match) if match is not None else None
    if read is None:
        raise RejectedError(f"{field} must be an ISO 8601 datetime", code=code)
    return read


def mapping(params: Mapping[str, Any], field: str) -> dict[str, Any] | None:
    """An object; a form tells an empty one as an empty text, PHP as an empty array."""
    value = params.get(field)
    if value is None:
        return None
    if value in ("", []):
        return {}
    if not isinstance(value, dict):
        raise RejectedError(f"{field} must be an object")
    return value


def metadata(params: Mapping[str, Any], field: str = "metadata") -> dict[str, str] | None:
    """An object of texts of at most 15 KiB as JSON; numbers and booleans become texts."""
    members = mapping(params, field)
    if members is None:
        return None
    return validate_metadata({key: _metadata_text(value, field) for key, value in members.items()}, field)


def text_list(params: Mapping[str, Any], field: str, *, message: str | None = None) -> list[str] | None:
    """An array of texts; a single text is an array of one."""
    values = _items(params, field)
    if values is None:
        return None
    if not all(isinstance(value, str) and len(value) <= TEXT_CHARS_MAX for value in values):
        raise RejectedError(message or f"{field} must be an array of texts")
    return values


def refuse_card_numbers(field: str, value: str) -> None:
    """Raise `RejectedError` for a text that holds 13 to 19 digits that pass the Luhn check."""
    if contains_card_number(value):
        raise RejectedError(f"{field} must not contain a card number")


def _fitting(value: str, field: str, chars_max: int) -> str:
    if len(value) > chars_max:
        raise RejectedError(f"{field} is longer than {chars_max} characters")
    return value


def _integer(value: object, message: str) -> int:
    if not _is_whole(value):
        raise RejectedError(message)
    number = int(value)
    if abs(number) > INTEGER_MAX:
        raise RejectedError(message)
    return number


def _is_whole(value: object) -> TypeGuard[int | float | str]:
    if isinstance(value, str):
        return _INTEGER.fullmatch(value) is not None
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _decimal(value: object, message: str) -> Decimal:
    number: Decimal | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(repr(value))
    elif isinstance(value, str) and _DECIMAL.fullmatch(value):
        number = Decimal(value)
    if number is None or abs(number) >= DECIMAL_MAX:
        raise RejectedError(message)
    return number


def _date(written: str) -> dt.date | None:
    year, month, day_of_month = (int(part) for part in written.split("-"))
    try:
        return dt.date(year, month, day_of_month)
    except ValueError:
        return None


def _datetime(match: re.Match[str]) -> dt.datetime | None:
    day_part = _date(match["date"])
    if day_part is None:
        return None
    hour, minute, second = [*(match["time"] or "0:0").split(":"), "0"][:3]
    whole, _, fraction = second.partition(".")
    try:
        local = dt.datetime(
            day_part.year, day_part.month, day_part.day,
            int(hour), int(minute), int(whole), int(f"{fraction:0<6.6}"),
            tzinfo=_zone(match["zone"]),
        )  # fmt: skip
        return local.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _zone(written: str | None) -> dt.timezone:
    if written is None or written in "Zz":
        return dt.UTC
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    return dt.timezone(dt.timedelta(minutes=-minutes if written[0] == "-" else minutes))


def _items(params: Mapping[str, Any], field: str) -> list[Any] | None:
    value = params.get(field)
    if value is None:
        return None
    items: list[Any] = value if isinstance(value, list) else [value]
    if len(items) > LIST_ITEMS_MAX:
        raise RejectedError(f"{field} has more than {LIST_ITEMS_MAX} items")
    return items


def _metadata_text(value: object, field: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if not isinstance(value, str):
        raise RejectedError(f"{field} must be an object of text values")
    return value
