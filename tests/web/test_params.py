"""Parameters are read alike from JSON and forms, and refused with the field's name."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from duerun.domain.errors import RejectedError
from duerun.domain.lists import OFFSET_MAX, ListQuery
from duerun.domain.metadata import METADATA_BYTES_MAX
from duerun.web.omise import params as read
from duerun.web.omise.lists import parse_list

Reader = Callable[[dict[str, Any], str], Any]


@pytest.mark.parametrize(
    ("reader", "value", "expected"),
    [
        pytest.param(read.text, "x", "x", id="text"),
        pytest.param(read.text, "", "", id="empty text"),
        pytest.param(read.digits, 4242424242424242, "4242424242424242", id="card number as integer"),
        pytest.param(read.digits, "0123", "0123", id="security code as text"),
        pytest.param(read.integer, 100000, 100000, id="integer"),
        pytest.param(read.integer, "100000", 100000, id="integer as text"),
        pytest.param(read.integer, 1000.0, 1000, id="whole float"),
        pytest.param(read.integer, "-5", -5, id="negative integer as text"),
        pytest.param(read.integer, 2**63 - 1, 2**63 - 1, id="largest integer"),
        pytest.param(read.decimal, 75.5, Decimal("75.5"), id="number"),
        pytest.param(read.decimal, "75.50", Decimal("75.50"), id="number as text"),
        pytest.param(read.decimal, 75, Decimal(75), id="integer as number"),
        pytest.param(read.decimal, 0.1, Decimal("0.1"), id="number without a binary tail"),
        pytest.param(read.boolean, True, True, id="true"),
        pytest.param(read.boolean, 0, False, id="zero"),
        pytest.param(read.boolean, "false", False, id="false as text"),
        pytest.param(read.boolean, "True", True, id="true with a capital"),
        pytest.param(read.boolean, "1", True, id="one as text"),
        pytest.param(read.date, "2026-12-01", dt.date(2026, 12, 1), id="date"),
        pytest.param(read.date, "2017-06-5", dt.date(2017, 6, 5), id="unpadded date"),
        pytest.param(read.date, "2026-12-01T23:30:00-11:00", dt.date(2026, 12, 1), id="date part as written"),
        pytest.param(read.date, "0001-01-01", None, id="year 1"),
        pytest.param(read.date, "0001-01-01T00:00:00", None, id="year 1 with a time"),
        pytest.param(read.mapping, {"a": 1}, {"a": 1}, id="object"),
        pytest.param(read.mapping, "", {}, id="empty object of a form"),
        pytest.param(read.mapping, [], {}, id="empty array of PHP"),
        pytest.param(read.metadata, {"order": 1, "rate": 1.5, "vip": True, "note": "x"},
                     {"order": "1", "rate": "1.5", "vip": "true", "note": "x"}, id="metadata"),
        pytest.param(read.text_list, ["monday", "friday"], ["monday", "friday"], id="texts"),
        pytest.param(read.text_list, "monday", ["monday"], id="one text"),
    ],
)  # fmt: skip
def test_a_value_is_read(reader: Reader, value: object, expected: object) -> None:
    assert reader({"field": value}, "field") == expected


@pytest.mark.parametrize(
    "reader",
    [read.text, read.free_text, read.digits, read.integer, read.decimal, read.boolean, read.date,
     read.moment, read.mapping, read.metadata, read.text_list],
)  # fmt: skip
def test_what_is_not_given_is_none(reader: Reader) -> None:
    assert reader({}, "field") is None


@pytest.mark.parametrize("reader", [read.date, read.moment])
def test_an_empty_date_of_a_form_is_not_given(reader: Reader) -> None:
    assert reader({"field": ""}, "field") is None


@pytest.mark.parametrize(
    ("reader", "field", "values", "message"),
    [
        (read.text, "description", [1, True, [], {"a": "b"}], "description must be text"),
        (read.text, "description", ["x" * 4_097], "description is longer than 4096 characters"),
        (read.digits, "number", [True, 1.5, ["4242"]], "number must be text"),
        (read.integer, "amount",
         ["", " 1", "1.0", "1e3", "x", "9" * 5_000, "٣", 1.5, 1e300, 2**63, True, [], {}],
         "amount is not a number"),
        (read.decimal, "amount", ["", "NaN", "1e3", ".", "1.", "9" * 20, 1e300, False, []],
         "amount is not a number"),
        (read.boolean, "capture", ["", "yes", 2, 1.0, []], "capture must be true or false"),
        (read.date, "start_date",
         ["2025-02-30", "2026-13-01", "0000-01-01", "01-12-2026", "2026/12/01", "2026-12-01x",
          "2026-12-01Tnoon", 20261201, True, ["2026-12-01"]],
         "start_date must be a date (YYYY-MM-DD)"),
        (read.mapping, "charge", ["x", 1, ["a"]], "charge must be an object"),
        (read.metadata, "metadata", [{"a": {"b": "c"}}, {"a": []}], "metadata must be an object of text values"),
        (read.metadata, "metadata", [{"a": "x" * 15_360}, {"a": "ท" * 5_120}],
         "metadata is larger than 15360 bytes"),
        (read.metadata, "metadata",
         [{"pan": "4242424242424242"}, {"pan": 4242424242424242}, {"4242 4242 4242 4242": "x"}],
         "metadata must not contain a card number"),
        (read.free_text, "description", ["paid with 4242-4242-4242-4242"],
         "description must not contain a card number"),
        (read.text_list, "webhook_endpoints", [[1], {"a": "b"}, ["x", []]],
         "webhook_endpoints must be an array of texts"),
    ],
)  # fmt: skip
def test_an_unreadable_value_is_refused_by_name(
    reader: Reader, field: str, values: list[object], message: str
) -> None:
    for value in values:
        with pytest.raises(RejectedError) as caught:
            reader({field: value}, field)

        assert (caught.value.message, caught.value.code) == (message, "bad_request")


def test_metadata_of_15_kib_is_accepted() -> None:
    value = "x" * (METADATA_BYTES_MAX - len('{"a":""}'))

    assert read.metadata({"metadata": {"a": value}}) == {"a": value}


def test_filters_of_a_search_take_yes_and_no() -> None:
    filters = {"captured": "yes", "refunded": "no"}

    assert read.boolean(filters, "captured", search=True) is True
    assert read.boolean(filters, "refunded", search=True) is False


def test_a_required_value_that_is_missing_is_named() -> None:
    with pytest.raises(RejectedError, match=r"^amount must be given$"):
        read.required(read.integer({}, "amount"), "amount")

    with pytest.raises(RejectedError, match=r"^name can't be blank$"):
        read.required(read.text({}, "name"), "name", message="name can't be blank")


def test_zero_and_empty_text_count_as_given() -> None:
    assert read.required(read.integer({"amount": 0}, "amount"), "amount") == 0
    assert read.required(read.text({"name": ""}, "name"), "name") == ""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-01-01T00:00:00Z", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        ("2026-01-01", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        ("2026-1-1", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        ("2026-01-01T00:00:00+07:00", dt.datetime(2025, 12, 31, 17, tzinfo=dt.UTC)),
        ("2026-01-01T00:00:00 07:00", dt.datetime(2025, 12, 31, 17, tzinfo=dt.UTC)),
        ("2026-01-01T00:00:00-0330", dt.datetime(2026, 1, 1, 3, 30, tzinfo=dt.UTC)),
        ("2026-01-01 10:30", dt.datetime(2026, 1, 1, 10, 30, tzinfo=dt.UTC)),
        ("2026-01-01T10:30:15.25", dt.datetime(2026, 1, 1, 10, 30, 15, 250_000, tzinfo=dt.UTC)),
        ("2026-01-01T10:30:15.123456789z", dt.datetime(2026, 1, 1, 10, 30, 15, 123_456, tzinfo=dt.UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("", None),
    ],
)
def test_a_bound_of_a_list_is_a_moment_in_utc(written: str, expected: dt.datetime | None) -> None:
    assert parse_list({"from": written, "to": written}) == ListQuery(from_=expected, to=expected)


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize(
    "value",
    ["yesterday", "2026-02-30", "2026-01-01T25:00:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00+25:00",
     "2026-01-01T00:00:00+07:99", "9999-12-31T23:59:59-07:00", "2026-01-01T", 1767225600, True, ["2026-01-01"]],
)  # fmt: skip
def test_an_unreadable_bound_has_a_code_of_its_own(name: str, value: object) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_list({name: value})

    assert (caught.value.code, caught.value.message) == (
        "invalid_date_format", f"{name} must be an ISO 8601 datetime",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        pytest.param({}, ListQuery(), id="nothing"),
        pytest.param({"limit": "", "offset": "", "order": "", "from": "", "to": ""}, ListQuery(), id="empty"),
        pytest.param({"limit": 5, "offset": 10, "order": "reverse_chronological"},
                     ListQuery(limit=5, offset=10, newest_first=True), id="python client"),
        pytest.param({"limit": "100", "offset": "0", "order": "chronological"}, ListQuery(limit=100), id="query"),
        pytest.param({"offset": OFFSET_MAX}, ListQuery(offset=OFFSET_MAX), id="largest offset"),
        pytest.param({"unknown": {"x": 1}}, ListQuery(), id="unknown parameter"),
    ],
)  # fmt: skip
def test_list_parameters_are_read(params: dict[str, Any], expected: ListQuery) -> None:
    assert parse_list(params) == expected


def test_the_default_page_is_the_first_twenty_oldest_first() -> None:
    query = parse_list({})

    assert (query.limit, query.offset, query.newest_first) == (20, 0, False)


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("limit", [0, 101, -1, "0", "x", 1.5, True, [], "9" * 30],
         "limit must be an integer between 1 and 100"),
        ("offset", [-1, "-1", "x", 2**63, str(2**63), {}],
         "offset must be an integer greater than or equal to 0"),
        ("order", ["newest", "CHRONOLOGICAL", 1, ["chronological"]],
         "order must be one of chronological, reverse_chronological"),
    ],
)  # fmt: skip
def test_a_broken_list_parameter_is_refused(name: str, values: list[object], message: str) -> None:
    for value in values:
        with pytest.raises(RejectedError) as caught:
            parse_list({name: value})

        assert (caught.value.message, caught.value.code) == (message, "bad_request")


def test_a_limit_over_100_may_be_clamped_but_not_one_under_1() -> None:
    assert parse_list({"limit": 5_000}, clamp=True).limit == 100

    with pytest.raises(RejectedError):
        parse_list({"limit": 0}, clamp=True)
