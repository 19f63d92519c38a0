"""Bracketed forms become nested objects, or a clear refusal."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duerun.domain.errors import RejectedError
from duerun.web.forms import KEYS_MAX, parse_form

RECORDED_SCHEDULE = (
    b"every=1&period=month&on[days_of_month][]=1&on[days_of_month][]=15&start_date=2026-12-01"
    b"&charge[customer]=cust_test_1&charge[amount]=100000&charge[description]=Membership+fee"
)


def test_the_form_of_the_ruby_client_is_read() -> None:
    params = parse_form(RECORDED_SCHEDULE)

    assert params == {
        "every": "1",
        "period": "month",
        "on": {"days_of_month": ["1", "15"]},
        "start_date": "2026-12-01",
        "charge": {"customer": "cust_test_1", "amount": "100000", "description": "Membership fee"},
    }


@pytest.mark.parametrize(
    ("raw", "params"),
    [
        pytest.param(b"", {}, id="nothing"),
        pytest.param(b"&&a=1&&", {"a": "1"}, id="empty pieces"),
        pytest.param(b"=1&a=2", {"a": "2"}, id="no name"),
        pytest.param(b"a=b=c", {"a": "b=c"}, id="equals sign in a value"),
        pytest.param(b"filters=", {"filters": ""}, id="empty text"),
        pytest.param(b"capture=false&metadata[order]=1&metadata[nil_value]",
                     {"capture": "false", "metadata": {"order": "1"}}, id="bare key is null"),
        pytest.param(b"a&a[b]=1", {"a": {"b": "1"}}, id="null beside an object"),
        pytest.param(b"filters%5Bamount%5D=1000..2000", {"filters": {"amount": "1000..2000"}},
                     id="escaped brackets"),
        pytest.param(b"on%5Bweekdays%5D%5B%5D=monday", {"on": {"weekdays": ["monday"]}}, id="escaped array"),
        pytest.param(b"a[2]=c&a[0]=a&a[10]=d&a[1]=b", {"a": ["a", "b", "c", "d"]}, id="order of index"),
        pytest.param(b"a[0]=x&a[b]=y", {"a": {"0": "x", "b": "y"}}, id="numbers and names are members"),
        pytest.param(b"a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]},
                     id="array of objects"),
        pytest.param(b"a[0][b]=1&a[1][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}, id="indexed objects"),
        pytest.param(b"a[][]=1&a[][]=2", {"a": [["1"], ["2"]]}, id="array of arrays"),
        pytest.param(b"n=%E0%B8%97%2B+1", {"n": "ท+ 1"}, id="escaped UTF-8, plus and space"),
        pytest.param("n=ท".encode(), {"n": "ท"}, id="raw UTF-8"),
        pytest.param(b"n=100%", {"n": "100%"}, id="percent sign by itself"),
    ],
)  # fmt: skip
def test_a_form_is_read(raw: bytes, params: dict[str, Any]) -> None:
    assert parse_form(raw) == params


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        pytest.param(b"a=%FF", "form is not valid UTF-8", id="escapes that are no UTF-8"),
        pytest.param(b"a=\xff", "form is not valid UTF-8", id="bytes that are no UTF-8"),
        pytest.param(b"a=%ED%A0%80", "form is not valid UTF-8", id="lone surrogate"),
        pytest.param(b"a=x%00y", "request holds the character U+0000", id="NUL in a value"),
        pytest.param(b"a%00=1", "request holds the character U+0000", id="NUL in a key"),
        pytest.param(b"a=1&a=2", 'key "a" is given twice', id="doubled key"),
        pytest.param(b"a[b]=1&a[b]=2", 'key "a[b]" is given twice', id="doubled member"),
        pytest.param(b"a=1&a[b]=2", 'key "a[b]" is used in two shapes', id="value, then object"),
        pytest.param(b"a[b]=2&a=1", 'key "a" is given twice', id="object, then value"),
        pytest.param(b"a[]=1&a[0]=2", 'key "a" is used in two shapes', id="items with and without index"),
        pytest.param(b"a[b=1", 'brackets of key "a[b" do not match', id="open bracket"),
        pytest.param(b"a]b=1", 'brackets of key "a]b" do not match', id="closed bracket"),
        pytest.param(b"a[b]c=1", 'brackets of key "a[b]c" do not match', id="text after brackets"),
        pytest.param(b"[a]=1", 'brackets of key "[a]" do not match', id="brackets without a name"),
        pytest.param(b"a" + b"[b]" * 32 + b"=1", "request is nested deeper than 32 levels", id="33 levels"),
        pytest.param(b"a" + b"[" * 500_000 + b"=1", "request is nested deeper than 32 levels", id="bomb"),
        pytest.param(b"&" * 1_000_000, "request has more than 1000 keys", id="a million separators"),
        pytest.param(b"a=1&" * 1_000_000, "request has more than 1000 keys", id="a million fields"),
    ],
)
def test_a_broken_form_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_form(raw)

    assert caught.value.message == message
    assert caught.value.code == "bad_request"


def test_limits_themselves_are_allowed() -> None:
    many = b"&".join(b"k%d=1" % number for number in range(KEYS_MAX))
    deep = b"a" + b"[b]" * 31 + b"=1"

    assert len(parse_form(many)) == KEYS_MAX
    assert list(parse_form(deep)) == ["a"]


@given(st.binary(max_size=200) | st.text(alphabet="a[]=&%0+", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        params = parse_form(raw)
    except RejectedError:
        return

    assert all(isinstance(name, str) and value is not None for name, value in params.items())
