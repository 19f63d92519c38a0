"""The reader keeps every byte of a file's records, wherever the file is cut, and names what is broken."""

import csv
import io
import itertools
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duerun.domain.csv_records import (
    BARE_CR,
    COLUMNS_MAX,
    RECORD_CHARACTERS_MAX,
    Header,
    Record,
    RecordReader,
    parse_header,
)
from duerun.domain.errors import RejectedError

DOCUMENTED = "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date"

text_of_a_cell = st.text(
    st.one_of(
        st.sampled_from('",\r\n aé€😀'),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"),
    ),
    max_size=8,
)
tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(text_of_a_cell, min_size=width, max_size=width), max_size=6)
)


def read(data: bytes, *, chunk_bytes: int = 1 << 16) -> list[Record]:
    reader = RecordReader()
    records = []
    for start in range(0, len(data), chunk_bytes):
        records += reader.feed(data[start : start + chunk_bytes])
    return records + reader.finish()


def read_refused(data: bytes, *, chunk_bytes: int = 1 << 16) -> RejectedError:
    with pytest.raises(RejectedError) as caught:
        read(data, chunk_bytes=chunk_bytes)
    return caught.value


def header_of(text: str) -> Header:
    return parse_header(read(text.encode())[0])


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        pytest.param(b"", [], id="empty file"),
        pytest.param(b"\xef\xbb\xbf", [], id="byte order mark alone"),
        pytest.param(b"\n\r\n\n", [], id="blank lines alone"),
        pytest.param(b"a,b", [["a", "b"]], id="no line end"),
        pytest.param(b"a,b\n", [["a", "b"]], id="line feed"),
        pytest.param(b"a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]], id="carriage return and line feed"),
        pytest.param(b"a,b\r\nc,d\n", [["a", "b"], ["c", "d"]], id="both line ends"),
        pytest.param(b"a,b\r\r\n", [["a", "b\r"]], id="only one carriage return belongs to the line end"),
        pytest.param(b"a\rb,c\r", [["a\rb", "c\r"]], id="lone carriage returns are data"),
        pytest.param(b"\xef\xbb\xbfa,b\n", [["a", "b"]], id="byte order mark"),
        pytest.param(b"a,\xef\xbb\xbfb\n", [["a", "\ufeffb"]], id="a mark inside is data"),
        pytest.param(b"a\n\n\r\nb\n\n", [["a"], ["b"]], id="blank lines between"),
        pytest.param(b",\n,,\n", [["", ""], ["", "", ""]], id="empty cells"),
        pytest.param(b'"a","b"\n', [["a", "b"]], id="quoted"),
        pytest.param(b'"","",\n', [["", "", ""]], id="quoted and empty"),
        pytest.param(b'""\n', [[""]], id="one empty cell is no blank line"),
        pytest.param(b'"a,b",c\n', [["a,b", "c"]], id="quoted comma"),
        pytest.param(b'"a""b",""""\n', [['a"b', '"']], id="doubled quotes"),
        pytest.param(b'"a\nb",c\nd,e\n', [["a\nb", "c"], ["d", "e"]], id="quoted line feed"),
        pytest.param(b'"a\r\n\r\nb",c\r\n', [["a\r\n\r\nb", "c"]], id="quoted blank line"),
        pytest.param(b'x,y\n"a\nb\nc",d', [["x", "y"], ["a\nb\nc", "d"]], id="quoted last cell, no line end"),
        pytest.param("a\u2028b\x0bc\x85,d\n".encode(), [["a\u2028b\x0bc\x85", "d"]], id="other line breaks"),
        pytest.param("會員,สมาชิก,😀\n".encode(), [["會員", "สมาชิก", "😀"]], id="two, three and four bytes"),
        pytest.param(b"a, b ,c\n", [["a", " b ", "c"]], id="spaces are kept"),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1, 2, 3, 5, 1 << 16])
def test_cells_are_read_wherever_the_file_is_cut(
    data: bytes, cells: list[list[str]], chunk_bytes: int
) -> None:
    records = read(data, chunk_bytes=chunk_bytes)

    assert [record.cells for record in records] == cells
    assert [record.row_no for record in records] == list(range(len(cells)))


