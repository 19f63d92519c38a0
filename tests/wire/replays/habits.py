"""The habits of clients, each with how to see it in a request (source: the wire specification, 1.1 and 1.2).

Left out are the words yes and no in the filters of a search, since search is not served yet.
"""

import base64
import re
from collections.abc import Callable
from urllib.parse import unquote

from .replay import Replay

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_LIST_PARAMETERS = re.compile(r'"(limit|offset|order|from|to)":')


def _type(replay: Replay) -> str | None:
    return replay.header("content-type")


def _is(replay: Replay, method: str, media_type: str) -> bool:
    return replay.method == method and (_type(replay) or "").startswith(media_type) and replay.body != ""


def _says(pattern: str, *, type_: str = "") -> Callable[[Replay], bool]:
    found = re.compile(pattern)
    return lambda replay: (_type(replay) or "").startswith(type_) and found.search(replay.body) is not None


def _credentials(replay: Replay) -> str:
    return base64.b64decode((replay.header("authorization") or "").removeprefix("Basic ")).decode()


def _empty_post(type_: str | None, length: str | None) -> Callable[[Replay], bool]:
    return lambda replay: (
        (replay.method, _type(replay), replay.header("content-length"), replay.body)
        == ("POST", type_, length, "")
    )  # fmt: skip


def _query_and_body(method: str) -> Callable[[Replay], bool]:
    return lambda replay: replay.method == method and "?" in replay.target and "=" in replay.body


def _without_type(start: str) -> Callable[[Replay], bool]:
    return lambda replay: _type(replay) is None and re.match(start, replay.body) is not None


HABITS: dict[str, Callable[[Replay], bool]] = {
    "a JSON body": lambda replay: _is(replay, "POST", JSON),
    "a form": lambda replay: _is(replay, "POST", FORM),
    "an upload in parts": lambda replay: _is(replay, "POST", "multipart/form-data"),
    "list parameters in the JSON body of a GET": lambda replay: (
        _is(replay, "GET", JSON) and _LIST_PARAMETERS.search(replay.body) is not None
    ),
    "an empty JSON object on GET": lambda replay: _is(replay, "GET", JSON) and replay.body == "{}",
    "a JSON body on DELETE": lambda replay: _is(replay, "DELETE", JSON),
    "a form in the body of a GET": lambda replay: _is(replay, "GET", FORM),
    "a query beside the body of a GET": _query_and_body("GET"),
    "a query beside the body of a POST": _query_and_body("POST"),
    "an empty POST with a JSON type and length 0": _empty_post(JSON, "0"),
    "an empty POST with a form type and length 0": _empty_post(FORM, "0"),
    "an empty POST with length 0 and no type": _empty_post(None, "0"),
    "an empty POST with neither header": _empty_post(None, None),
    "null for what is not given": _says(r":\s?null"),
    "a date in year 1": _says(r'"0001-01-01"'),
    "a datetime in year 1": _says(r'"0001-01-01T00:00:00"'),
    "amount 0 beside a percentage": _says(r'"amount":0,.*"percentage_of_balance":[1-9]'),
    "percentage 0 beside an amount": _says(r'"amount":[1-9]\d+,.*"percentage_of_balance":0'),
    "amount and percentage both 0": _says(r'"amount":0,.*"percentage_of_balance":(0|null)'),
    "a datetime for a date": _says(r'"(start|end)_date":"[1-9]\d{3}-\d\d-\d\dT'),
    "a day without a leading zero": _says(r'"start_date":"\d{4}-\d\d-\d"'),
    "a date without a start": lambda replay: "end_date" in replay.body and "start_date" not in replay.body,
    "an integer as text": _says(r"every=\d", type_=FORM),
    "a decimal as text": _says(r"percentage_of_balance(\]|%5D)=\d+\.\d", type_=FORM),
    "a boolean as a word in a form": _says(r"capture=(true|false)", type_=FORM),
    "a boolean as 1 in a form": _says(r"capture=1", type_=FORM),
    "a boolean as 0 in a form": _says(r"capture=0", type_=FORM),
    "a boolean in JSON": _says(r'"capture":(true|false)', type_=JSON),
    "brackets raw": _says(r"\[days_of_month\]\[\]=", type_=FORM),
    "brackets encoded": _says(r"%5Bdays_of_month%5D%5B%5D=", type_=FORM),
    "an indexed array": lambda replay: re.search(r"\[[01]\]=", unquote(replay.body)) is not None,
    "a key without a value": _says(r"(^|&)[^=&]+(&|$)", type_=FORM),
    "a card number as an integer": _says(r'"number":\d{16}'),
    "a security code as an integer": _says(r'"security_code":\d{3}'),
    "weekdays in capitals": _says(r"Monday"),
    "a currency in capitals": _says(r"THB"),
    "weekdays beside the period day": lambda replay: (
        re.search(r"period.{1,3}day", replay.body) is not None and "weekdays" in replay.body
    ),
    "second_ for 2nd_": _says(r"second_monday"),
    "empty texts in a PATCH of a recipient": lambda replay: (
        replay.method == "PATCH" and '"name":""' in replay.body
    ),
    "an empty object in a PATCH of a recipient": lambda replay: (
        replay.method == "PATCH" and '"bank_account":{}' in replay.body
    ),
    "an empty platform fee": _says(r'"platform_fee":\{\}'),
    "an unknown parameter": _says(r"unheard_of"),
    "Expect: 100-continue": lambda replay: replay.header("expect") == "100-continue",
    "a body in chunks": lambda replay: replay.header("transfer-encoding") == "chunked",
    "JSON without a content type": _without_type(r"\{"),
    "a form without a content type": _without_type(r"\w+="),
    "a charset": lambda replay: (_type(replay) or "").endswith("charset=utf-8"),
    "a trailing slash": lambda replay: replay.target.partition("?")[0].endswith("/"),
    "an empty query": lambda replay: replay.target.endswith("?"),
    "no version": lambda replay: replay.header("omise-version") is None,
    "the version 2014-07-27": lambda replay: replay.header("omise-version") == "2014-07-27",
    "the version 2015-11-17": lambda replay: replay.header("omise-version") == "2015-11-17",
    "the version 2017-11-02": lambda replay: replay.header("omise-version") == "2017-11-02",
    "a host without the port": lambda replay: replay.header("host") == "127.0.0.1",
    "a password beside the key": lambda replay: not _credentials(replay).endswith(":"),
}
