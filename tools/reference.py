"""Writes the pages of `docs/reference/` that are made from the code, or tells which of them are stale.

python tools/reference.py --write
python tools/reference.py --check
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from endpoint_index import ABSENT, EMPTY, MISSING, documented
from pages import page, table
from search_page import search_page

from duerun.domain import bulk_rows, bulk_terms
from duerun.domain.bulk_rows import RowContext, check_row
from duerun.domain.bulk_terms import RowError
from duerun.domain.csv_records import REQUIRED_COLUMNS, Record, parse_header
from duerun.gateways.sandbox import BRANDS, EFFECTS, MESSAGES
from duerun.settings import PREFIX, Settings
from duerun.storage.database import sql
from duerun.web import errors as web_errors
from duerun.web.errors import WebError
from duerun.web.omise.errors import STATUS_BY_CODE
from duerun.web.omise.routes import ENDPOINTS
from duerun.web.omise.wire import Version

FOLDER = Path(__file__).parents[1] / "docs" / "reference"

CODE_MEANINGS = {
    "authentication_failure": "The key is missing, unknown, revoked or of the wrong kind. All are told alike.",
    "bad_request": "The request is not valid; the message names the field and the rule.",
    "expired_charge": "The authorisation of the charge has run out.",
    "failed_capture": "The charge is captured already, or cannot be captured.",
    "failed_expire": "The charge is not waiting for anything, so it cannot expire.",
    "failed_refund": "The amount is over what can be refunded, or the charge cannot be refunded any more.",
    "failed_reverse": "Only an authorised charge that was not captured can be reversed.",
    "internal_error": "A fault of the server. The log has the request id of the answer.",
    "invalid_amount": "The amount of a transfer is outside the limits of the account's country.",
    "invalid_bank_account": "The bank, its code or the account number is not valid in the account's country.",
    "invalid_card": "The card's data are not valid, or its number is not one of the test cards.",
    "invalid_charge": "The amount is outside the limits, or the currency is not taken.",
    "invalid_date_format": "`from` or `to` of a list is no date and no datetime.",
    "invalid_file_type": "The uploaded file is neither CSV in UTF-8 nor a readable `.xlsx` workbook.",
    "invalid_filters": "A filter of a search is not known in its scope, or its value cannot be read.",
    "invalid_page": "`page` or `per_page` of a search is out of its range.",
    "invalid_recipient": "A field of the recipient is missing or not valid, or it is the default recipient.",
    "invalid_scope": "`scope` of a search is missing or not known.",
    "missing_card": "The customer has no card.",
    "missing_file": "The upload has no file in the field `file`.",
    "not_found": "No such path or object in this account and mode; foreign ids are told like unknown ones.",
    "service_unavailable": "Not now: the same request may work later. `Retry-After` says when.",
    "too_many_requests": "The key is over its rate. `Retry-After` says when.",
    "used_token": "The token was used before.",
}

# In the order in which they are checked: the first one counts.
ROW_MEANINGS = {
    "card_number_refused": "A cell holds a card number. The report shows the row with the number starred.",
    "missing_customer_key": "`customer_key` is empty.",
    "invalid_customer_key": "`customer_key` is too long.",
    "changed_since_dry_run": "What a sound row needs changed between the commit of its dry run and the row.",
    "conflicting_columns": "Columns of charges and of transfers stand in one row.",
    "invalid_recipient": "`recipient` is no recipient of this account and mode, or a destroyed one.",
    "invalid_customer": "`customer` is no customer of this account and mode, or a destroyed one.",
    "no_card_attached": "The customer has no card, and the row brings no unused token.",
    "invalid_card": "`card` is no card of the customer, no unused token, or it has expired.",
    "invalid_amount": "`amount` is no whole number over 0, or it is outside the limits of the account's country.",
    "invalid_currency": "`currency` is not taken in the account's country.",
    "invalid_period": "`period` or `every` is not valid.",
    "invalid_days_of_month": "The days are not valid: also of `weekdays` and `weekday_of_month`.",
    "invalid_date_format": "`start_date` or `end_date` is no date of the calendar.",
    "start_date_in_past": "`start_date` is before today in the account's time zone.",
    "end_date_before_start": "`end_date` is before `start_date`, or no date of the rule lies between them.",
    "invalid_metadata": "The metadata of the row are too large.",
    "invalid_description": "`description` is too long.",
    "duplicate_schedule": "The schedule exists, or an earlier row of the file asks for it.",
}

EFFECT_MEANINGS = {
    "successful": "The charge succeeds.",
    "first:1": "The first attempt at a date fails with `insufficient_fund`; the second succeeds.",
    "first:2": "The first two attempts at a date fail with `insufficient_fund`; the third succeeds.",
    "answer_lost": "The charge happens, but its answer is lost; Duerun asks for it, finds it and goes on.",
    "request_lost": "The request never arrives; Duerun asks, hears that, and sends it again under the same key.",
}


SETTINGS_TEXT = """
Each setting is an environment variable. A variable that begins with `DUERUN_` and is no setting, or a value that
cannot be read, refuses the start and is named. Booleans are `true` or `false`, `1` or `0`, `yes` or `no`.
"""
ERRORS_TEXT = """
Every refusal, also of an unknown path or method, has the same shape. Recognise it by `object`, tell it by `code`.