@given(table=tables, line_end=st.sampled_from(["\n", "\r\n"]), chunk_bytes=st.integers(1, 40))
def test_what_the_standard_library_writes_is_read_back(
    table: list[list[str]], line_end: str, chunk_bytes: int
) -> None:
    # The library leaves a carriage return bare, which at the end of a line would be half of the line end.
    bare = any("\r" in cell for row in table for cell in row)
    quoting: Literal[0, 1] = csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=line_end, quoting=quoting).writerows(table)

    records = read(written.getvalue().encode(), chunk_bytes=chunk_bytes)

    assert [record.cells for record in records] == table
    assert "".join(record.raw + line_end for record in records) == written.getvalue()


@given(data=st.binary(max_size=60), cut=st.integers(0, 60))
def test_any_bytes_give_records_or_a_refusal_and_cuts_do_not_matter(data: bytes, cut: int) -> None:
    def outcome(pieces: list[bytes]) -> list[Record] | str:
        reader = RecordReader()
        try:
            return [*itertools.chain.from_iterable(map(reader.feed, pieces)), *reader.finish()]
        except RejectedError as refused:
            return refused.code

    assert outcome([data]) == outcome([data[:cut], data[cut:]])


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        pytest.param(b"a\nb\n\xff\n", "invalid_file_type", "file is not UTF-8 (row 2)", id="stray byte"),
        pytest.param(
            b"a\n\n\nb\xe2\x82", "invalid_file_type", "file is not UTF-8 (row 1)", id="cut sequence"
        ),
        pytest.param(b"\xff\xfea\0", "invalid_file_type", "file is not UTF-8 (header)", id="utf-16"),
        pytest.param(b"a\n\xed\xa0\x80\n", "invalid_file_type", "file is not UTF-8 (row 1)", id="surrogate"),
        pytest.param(b"a\nb\nc\0\nd\n", "bad_request", "row 2 contains a NUL byte", id="nul byte"),
        pytest.param(b"a\0b\n\xff", "bad_request", "header contains a NUL byte", id="the first fault counts"),
        pytest.param(b'a\nb"c\n', "bad_request", "row 1 has a misplaced quote", id="quote in a plain cell"),
        pytest.param(b'a\nb"c"\n', "bad_request", "row 1 has a misplaced quote", id="quotes in a plain cell"),
        pytest.param(b'a\nx,"b"c\n', "bad_request", "row 1 has a misplaced quote", id="text after a quote"),
        pytest.param(b'a\n"b" ,c\n', "bad_request", "row 1 has a misplaced quote", id="space after a quote"),
        pytest.param(b'a\n "b"\n', "bad_request", "row 1 has a misplaced quote", id="space before a quote"),
        pytest.param(
            b'a\nb"c\n' + b"d\n" * 5, "bad_request", "row 1 has a misplaced quote", id="lines swallowed by it"
        ),
        pytest.param(
            b'a\nb\n"c\nd\n', "bad_request", "row 2 has a quote that is not closed", id="quote not closed"
        ),
        pytest.param(
            b'a,"b""', "bad_request", "header has a quote that is not closed", id="doubled quote at the end"
        ),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1, 4, 1 << 16])
def test_a_broken_file_is_refused_with_its_row(
    data: bytes, code: str, message: str, chunk_bytes: int
) -> None:
    refused = read_refused(data, chunk_bytes=chunk_bytes)

    assert (refused.code, refused.message) == (code, message)


@pytest.mark.parametrize("chunk_bytes", [1 << 16, 1 << 22])
@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param(
            b"x" * (RECORD_CHARACTERS_MAX + 1), "row 1 is longer than 1000000 characters", id="plain"
        ),
        pytest.param(
            b'"' + b"x\n" * RECORD_CHARACTERS_MAX + b'"',
            "row 1 is longer than 1000000 characters",
            id="quoted",
        ),
        pytest.param(
            b'5" pipe\n' + b"x\n" * RECORD_CHARACTERS_MAX, "row 1 has a misplaced quote", id="misplaced quote"
        ),
    ],
)
def test_a_record_without_end_is_refused(row: bytes, message: str, chunk_bytes: int) -> None:
    assert read_refused(b"a\n" + row + b"\nb\n", chunk_bytes=chunk_bytes).message == message


