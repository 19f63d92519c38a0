"""The rows of a bulk file: what each asks for, and the first of its own mistakes.

Only what a row shows by itself is checked here. Whether its customer and card exist, and whether its
schedule is there already, is asked of the storage; `error_rank` says which of the two answers counts.
Source: the wire specification, 13.1, 13.3 and 15.3.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from duerun.domain.bulk_terms import RowError, Terms, parse_integer, term_mistakes, terms_of
from duerun.domain.card_numbers import DIGITS_MIN, contains_card_number
from duerun.domain.csv_records import BULK_COLUMNS, Header, Record
from duerun.domain.currencies import CURRENCY_OF, LIMITS, accepted
from duerun.domain.metadata import METADATA_BYTES_MAX
from duerun.domain.schedules import terms_hash

CUSTOMER_KEY_CHARACTERS_MAX = 255
DESCRIPTION_CHARACTERS_MAX = 4_096
ID_CHARACTERS_MAX = 64

# `error_rank`: the ranks between and above are those of the look-ups and of the duplicates.
NO_ERROR = 0
BEFORE_LOOK_UPS = 1
AFTER_LOOK_UPS = 3

NO_CUSTOMER = ""
NO_CARD = "invalid"
NO_RECIPIENT = ""

# Places in the cells that a header selects, which are in the order of the bulk columns.
_CUSTOMER, _CARD, _AMOUNT, _DESCRIPTION, _CURRENCY = map(
    BULK_COLUMNS.index, ("customer", "card", "amount", "description", "currency")
)
_RECIPIENT, _PERCENTAGE, _TRANSFER = map(
    BULK_COLUMNS.index, ("recipient", "percentage_of_balance", "transfer")
)
_TERM_CELLS = slice(BULK_COLUMNS.index("every"), BULK_COLUMNS.index("weekday_of_month") + 1)
_NOTHING = (None,) * 12

_CUSTOMER_PREFIX = "cust_"
_CARD_PREFIXES = ("card_", "tokn_")
_RECIPIENT_PREFIX = "recp_"
_PERCENTAGE_TEXT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,19})?")
_WHOLE_BALANCE = "balance"
_TRANSFER_WORDS = ("", "amount", "percentage", _WHOLE_BALANCE)

_DIGIT = re.compile(r"\d")
# Wider than what counts as a card number, but never past a comma, a quote or a line end.
_LONG_RUN_OF_DIGITS = re.compile(rf'\d(?:[^\w,"\r\n]?\d){{{DIGITS_MIN - 1},}}')
_MASKED_RUN_DIGITS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class RowContext:
    """What the rows of a file are checked against.

    `today` in the account's zone; `currency` of the account, in upper case; `limits` has the least and
    the largest amount (smallest unit of the account's currency) for each currency that is accepted, and
    `transfer_limits` those of transfers, which have one currency only.
    """

    today: date
    currency: str
    limits: Mapping[str, tuple[int, int]]
    transfer_limits: tuple[int, int]

    @classmethod
    def of_country(cls, country: str, *, today: date) -> "RowContext":
        """The context of an account of `country`, one of TH, JP, SG, MY."""
        limits = (LIMITS[country].charge_min, LIMITS[country].charge_max)
        transfer_limits = (LIMITS[country].transfer_min, LIMITS[country].transfer_max)
        return cls(today, CURRENCY_OF[country], dict.fromkeys(accepted(country), limits), transfer_limits)


class BulkRow(NamedTuple):
    """One row as it is staged; the order of the fields is the order in which they are copied.

    A row with an error of its own has None from `amount_minor` to `metadata`. `echo` is the row's text
    for the report. `customer_id` is '' for a cell that cannot be an id, and for a row that pays a recipient;
    `card` is '' for the default card and 'invalid' for a cell that cannot be an id; `recipient_id` is None for a
    row that charges a customer. A transfer without amount and percentage takes the whole balance.
    """

    row_no: int
    echo: str
    customer_key: str
    customer_id: str
    card: str
    amount_minor: int | None
    currency: str | None
    description: str | None
    every: int | None
    period: str | None
    on_text: str | None
    start_on: date | None
    end_on: date | None
    first_on: date | None
    terms_hash: int | None
    percentage: str | None
    metadata: str | None
    recipient_id: str | None
    error_rank: int
    error_code: str | None
    error_message: str | None
    other_errors: str | None = None


NO_KEY = RowError("missing_customer_key", "Customer key is missing")
LONG_KEY = RowError(
    "invalid_customer_key", f"Customer key is longer than {CUSTOMER_KEY_CHARACTERS_MAX} characters"
)
CARD_NUMBER = RowError("card_number_refused", "Row must not contain a card number")
NOT_BOTH = RowError("conflicting_columns", "Only one of customer and recipient may be given")
NO_CHARGE_CELLS = RowError(
    "conflicting_columns", "Card, description, currency and metadata belong to rows with a customer"
)
NO_TRANSFER_CELLS = RowError("conflicting_columns", "Percentage and transfer belong to rows with a recipient")
BAD_PERCENTAGE = RowError("invalid_amount", "Percentage must be greater than 0 and at most 100")
BAD_TRANSFER = RowError("invalid_amount", "Transfer must be amount, percentage or balance")
NO_SUCH_AMOUNT = RowError("invalid_amount", "Transfer needs exactly one of amount, percentage and balance")
LONG_METADATA = RowError("invalid_metadata", f"Metadata are larger than {METADATA_BYTES_MAX} bytes")
BAD_AMOUNT = RowError("invalid_amount", "Amount must be a positive integer")
BAD_CURRENCY = RowError("invalid_currency", "Currency is currently not supported")
LONG_DESCRIPTION = RowError(
    "invalid_description", f"Description is longer than {DESCRIPTION_CHARACTERS_MAX} characters"
)


def check_row(record: Record, header: Header, context: RowContext) -> BulkRow:
    """The row, with the first of its own mistakes if it has one.

    Raises RejectedError only for a wrong number of cells, which is a mistake of the file.
    """
    header.require_width(record)
    cells = header.select(record.cells)
    head = _head(record.row_no, header.echo(record.raw), cells)
    if (error := _head_error(head, cells, record.cells)) is not None:
        return _failed(_stored(head, error), BEFORE_LOOK_UPS, error)
    money = _money(cells, context)
    if isinstance(money, RowError):
        return _failed(head, AFTER_LOOK_UPS, money)
    terms = terms_of(cells[_TERM_CELLS], context.today)
    if isinstance(terms, RowError):
        return _failed(head, AFTER_LOOK_UPS, terms)
    metadata = _metadata(record.cells, header)
    if isinstance(metadata, RowError):
        return _failed(head, AFTER_LOOK_UPS, metadata)
    description = cells[_DESCRIPTION]
    if len(description) > DESCRIPTION_CHARACTERS_MAX:
        return _failed(head, AFTER_LOOK_UPS, LONG_DESCRIPTION)
    return _sound(head, money, description or None, metadata, terms)


def other_mistakes(record: Record, header: Header, context: RowContext, first: str | None) -> list[RowError]:
    """The mistakes of a row beside its first one, in the order of checking."""
    cells = header.select(record.cells)
    head = _head(record.row_no, "", cells)
    found: list[RowError] = [
        each
        for each in (
            _head_error(head, cells, record.cells),
            _money(cells, context),
            *term_mistakes(cells[_TERM_CELLS], context.today),
            _metadata(record.cells, header),
            LONG_DESCRIPTION if len(cells[_DESCRIPTION]) > DESCRIPTION_CHARACTERS_MAX else None,
        )
        if isinstance(each, RowError)
    ]
    told = next((place for place, each in enumerate(found) if each.code == first), None)
    return [each for place, each in enumerate(found) if place != told]


class _Head(NamedTuple):
    row_no: int
    echo: str
    customer_key: str
    customer_id: str
    card: str
    recipient_id: str | None


class _Money(NamedTuple):
    amount_minor: int | None
    currency: str
    percentage: str | None = None


def _head(row_no: int, echo: str, cells: Sequence[str]) -> _Head:
    customer_key, customer, card = cells[:3]
    customer_id = customer if _is_id(customer, _CUSTOMER_PREFIX) else NO_CUSTOMER
    if card and not _is_id(card, _CARD_PREFIXES):
        card = NO_CARD
    recipient: str | None = cells[_RECIPIENT] or None
    if recipient is not None and not _is_id(recipient, _RECIPIENT_PREFIX):
        recipient = NO_RECIPIENT
    return _Head(row_no, echo, customer_key, customer_id, card, recipient)


def _is_id(cell: str, prefixes: str | tuple[str, ...]) -> bool:
    return (
        cell.startswith(prefixes)
        and len(cell) <= ID_CHARACTERS_MAX
        and cell.isascii()
        and cell.isidentifier()
    )


def _head_error(head: _Head, cells: Sequence[str], all_cells: Sequence[str]) -> RowError | None:
    if _holds_card_number(all_cells, head):
        return CARD_NUMBER
    if not head.customer_key.strip():
        return NO_KEY
    if len(head.customer_key) > CUSTOMER_KEY_CHARACTERS_MAX:
        return LONG_KEY
    return _kind_error(head, cells)


def _kind_error(head: _Head, cells: Sequence[str]) -> RowError | None:
    """What does not go together in a row that charges a customer, or pays a recipient."""
    if head.recipient_id is None:
        return NO_TRANSFER_CELLS if cells[_PERCENTAGE] or cells[_TRANSFER] else None
    if cells[_CUSTOMER]:
        return NOT_BOTH
    return NO_CHARGE_CELLS if cells[_CARD] or cells[_DESCRIPTION] or cells[_CURRENCY] else None


def _holds_card_number(cells: Sequence[str], head: _Head) -> bool:
    """An id is no free text: its digits are our own."""
    suspects = [cell for cell in cells if len(cell) >= DIGITS_MIN]
    return any(
        contains_card_number(cell) for cell in suspects if cell != head.customer_id and cell != head.card
    )


def _stored(head: _Head, error: RowError) -> _Head:
    """What may be kept of a row that is refused at its head."""
    if error is CARD_NUMBER:
        echo, key = mask_card_numbers(head.echo), mask_card_numbers(head.customer_key)
        head = _Head(head.row_no, echo, key, NO_CUSTOMER, NO_CARD, head.recipient_id)
    return head._replace(customer_key=head.customer_key[:CUSTOMER_KEY_CHARACTERS_MAX])


def mask_card_numbers(text: str) -> str:
    """The text with every run of 13 digits or more starred but for its last four.

    >>> mask_card_numbers("paid with 4242 4242-4242 4242")
    'paid with **** ****-**** 4242'
    """
    return _LONG_RUN_OF_DIGITS.sub(_masked_run, text)


def _masked_run(match: re.Match[str]) -> str:
    run = match.group()
    shown_from = [digit.start() for digit in _DIGIT.finditer(run)][-_MASKED_RUN_DIGITS_SHOWN]
    return _DIGIT.sub("*", run[:shown_from]) + run[shown_from:]


def _failed(head: _Head, rank: int, error: RowError) -> BulkRow:
    return BulkRow(*head[:-1], *_NOTHING, head.recipient_id, rank, error.code, error.message)


def _sound(
    head: _Head, money: _Money, description: str | None, metadata: str | None, terms: Terms
) -> BulkRow:
    return BulkRow(
        *head[:-1],
        money.amount_minor,
        money.currency,
        description,
        terms.every,
        terms.period,
        terms.on_text,
        terms.start_on,
        terms.end_on,
        terms.first_on,
        _hash(head, money, terms),
        money.percentage,
        metadata,
        head.recipient_id,
        NO_ERROR,
        None,
        None,
    )


def _hash(head: _Head, money: _Money, terms: Terms) -> int | None:
    """What equal charges share; transfers are told apart by their key alone."""
    if head.recipient_id is not None or money.amount_minor is None:
        return None
    return terms_hash(
        customer_id=head.customer_id,
        amount_minor=money.amount_minor,
        currency=money.currency,
        every=terms.every,
        period=terms.period,
        on_text=terms.on_text,
    )


def _metadata(cells: Sequence[str], header: Header) -> str | RowError | None:
    """The metadata of a row as JSON; cells that are empty say nothing."""
    if not header.metadata:
        return None
    members = {key: cells[place] for place, key in header.metadata if cells[place]}
    if not members:
        return None
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    return LONG_METADATA if len(text.encode()) > METADATA_BYTES_MAX else text


def _money(cells: Sequence[str], context: RowContext) -> _Money | RowError:
    if cells[_RECIPIENT]:
        return _transfer_money(cells, context)
    currency_cell = cells[_CURRENCY]
    amount_minor = parse_integer(cells[_AMOUNT])
    if amount_minor == 0:
        return BAD_AMOUNT
    currency = (currency_cell.upper() if currency_cell.isascii() else currency_cell) or context.currency
    limits = context.limits.get(currency)
    if limits is None:
        return BAD_CURRENCY
    return _within(amount_minor, limits, context) or _Money(amount_minor, currency)


def _transfer_money(cells: Sequence[str], context: RowContext) -> _Money | RowError:
    """An amount, a percentage, or, only where the row says so, the whole balance."""
    amount, percentage, word = cells[_AMOUNT], cells[_PERCENTAGE], cells[_TRANSFER].lower()
    if word not in _TRANSFER_WORDS:
        return BAD_TRANSFER
    said = word or ("amount" if amount else "percentage" if percentage else "")
    given = {"amount": (True, False), "percentage": (False, True), _WHOLE_BALANCE: (False, False)}.get(said)
    if given != (bool(amount), bool(percentage)):
        return NO_SUCH_AMOUNT
    if percentage:
        is_percentage = _PERCENTAGE_TEXT.fullmatch(percentage) and 0 < Decimal(percentage) <= 100
        return _Money(None, context.currency, percentage) if is_percentage else BAD_PERCENTAGE
    if not amount:
        return _Money(None, context.currency)
    amount_minor = parse_integer(amount)
    if amount_minor == 0:
        return BAD_AMOUNT
    return _within(amount_minor, context.transfer_limits, context) or _Money(amount_minor, context.currency)


def _within(amount_minor: int, limits: tuple[int, int], context: RowContext) -> RowError | None:
    least, most = limits
    if least <= amount_minor <= most:
        return None
    bound = f"greater than or equal to {least}" if amount_minor < least else f"less than or equal to {most}"
    unit = context.currency.lower()
    return RowError("invalid_amount", f"Amount must be {bound} ({unit} subunits)")