```json
{"object":"error","location":"https://www.omise.co/api-errors#not-found",
 "code":"not_found","message":"schedule schd_test_1 was not found"}
```

A declined card is no error: the charge is answered with status 200, `status` is `failed`, and `failure_code` says
why ([test cards](test-cards.md)).
"""
ROW_CODES_TEXT = """
They stand in the columns `error_code` and `error_message` of [the report](bulk.md), in the order in which a row is
checked; the first that applies counts.
"""
TEST_CARDS_TEXT = """
Any expiry in the future and any security code work. Making a token and attaching it to a customer succeed with each
of these numbers; what a card does, it does when it is charged. Any other number is refused with `invalid_card`.
"""


def settings_page() -> str:
    rows = [_setting(each) for each in fields(Settings)]
    return page("Settings", SETTINGS_TEXT, table(("variable", "default", "limits", "what it does"), rows))


def _setting(each: Any) -> tuple[str, str, str, str]:
    default = str(each.default).lower() if isinstance(each.default, bool) else str(each.default)
    least, words = each.metadata["least"], each.metadata["words"]
    limits = ", ".join(f"`{word}`" for word in words) if words else _least(least)
    shown = f"`{default}`" if default else "empty"
    return f"`{PREFIX}{each.name.upper()}`", shown, limits, each.metadata["sentence"]


def _least(least: float | None) -> str:
    return "" if least is None else f"at least {least:g}"


def errors_page() -> str:
    codes = [
        (f"`{code}`", str(status), _meaning(CODE_MEANINGS, code)) for code, status in STATUS_BY_CODE.items()
    ]
    return page(
        "Errors",
        ERRORS_TEXT,
        "## Codes",
        table(("code", "HTTP status", "when"), codes),
        "`bad_request` comes with another status where HTTP itself has one:",
        table(("HTTP status", "when"), _web_statuses()),
        "## Codes of the rows of a bulk file",
        ROW_CODES_TEXT,
        table(("code", "when", "message"), _row_codes()),
    )


def _meaning(meanings: dict[str, str], key: str) -> str:
    if key not in meanings:
        raise SystemExit(f"{key} has no sentence in tools/reference.py")
    return meanings[key]


def _web_statuses() -> list[tuple[str, str]]:
    kinds = [
        each for each in vars(web_errors).values() if isinstance(each, type) and issubclass(each, WebError)
    ]
    told = {
        (each.status, (each.__doc__ or "").split("\n")[0]) for each in kinds if each.code == "bad_request"
    }
    return [(str(status), sentence) for status, sentence in sorted(told) if status != 400]


def _row_codes() -> list[tuple[str, str, str]]:
    messages = _row_messages()
    for code in messages:
        _meaning(ROW_MEANINGS, code)
    return [
        (f"`{code}`", meaning, "; ".join(f"`{text}`" for text in messages[code]))
        for code, meaning in ROW_MEANINGS.items()
    ]


def _row_messages() -> dict[str, list[str]]:
    """All messages by code: those of the rules as they stand there, those of the look-ups from their statement."""
    found: dict[str, list[str]] = {}
    for code, text in [
        *_row_errors(bulk_rows),
        *_row_errors(bulk_terms),
        *_limit_errors(),
        *_look_up_errors(),
    ]:
        if text not in found.setdefault(code, []):
            found[code].append(text)
    return found


def _row_errors(module: ModuleType) -> list[RowError]:
    return [value for value in vars(module).values() if isinstance(value, RowError)]


def _limit_errors() -> Iterator[tuple[str, str]]:
    """What a row is told whose amount is under or over the limits of an account in Thailand."""
    header = parse_header(Record(0, "", list(REQUIRED_COLUMNS)))
    context = RowContext.of_country("TH", today=date.min)
    for amount in ("1", "9" * 15):
        row = check_row(Record(1, "", ["key", "cust_1", amount, "1", "day"]), header, context)
        yield row.error_code or "", row.error_message or ""


def _look_up_errors() -> list[tuple[str, str]]:
    look_ups = re.findall(r"WHEN '(\w+)' THEN '([^']+)'", sql("bulk_tell"))
    [code] = re.findall(r"error_code = '(\w+)'", sql("bulk_hold"))
    held = [(code, text) for text in re.findall(r"(?:THEN|ELSE) '([^']+[^' ]) ?'", sql("bulk_hold"))]
    held = [(code, f"{text} MESSAGE" if text.endswith(":") else text) for code, text in held]
    duplicates = re.findall(r"error_message = '([^']+)'", sql("bulk_name_duplicates"))
    return [*look_ups, *held, *(("duplicate_schedule", f"{text}: ID") for text in duplicates)]


def test_cards_page() -> str:
    rows = [(_effect(effect), _cards(numbers)) for effect, numbers in EFFECTS.items()]
    return page("Test cards", TEST_CARDS_TEXT, table(("what happens", "numbers"), rows))


def _effect(effect: str) -> str:
    if effect in MESSAGES:
        return f"The charge fails with `{effect}`: {MESSAGES[effect]}."
    return _meaning(EFFECT_MEANINGS, effect)


def _cards(numbers: Sequence[str]) -> str:
    return "<br>".join(f"`{number}` {_brand(number)}" for number in numbers)


def _brand(number: str) -> str:
    return next(brand for prefix, brand in BRANDS if number.startswith(prefix))


def coverage_page() -> str:
    served = {_shape(f"{each.method} {each.path}"): f"{each.method} {each.path}" for each in ENDPOINTS}
    groups = [
        (title, [(each, _shape(each) in served) for each in endpoints]) for title, endpoints in documented()
    ]
    empty = {_shape(each) for each in EMPTY}
    known = {_shape(each) for _, endpoints in groups for each, _ in endpoints}
    parts = [part for title, endpoints in groups for part in (f"## {title}", _coverage_table(endpoints))]
    own = ", ".join(f"`{shown}`" for shape, shown in served.items() if shape not in known)
    return page(
        "What is served",
        f"Of {len(known)} documented endpoints, {len((known & served.keys()) - empty)} are served, with the versions\n"
        f"{' and '.join(Version)}, and {len(empty)} answer that there is nothing. A path that is not served answers\n"
        "an error object with status 404 or 405.",
        *parts,
        "## Beside the documented ones",
        f"{own}, and without a key `GET /openapi.json`, the description of all of them for tools, and "
        "`GET /calendar.ics` with a token ([calendar](forecast.md)). "
        "Those who watch the server ask `GET /healthz`, `GET /readyz` and `GET /metrics` "
        "([operating](../howto/operate.md)).",
        "## What else is not there yet",
        table(("part", "what happens"), ABSENT),
    )


def _shape(endpoint: str) -> str:
    return re.sub(r"\{\w+\}", "{}", endpoint)


def _coverage_table(endpoints: Iterable[tuple[str, bool]]) -> str:
    return table(
        ("endpoint", "served"), [(f"`{each}`", _told(each, is_served)) for each, is_served in endpoints]
    )


def _told(endpoint: str, is_served: bool) -> str:
    if is_served and endpoint in MISSING:
        raise SystemExit(f"{endpoint} is served and must leave MISSING in tools/endpoint_index.py")
    if endpoint in EMPTY:
        return EMPTY[endpoint]
    return "yes" if is_served else f"not yet: {_meaning(MISSING, endpoint)}"


PAGES: dict[str, Callable[[], str]] = {
    "coverage.md": coverage_page,
    "errors.md": errors_page,
    "search.md": search_page,
    "settings.md": settings_page,
    "test-cards.md": test_cards_page,
}


def stale(folder: Path) -> list[str]:
    """The names of the pages that are not what the code says."""
    return [name for name, page in PAGES.items() if _text(folder / name) != page()]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main() -> int:
    parser = argparse.ArgumentParser(description="The reference pages that are made from the code.")
    parser.add_argument("--write", action="store_true", help="write them; without it they are only checked")
    parser.add_argument("--check", action="store_true", help="tell which are stale; status 1 if one is")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    names = stale(given.folder)
    if given.write:
        for name in names:
            (given.folder / name).write_text(PAGES[name](), encoding="utf-8")
    sys.stdout.writelines(f"{'written' if given.write else 'stale'}: {name}\n" for name in names)
    return 1 if names and not given.write else 0


if __name__ == "__main__":
    raise SystemExit(main())
