"""Fields of forms that are more than text: amounts as people write them, days, whole numbers."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from duerun.domain.card_numbers import contains_card_number
from duerun.domain.currencies import AMOUNT_MINOR_MAX
from duerun.domain.errors import RejectedError
from duerun.domain.metadata import validate_metadata
from duerun.web.console.visit import Visit
from duerun.web.console.words import WITHOUT_DECIMALS

PERCENTAGE_MAX = 100
DESCRIPTION_CHARACTERS_MAX = 4_096
METADATA_ROWS_MAX = 40
METADATA_ROWS_EMPTY = 2
_PERCENTAGE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_AMOUNT = re.compile(r"([0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,16})(?:\.([0-9]{1,2}))?")


def amount_minor(visit: Visit, name: str, currency: str) -> int:
    """An amount such as 1,234.50 in the smallest unit; raises `RejectedError`."""
    match = _AMOUNT.fullmatch(visit.field(name))
    label = label_of(name)
    if match is None or (match[2] and currency in WITHOUT_DECIMALS):
        example = "1,234" if currency in WITHOUT_DECIMALS else "1,234.50"
        raise RejectedError(f"{label} must be an amount such as {example}")
    whole = int(match[1].replace(",", ""))
    minor = whole if currency in WITHOUT_DECIMALS else whole * 100 + int((match[2] or "").ljust(2, "0"))
    if minor > AMOUNT_MINOR_MAX:
        raise RejectedError(f"{label} is too large")
    return minor


def label_of(name: str) -> str:
    """A field as a refusal names it."""
    return name.replace("_", " ")


def whole_number(visit: Visit, name: str) -> int:
    """A whole number of a few digits; raises `RejectedError`."""
    text = visit.field(name)
    if not _WHOLE_NUMBER.fullmatch(text):
        raise RejectedError(f"{label_of(name)} must be a whole number")
    return int(text)


def percentage(visit: Visit, name: str) -> Decimal:
    """A share above 0 and up to 100 per cent; raises `RejectedError`."""
    text = visit.field(name)
    share = Decimal(text) if _PERCENTAGE.fullmatch(text) else Decimal(0)
    if not 0 < share <= PERCENTAGE_MAX:
        raise RejectedError(f"{name} must be greater than 0 and at most {PERCENTAGE_MAX}")
    return share


def optional_amount(visit: Visit, name: str, currency: str) -> int | None:
    """An amount, None where the field was left empty."""
    return amount_minor(visit, name, currency) if visit.form.get(name, "").strip() else None


def changed_text(visit: Visit, name: str, present: str | None, characters_max: int) -> str | None:
    """A text that people write, None where it stands as it is; raises `RejectedError`."""
    text = free_text(visit, name, characters_max) if name in visit.form else present or ""
    return None if text == (present or "") else text


def one_of(visit: Visit, name: str, words: Iterable[str]) -> str:
    """A word out of some; raises `RejectedError`."""
    word, choices = visit.field(name), tuple(words)
    if word not in choices:
        raise RejectedError(f"{label_of(name)} must be one of {', '.join(choices)}")
    return word


class MetadataForm(NamedTuple):
    """Names and values in rows with some empty ones, none where there are more than a form takes.

    `stamp` stands for the metadata that the form was made from.
    """

    rows: list[tuple[str, str]]
    stamp: str


def metadata_form(present: Mapping[str, str]) -> MetadataForm:
    """What a form shows of metadata."""
    rows = [*present.items(), *[("", "")] * METADATA_ROWS_EMPTY]
    return MetadataForm(rows if len(rows) <= METADATA_ROWS_MAX else [], _stamp(present))


def _stamp(present: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(dict(present), sort_keys=True).encode()).hexdigest()


def changed_metadata(visit: Visit, present: Mapping[str, str]) -> dict[str, str] | None:
    """The rows of a form without its empty ones, None where they stand as they are; raises `RejectedError`."""
    if "name-0" not in visit.form:
        return None
    if visit.form.get("metadata_stamp", _stamp(present)) != _stamp(present):
        raise RejectedError("metadata were changed by somebody else meanwhile: load the page again")
    before, texts = list(present.items()), dict[str, str]()
    for number in range(METADATA_ROWS_MAX):
        name, value = _metadata_row(visit, number, before)
        if not name and value:
            raise RejectedError(f"metadata row {number + 1} has a value and needs a name")
        if name in texts:
            raise RejectedError(f"metadata row {number + 1} has a name that stands in a row above")
        if name:
            texts[name] = value
    return None if texts == present else validate_metadata(texts)


def _metadata_row(visit: Visit, number: int, before: list[tuple[str, str]]) -> tuple[str, str]:
    typed = visit.form.get(f"name-{number}", "").strip(), visit.form.get(f"value-{number}", "").strip()
    # A field has one line: what came back without its line breaks was not changed.
    if number < len(before) and typed == tuple(_on_one_line(each) for each in before[number]):
        return before[number]
    return typed


def _on_one_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", "").strip()


def free_text(visit: Visit, name: str, characters_max: int) -> str:
    """A text that people write, "" for none: never with the number of a card. Raises `RejectedError`."""
    text = visit.form.get(name, "").strip()
    if len(text) > characters_max:
        raise RejectedError(f"{label_of(name)} must have at most {characters_max} characters")
    if contains_card_number(text):
        raise RejectedError(f"{label_of(name)} must not contain a card number")
    return text


def only_one(**values: object) -> None:
    """Raises `RejectedError` where more than one of some fields holds something."""
    given = [name for name, value in values.items() if value not in (None, "")]
    if len(given) > 1:
        raise RejectedError(f"only one of {' and '.join(given)} may be filled in")


def day(visit: Visit, name: str) -> date:
    """A day as forms send it; raises `RejectedError`."""
    return _day(name, visit.field(name))


def asked_day(visit: Visit, name: str) -> date:
    """A day as the query has it; raises `RejectedError`."""
    return _day(name, visit.asked(name) or "")


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RejectedError(f"{name.replace('_', ' ')} must be a day such as 2027-01-31") from None


def plain_amount(amount_minor: int, currency: str) -> str:
    """An amount as it stands in a field, without grouping.

    >>> plain_amount(123456, "THB"), plain_amount(5000, "JPY")
    ('1234.56', '5000')
    """
    if currency in WITHOUT_DECIMALS:
        return str(amount_minor)
    whole, rest = divmod(amount_minor, 100)
    return f"{whole}.{rest:02}"
