"""A row is checked in the documented order, the first mistake counts, and no text makes the check fail."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duerun.domain.bulk_rows import (
    AFTER_LOOK_UPS,
    BEFORE_LOOK_UPS,
    NO_ERROR,
    BulkRow,
    RowContext,
    check_row,
    mask_card_numbers,
)
from duerun.domain.card_numbers import contains_card_number
from duerun.domain.csv_records import BULK_COLUMNS, RecordReader, parse_header
from duerun.domain.errors import RejectedError
from duerun.domain.schedules import terms_hash

TODAY = date(2025, 1, 15)
THAILAND = RowContext.of_country("TH", today=TODAY)
JAPAN = RowContext.of_country("JP", today=TODAY)

SOUND = {
    "customer_key": "sub_001",
    "customer": "cust_test_5xuy4w91xqz7d1w9u0t",
    "amount": "100000",
    "every": "1",
    "period": "month",
    "days_of_month": "1",
    "start_date": "2025-02-01",
}


def check_text(text: str, context: RowContext = THAILAND) -> list[BulkRow]:
    reader = RecordReader()
    first, *records = [*reader.feed(text.encode()), *reader.finish()]
    header = parse_header(first)
    return [check_row(record, header, context) for record in records]


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def check(context: RowContext = THAILAND, /, **cells: str) -> BulkRow:
    """One row that is sound but for the cells given."""
    row = SOUND | cells
    header = ",".join([*BULK_COLUMNS, *(name for name in row if name not in BULK_COLUMNS)])
    text = ",".join(quoted(row.get(name, "")) for name in header.split(","))
    [checked] = check_text(f"{header}\n{text}\n", context)
    return checked


def error_of(row: BulkRow) -> tuple[str | None, str | None]:
    return row.error_code, row.error_message


def test_the_documented_rows_are_sound() -> None:
    first, second = check_text(
        "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date\n"
        "sub_001,cust_test_abc123,,100000,Monthly plan,1,month,1,2025-02-01,2026-01-31\n"
        "sub_002,cust_test_invalid,card_test_1,50000,,1,month,15;1,2025-02-02,\n"
    )

    assert first == BulkRow(
        row_no=1,
        echo="sub_001,cust_test_abc123,,100000,Monthly plan,1,month,1,2025-02-01,2026-01-31",
        customer_key="sub_001",
        customer_id="cust_test_abc123",
        card="",
        amount_minor=100_000,
        currency="THB",
        description="Monthly plan",
        every=1,
        period="month",
        on_text="1",
        start_on=date(2025, 2, 1),
        end_on=date(2026, 1, 31),
        first_on=date(2025, 2, 1),
        terms_hash=first.terms_hash,
        percentage=None,
        metadata=None,
        recipient_id=None,
        error_rank=NO_ERROR,
        error_code=None,
        error_message=None,
    )
    assert (second.row_no, second.card, second.description) == (2, "card_test_1", None)
    assert (second.on_text, second.end_on, second.first_on) == ("1;15", None, date(2025, 2, 15))


def test_the_same_terms_share_a_hash_however_they_are_written() -> None:
    written = check(days_of_month="15; 1;15", currency="thb", amount="0100000", every="01")

    assert written.terms_hash == terms_hash(
        customer_id=SOUND["customer"],
        amount_minor=100_000,
        currency="THB",
        every=1,
        period="month",
        on_text="1;15",
    )
    assert check(customer_key="another", start_date="2025-03-01").terms_hash == check().terms_hash
    assert check(amount="100001").terms_hash != check().terms_hash


@pytest.mark.parametrize(
    ("cells", "on_text", "first_on"),
    [
        pytest.param(
            {"period": "day", "every": "10", "start_date": ""},
            "",
            date(2025, 1, 15),
            id="days from today",
        ),
        pytest.param(
            {"period": "day", "weekdays": "someday", "weekday_of_month": "x", "days_of_month": "99"},
            "",
            date(2025, 2, 1),
            id="days of other periods are ignored",
        ),
        pytest.param({"period": "week"}, "saturday", date(2025, 2, 1), id="weekday of the start"),
        pytest.param(
            {"period": "week", "weekdays": "Friday; monday"},
            "monday;friday",
            date(2025, 2, 3),
            id="weekdays in any order and case",
        ),
        pytest.param(
            {"days_of_month": "", "start_date": "2025-2-3"},
            "3",
            date(2025, 2, 3),
            id="day of an unpadded start",
        ),
        pytest.param(
            {"days_of_month": "", "weekday_of_month": "Last_Friday"},
            "last_friday",
            date(2025, 2, 28),
            id="weekday of month",
        ),
        pytest.param({"end_date": "2025-02-28"}, "1", date(2025, 2, 1), id="the first date is the last"),
        pytest.param(
            {"start_date": "2025-02-01", "end_date": "2025-02-01"}, "1", date(2025, 2, 1), id="one day"
        ),
        pytest.param(
            {"start_date": "2025-01-15", "days_of_month": "15"},
            "15",
            date(2025, 1, 15),
            id="starts today",
        ),
        pytest.param(
            {"start_date": "9999-12-02", "days_of_month": "2"}, "2", date(9999, 12, 2), id="end of time"
        ),
        pytest.param(
            {"every": "2147483647"},
            "1",
            date(2025, 2, 1),
            id="a multiplier that reaches no second date",
        ),
    ],
)
def test_the_dates_of_a_row_follow_from_its_cells(
    cells: dict[str, str], on_text: str, first_on: date
) -> None:
    row = check(**cells)

    assert error_of(row) == (None, None)
    assert (row.on_text, row.first_on) == (on_text, first_on)


POSITIVE = "Amount must be a positive integer"
DAYS = "Days of month must be values 1-28"
DATE = "Date must be in YYYY-MM-DD format"
EVERY = "Every must be a positive integer"
LARGE_EVERY = "Every must be at most 2147483647"
PERIOD = "Period must be day, week, or month"
NO_DATES = "Schedule has no occurrences between start date and end date"


@pytest.mark.parametrize(
    ("cells", "code", "message"),
    [
        pytest.param({"amount": ""}, "invalid_amount", POSITIVE, id="no amount"),
        pytest.param({"amount": "0"}, "invalid_amount", POSITIVE, id="amount zero"),
        pytest.param({"amount": "-5000"}, "invalid_amount", POSITIVE, id="negative amount"),
        pytest.param({"amount": "+5000"}, "invalid_amount", POSITIVE, id="amount with a sign"),
        pytest.param({"amount": "5000.00"}, "invalid_amount", POSITIVE, id="decimal amount"),
        pytest.param({"amount": "5,000"}, "invalid_amount", POSITIVE, id="grouped amount"),
        pytest.param({"amount": " 5000"}, "invalid_amount", POSITIVE, id="amount with a space"),
        pytest.param({"amount": "5_000"}, "invalid_amount", POSITIVE, id="amount with an underscore"),
        pytest.param({"amount": "5e3"}, "invalid_amount", POSITIVE, id="amount with an exponent"),
        pytest.param({"amount": "๕๐๐๐"}, "invalid_amount", POSITIVE, id="thai digits"),
        pytest.param({"amount": "５０００"}, "invalid_amount", POSITIVE, id="full-width digits"),
        pytest.param({"amount": "5²"}, "invalid_amount", POSITIVE, id="superscript"),
        pytest.param(
            {"amount": "1999"},
            "invalid_amount",
            "Amount must be greater than or equal to 2000 (thb subunits)",
            id="below the minimum",
        ),
        pytest.param(
            {"amount": "15000001"},
            "invalid_amount",
            "Amount must be less than or equal to 15000000 (thb subunits)",
            id="above the maximum",
        ),
        pytest.param(
            {"amount": "9" * 5_000},
            "invalid_amount",
            "Amount must be less than or equal to 15000000 (thb subunits)",
            id="5,000 digits",
        ),
        pytest.param(
            {"currency": "XXX"},
            "invalid_currency",
            "Currency is currently not supported",
            id="unknown currency",
        ),
        pytest.param({"period": ""}, "invalid_period", PERIOD, id="no period"),
        pytest.param({"period": "year"}, "invalid_period", PERIOD, id="unknown period"),
        pytest.param({"period": "Month"}, "invalid_period", PERIOD, id="capital period"),
        pytest.param({"period": "day" * 100}, "invalid_period", PERIOD, id="long period"),
        pytest.param({"every": ""}, "invalid_period", EVERY, id="no multiplier"),
        pytest.param({"every": "0"}, "invalid_period", EVERY, id="multiplier zero"),
        pytest.param({"every": "1.5"}, "invalid_period", EVERY, id="decimal multiplier"),
        pytest.param({"every": "2147483648"}, "invalid_period", LARGE_EVERY, id="multiplier over 31 bits"),
        pytest.param({"every": "1" * 5_000}, "invalid_period", LARGE_EVERY, id="multiplier of 5,000 digits"),
        pytest.param({"days_of_month": "29"}, "invalid_days_of_month", DAYS, id="day 29"),
        pytest.param({"days_of_month": "0"}, "invalid_days_of_month", DAYS, id="day 0"),
        pytest.param({"days_of_month": "1;31"}, "invalid_days_of_month", DAYS, id="second day 31"),
        pytest.param({"days_of_month": "1;"}, "invalid_days_of_month", DAYS, id="empty day"),
        pytest.param({"days_of_month": "1,15"}, "invalid_days_of_month", DAYS, id="commas"),
        pytest.param({"days_of_month": "first"}, "invalid_days_of_month", DAYS, id="word"),
        pytest.param({"days_of_month": "๑"}, "invalid_days_of_month", DAYS, id="thai digit"),
        pytest.param({"days_of_month": "1;" * 500}, "invalid_days_of_month", DAYS, id="long list of days"),
        pytest.param(
            {"days_of_month": "", "start_date": "2025-01-31"}, "invalid_days_of_month", DAYS, id="start on 31"
        ),
        pytest.param(
            {"days_of_month": "", "start_date": "2024-12-30"},
            "invalid_days_of_month",
            DAYS,
            id="start on 30 in the past",
        ),
        pytest.param(
            {"period": "week", "weekdays": "monday;someday"},
            "invalid_days_of_month",
            "Weekdays must be weekday names",
            id="unknown weekday",
        ),
        pytest.param(
            {"days_of_month": "", "weekday_of_month": "5th_monday"},
            "invalid_days_of_month",
            "Weekday of month must be an ordinal and a weekday",
            id="fifth weekday",
        ),
        pytest.param(
            {"weekday_of_month": "2nd_monday"},
            "invalid_days_of_month",
            "Only one of days of month and weekday of month may be given",
            id="both kinds of days",
        ),
        pytest.param({"start_date": "2025-02-30"}, "invalid_date_format", DATE, id="no such day"),
        pytest.param({"start_date": "01/02/2025"}, "invalid_date_format", DATE, id="slashes"),
        pytest.param({"start_date": "2025-02-01 "}, "invalid_date_format", DATE, id="space after a date"),
        pytest.param({"start_date": "25-02-01"}, "invalid_date_format", DATE, id="two-digit year"),
        pytest.param({"start_date": "0000-01-01"}, "invalid_date_format", DATE, id="year zero"),
        pytest.param({"start_date": "2025-02-01T00:00:00Z"}, "invalid_date_format", DATE, id="moment"),
        pytest.param({"start_date": "２０２５-02-01"}, "invalid_date_format", DATE, id="full-width year"),
        pytest.param(
            {"days_of_month": "", "start_date": "soon"},
            "invalid_date_format",
            DATE,
            id="no day from a bad start",
        ),
        pytest.param({"end_date": "never"}, "invalid_date_format", DATE, id="end is a word"),
        pytest.param({"end_date": "2" * 5_000}, "invalid_date_format", DATE, id="end of 5,000 digits"),
        pytest.param(
            {"start_date": "2025-01-14"}, "start_date_in_past", "Start date is in the past", id="yesterday"
        ),
        pytest.param(
            {"end_date": "2025-01-31"},
            "end_date_before_start",
            "End date is before start date",
            id="end before start",
        ),
        pytest.param(
            {"start_date": "2025-02-02", "end_date": "2025-02-28"},
            "end_date_before_start",
            NO_DATES,
            id="no date between",
        ),
        pytest.param(
            {"start_date": "9999-12-31", "days_of_month": "1"},
            "end_date_before_start",
            NO_DATES,
            id="no date before the calendar ends",
        ),
        pytest.param(
            {"description": "x" * 4_097},
            "invalid_description",
            "Description is longer than 4096 characters",
            id="long description",
        ),
        pytest.param(
            {"description": "x" * 200_000},
            "invalid_description",
            "Description is longer than 4096 characters",
            id="200,000 characters",
        ),
    ],
)
def test_a_mistake_is_told_after_the_look_ups(cells: dict[str, str], code: str, message: str) -> None:
    row = check(**cells)

    assert error_of(row) == (code, message)
    assert row.error_rank == AFTER_LOOK_UPS
    assert row[5:17] == (None,) * 12
    assert (row.customer_key, row.customer_id) == (SOUND["customer_key"], SOUND["customer"])


@pytest.mark.parametrize(
    ("key", "code"),
    [
        pytest.param("", "missing_customer_key", id="no key"),
        pytest.param(" ", "missing_customer_key", id="blank key"),
        pytest.param("k" * 256, "invalid_customer_key", id="long key"),
    ],
)
def test_a_bad_key_is_told_before_the_look_ups(key: str, code: str) -> None:
    row = check(customer_key=key, customer="", amount="x")

    assert (row.error_code, row.error_rank) == (code, BEFORE_LOOK_UPS)
    assert row.customer_key == key[:255]


def test_limits_are_inclusive() -> None:
    amounts = [check(amount=text).amount_minor for text in ("2000", "15000000")]
    keys = [check(customer_key="k" * 255).error_code, check(description="x" * 4_096).error_code]

    assert amounts == [2_000, 15_000_000]
    assert keys == [None, None]


MISTAKES = [
    ({"customer_key": ""}, "missing_customer_key"),
    ({"amount": "x"}, "invalid_amount"),
    ({"currency": "x"}, "invalid_currency"),
    ({"period": "x"}, "invalid_period"),
    ({"days_of_month": "x"}, "invalid_days_of_month"),
    ({"end_date": "x"}, "invalid_date_format"),
    ({"start_date": "2020-01-01"}, "start_date_in_past"),
]


@pytest.mark.parametrize("first", range(len(MISTAKES)), ids=[code for _, code in MISTAKES])
def test_the_first_mistake_in_the_documented_order_counts(first: int) -> None:
    cells: dict[str, str] = {"description": "x" * 5_000}
    for mistake, _ in MISTAKES[first:]:
        cells |= mistake

    assert check(**cells).error_code == MISTAKES[first][1]


def test_a_start_in_the_past_counts_before_an_end_before_it() -> None:
    row = check(start_date="2025-01-10", end_date="2025-01-09")

    assert row.error_code == "start_date_in_past"


@pytest.mark.parametrize(
    ("currency", "amount", "expected"),
    [
        pytest.param("", "100", "JPY", id="the account's own"),
        pytest.param("usd", "100", "USD", id="another, in small letters"),
    ],
)
def test_a_currency_is_kept_in_capitals(currency: str, amount: str, expected: str) -> None:
    row = check(JAPAN, currency=currency, amount=amount)

    assert (row.currency, row.amount_minor) == (expected, 100)


def test_a_currency_is_accepted_by_country() -> None:
    assert check(THAILAND, currency="HKD").error_code is None
    assert check(JAPAN, currency="HKD").error_code == "invalid_currency"


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("", id="empty"),
        pytest.param("sub_001", id="no customer's prefix"),
        pytest.param("cust_test_5xuy 4w91", id="space inside"),
        pytest.param(" cust_test_5xuy4w91", id="space before"),
        pytest.param("cust_test_ü", id="letter beyond ascii"),
        pytest.param("cust_test_1'; DROP TABLE customers; --", id="statement"),
        pytest.param("cust_" + "x" * 60, id="65 characters"),
        pytest.param("c" * 200_000, id="200,000 characters"),
    ],
)
def test_a_cell_that_cannot_be_an_id_is_passed_on_as_no_customer_and_no_card(cell: str) -> None:
    row = check(customer=cell, card=cell or "x")

    assert (row.customer_id, row.card, row.error_code) == ("", "invalid", None)


@pytest.mark.parametrize("card", ["", "card_test_5xuy4w91", "tokn_5xuy4w91", "card_" + "x" * 59])
def test_a_card_is_an_id_a_token_or_the_default(card: str) -> None:
    assert check(card=card).card == card


@pytest.mark.parametrize("column", [*BULK_COLUMNS, "remarks"])
@pytest.mark.parametrize("number", ["4242424242424242", "3782-822463-10005", "pay 4242 4242 4242 4242!"])
def test_a_card_number_is_refused_in_every_cell_and_not_kept(column: str, number: str) -> None:
    row = check(**{"customer_key": "", column: number})

    assert error_of(row) == ("card_number_refused", "Row must not contain a card number")
    assert row.error_rank == BEFORE_LOOK_UPS
    assert not any(contains_card_number(str(value)) for value in row)
    assert re.sub(r"\D", "", number) not in re.sub(r"\D", "", row.echo)


def test_what_surrounds_a_card_number_is_echoed() -> None:
    [row] = check_text(
        "customer_key,customer,amount,every,period,remarks\n"
        'k1,cust_test_1,5000,1,day,"old card: 4242 4242 4242 4242, or ""none"""\n'
    )

    assert row.echo == 'k1,cust_test_1,5000,1,day,"old card: **** **** **** 4242, or ""none"""'
    assert row.customer_key == "k1"