@pytest.mark.parametrize("quote", ["", '"'], ids=["plain", "quoted"])
def test_the_longest_record_is_read_in_small_pieces(quote: str) -> None:
    cell = "x" * (RECORD_CHARACTERS_MAX - 2 * len(quote))
    data = f"a\n{quote}{cell}{quote}\n".encode()

    records = read(data, chunk_bytes=100)

    assert records[1].cells == [cell]


@pytest.mark.parametrize(
    ("data", "line_end"),
    [
        pytest.param(b"", "\n", id="empty file"),
        pytest.param(b"a,b", "\n", id="no line end"),
        pytest.param(b"a\nb\r\n", "\n", id="line feed first"),
        pytest.param(b"a\r\nb\n", "\r\n", id="carriage return first"),
        pytest.param(b'"a\nb"\r\nc\n', "\r\n", id="a quoted line feed is none"),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1, 100])
def test_the_first_line_end_is_remembered(data: bytes, line_end: str, chunk_bytes: int) -> None:
    reader = RecordReader()

    for start in range(0, len(data), chunk_bytes):
        reader.feed(data[start : start + chunk_bytes])
    reader.finish()

    assert reader.line_end == line_end


def test_columns_are_found_in_any_order_and_missing_ones_are_empty() -> None:
    header = header_of("period,colour,every,amount,customer,customer_key,weekdays")

    selected = header.select(["week", "red", "2", "5000", "cust_1", "key", "monday"])

    assert selected[:13] == ("key", "cust_1", "", "5000", "", "2", "week", "", "", "", "monday", "", "")
    assert selected[13:] == ("", "", "")


def test_a_quoted_header_with_a_mark_and_crlf_is_understood() -> None:
    header = header_of('\ufeff"customer_key","customer","amount","every","period"\r\n')

    assert header.columns == ("customer_key", "customer", "amount", "every", "period")
    assert header.echo_header == '"customer_key","customer","amount","every","period"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "customer_key,customer,every", "file lacks the column(s) amount, period", id="two columns missing"
        ),
        pytest.param(
            "customer_key,customer,Amount,every,period",
            "file lacks the column(s) amount: did you mean it by Amount?",
            id="other case",
        ),
        pytest.param(
            "note,customer_key,customer,ammount,every,period",
            "file lacks the column(s) amount: did you mean it by ammount?",
            id="misspelled",
        ),
        pytest.param(
            "customerkey,Customer,amount,every,remarks",
            "file lacks the column(s) customer_key, customer, period: "
            "did you mean customer_key by customerkey, customer by Customer?",
            id="two of three misspelled",
        ),
        pytest.param(
            "customer_key,customer,price,every,period",
            "file lacks the column(s) amount",
            id="nothing near",
        ),
        pytest.param(
            "customer_key;customer;amount;every;period",
            "file lacks the column(s) customer_key, customer, amount, every, period",
            id="other separator",
        ),
        pytest.param(f"{DOCUMENTED},amount", "file has the column amount twice", id="column twice"),
        pytest.param(
            f"{DOCUMENTED},colour,card,colour",
            "file has the columns card, colour twice",
            id="two columns twice",
        ),
        pytest.param(
            f"{DOCUMENTED},status,status", "file has the column status twice", id="report column twice"
        ),
        pytest.param(
            f"{DOCUMENTED},{'x' * 500},{'x' * 500}",
            f"file has the column {'x' * 64} twice",
            id="long name cut",
        ),
        pytest.param(
            f"{DOCUMENTED},4242424242424242", "header must not contain a card number", id="card number"
        ),
        pytest.param("x" + "," * COLUMNS_MAX, "file has more than 1000 columns", id="too many columns"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_naming_the_columns(text: str, message: str) -> None:
    with pytest.raises(RejectedError) as caught:
        header_of(text)

    assert (caught.value.code, caught.value.message) == ("bad_request", message)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{DOCUMENTED}\rk1,c,,1,,1,day,,,\r", id="rows behind"),
        pytest.param(f"{DOCUMENTED.replace(',', chr(13))}", id="in between"),
        pytest.param(f"{DOCUMENTED}\r" + "k1,c,,1,,1,day,,,\r" * 70_000, id="longer than a row may be"),
    ],
)
def test_a_file_whose_lines_end_in_cr_alone_is_told_so(text: str) -> None:
    reader = RecordReader()

    with pytest.raises(RejectedError) as caught:
        parse_header([*reader.feed(text.encode()), *reader.finish()][0])

    assert caught.value.message == BARE_CR


def test_a_quoted_line_end_in_a_header_is_no_bare_cr() -> None:
    assert header_of(f'{DOCUMENTED},"of\r\nours"').columns[-1] == "of\r\nours"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("enddate", "end_date"),
        ("End Date", "end_date"),
        ("end-date", "end_date"),
        ("END_DATE", "end_date"),
        ("end_dat", "end_date"),
        ("edn_date", "end_date"),
        ("days_of_months", "days_of_month"),
        ("Currency", "currency"),
        ("weekdays_of_month", "weekday_of_month"),
        ("Metadata.plan", "metadata.plan"),
        ("metdata.plan", "metadata.plan"),
        ("errorcode", "error_code"),
        ("start_on", "start_date"),
        ("start", "start_date"),
        ("Starts on", "start_date"),
        ("end_on", "end_date"),
        ("end", "end_date"),
        ("percent_of_balance", "percentage_of_balance"),
        ("percentage", "percentage_of_balance"),
    ],
)
def test_a_misspelled_optional_column_is_refused_with_the_name_that_was_meant(given: str, meant: str) -> None:
    columns = [name for name in DOCUMENTED.split(",") if name != meant]

    with pytest.raises(RejectedError) as caught:
        header_of(",".join([*columns, given]))

    assert caught.value.message == f"file has the column {given}: did you mean {meant}?"


@pytest.mark.parametrize(
    "given",
    [
        "note",
        "customer_name",
        "remarks",
        "date",
        "state",
        "meta.plan",
        "month",
        "x" * 500,
        "Amount",
        "end",
        "start",
    ],
)
def test_a_column_that_is_clearly_another_one_is_kept(given: str) -> None:
    assert header_of(f"{DOCUMENTED},{given}").columns[-1] == given


def test_a_column_like_one_that_is_there_as_well_is_kept() -> None:
    assert header_of(f"{DOCUMENTED},End Date").columns[-1] == "End Date"


def test_a_file_without_a_record_is_empty() -> None:
    with pytest.raises(RejectedError, match="file is empty"):
        parse_header(None)


def test_columns_without_a_name_are_kept() -> None:
    header = header_of(f"{DOCUMENTED},,")

    assert header.echo_header == f"{DOCUMENTED},,"


@pytest.mark.parametrize(
    ("header", "row", "echo_header", "echo"),
    [
        pytest.param(
            f"{DOCUMENTED},status,schedule_id,error_code,error_message",
            "k,c,,1,,1,day,,,,failed,,invalid_amount,Amount must be a positive integer",
            DOCUMENTED,
            "k,c,,1,,1,day,,,",
            id="report at the end",
        ),
        pytest.param(
            f'"status",{DOCUMENTED},"note",error_message',
            'failed,"k",c,,1,"a ""b"", c\nd",1,day,"",,,"n,m","Customer, not found"',
            f'{DOCUMENTED},"note"',
            '"k",c,,1,"a ""b"", c\nd",1,day,"",,,"n,m"',
            id="quotes are kept as written",
        ),
        pytest.param(
            DOCUMENTED, 'k,c,,1,"x",1,day,,,', DOCUMENTED, 'k,c,,1,"x",1,day,,,', id="nothing to drop"
        ),
    ],
)
def test_the_columns_of_a_report_are_dropped_from_the_echo(
    header: str, row: str, echo_header: str, echo: str
) -> None:
    first, second = read(f"{header}\n{row}\n".encode())

    parsed = parse_header(first)

    assert parsed.echo_header == echo_header
    assert parsed.echo(second.raw) == echo


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param("a,b,c,d", "row 1 has 4 cells, the header has 5", id="too few"),
        pytest.param("a,b,c,d,e,", "row 1 has 6 cells, the header has 5", id="too many"),
        pytest.param('a,b,c,"d,e"', "row 1 has 4 cells, the header has 5", id="comma inside quotes"),
    ],
)
def test_a_row_of_another_width_is_refused(row: str, message: str) -> None:
    first, second = read(f"customer_key,customer,amount,every,period\n{row}\n".encode())
    header = parse_header(first)

    with pytest.raises(RejectedError) as caught:
        header.require_width(second)

    assert caught.value.message == message