def test_the_digits_of_an_id_are_no_card_number() -> None:
    row = check(customer="cust_test_0000000000000000000", card="card_test_0000000000000000000")

    assert row.error_code is None


@given(text=st.text(st.sampled_from("0123456789 -\u00a0x,"), max_size=60))
def test_a_masked_text_holds_no_card_number_and_keeps_its_length(text: str) -> None:
    masked = mask_card_numbers(text)

    assert not contains_card_number(masked)
    assert len(masked) == len(text)


def test_a_row_of_another_width_is_a_mistake_of_the_file() -> None:
    with pytest.raises(RejectedError, match="row 1 has 6 cells, the header has 5"):
        check_text("customer_key,customer,amount,every,period\na,b,c,d,e,f\n")


def test_a_corrected_report_is_read_again_without_its_own_columns() -> None:
    [row] = check_text(
        "customer_key,customer,amount,every,period,status,schedule_id,error_code,error_message\n"
        "k1,cust_test_1,5000,1,day,failed,,invalid_amount,Amount must be a positive integer\n"
    )

    assert (row.echo, row.error_code) == ("k1,cust_test_1,5000,1,day", None)


cells_of_any_kind = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    st.sampled_from(["month", "week", "day", "1", "28", "2025-02-01", "9999-12-31", "5000", "last_friday"]),
)


@given(cells=st.fixed_dictionaries({}, optional=dict.fromkeys(BULK_COLUMNS, cells_of_any_kind)))
def test_no_text_makes_the_check_fail(cells: dict[str, str]) -> None:
    row = check(**cells)

    assert (row.error_code is None) == (row.first_on is not None)
    assert (row.error_rank == NO_ERROR) == (row.error_code is None)
