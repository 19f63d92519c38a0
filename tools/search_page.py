"""The page `docs/reference/search.md`: what can be searched, and the filters of each scope."""

from pages import page, table

from duerun.domain.lists import LIMIT_MAX
from duerun.domain.search import Scope
from duerun.web.omise.search import EMPTY_SCOPES, PER_PAGE_DEFAULT, QUERY_CHARS_MAX
from duerun.web.omise.search_filters import FILTERS

SEARCH_TEXT = f"""
`GET /search` finds objects of one `scope`. `GET /charges/schedules/search` and `GET /transfers/schedules/search` are
the scopes `charge_schedule` and `transfer_schedule` under paths of their own.

| parameter | meaning |
|---|---|
| `scope` | required in `/search`; one of those below |
| `query` | a text that one of the searched members holds, in any case; at most {QUERY_CHARS_MAX} characters |
| `filters[...]` | conditions that must all be met; also as an object in a JSON body |
| `order` | `reverse_chronological` (default) or `chronological`, by time of creation |
| `page`, `per_page` | from 1; {PER_PAGE_DEFAULT} objects a page unless told, at most {LIMIT_MAX} |

```sh
curl -u $KEY: "$URL/search?scope=charge&query=somchai&filters[amount]=1000..2000&filters[captured]=yes"
```

The answer has `object` "search", `scope`, `query`, `filters`, `order`, `page`, `per_page`, `total`, `total_pages`,
`location` and `data`. Only objects of the key's account and mode are found; destroyed customers, recipients and
transfers are left out, ended schedules are not. The scopes {", ".join(f"`{each}`" for each in EMPTY_SCOPES)} are
known and always empty.
"""
FILTER_KINDS_TEXT = """
| kind | values |
|---|---|
| amount | in main units: `20` is 20.00; ranges such as `1000..2000`, `1000..` and `..2000` hold both ends |
| boolean | `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off` |
| date | a date, a datetime, a range such as `2026-01-01..2026-01-31`, or one of the words below |
| text | equal as written; `email` and `currency` in any case |
| one of | one of the words, in any case; `running` is `active` |

A date is the whole day in the account's time zone, a datetime is one second, and a range holds both ends. The words
are `today`, `yesterday`, `this_week`, `last_week`, `this_month` and `last_month`.

A filter that the scope does not have, or a value that cannot be read, is refused with `invalid_filters`.

A search reads the account's objects of its scope, newest or oldest first: narrow it by `created` where there are
millions of them.
"""
SEARCHED = {
    Scope.CHARGE: "id, description, metadata values, customer, schedule, currency, failure code and message; "
    "name, bank and last digits of the card",
    Scope.CHARGE_SCHEDULE: "id, description, metadata values; id, email and description of the customer; "
    "id, name and last digits of the card",
    Scope.CUSTOMER: "id, email, description, metadata values",
    Scope.EVENT: "id, key, id of the object",
    Scope.RECEIPT: "id, number, day",
    Scope.RECIPIENT: "id, name, email, description, tax id, name of the bank account, metadata values",
    Scope.REFUND: "id, charge, transaction, metadata values",
    Scope.TRANSACTION: "id, key, origin",
    Scope.TRANSFER: "id, schedule, failure code and message, metadata values; id and name of the recipient, "
    "name of its bank account",
    Scope.TRANSFER_SCHEDULE: "id; id and name of the recipient, name of its bank account",
}


def search_page() -> str:
    parts = [
        part for scope in sorted(Scope) for part in (f"### `{scope}`", _searched(scope), _filters(scope))
    ]
    return page("Search", SEARCH_TEXT, "## Filters", FILTER_KINDS_TEXT, "## Scopes", *parts)


def _searched(scope: Scope) -> str:
    return f"`query` looks into: {SEARCHED[scope]}."


def _filters(scope: Scope) -> str:
    rows = [(f"`{name}`", _kind(kind)) for name, kind in FILTERS[scope].items()]
    return table(("filter", "kind"), rows)


def _kind(kind: str | tuple[str, ...]) -> str:
    if isinstance(kind, tuple):
        return f"one of {', '.join(f'`{word}`' for word in kind)}"
    return "text" if kind == "currency" else kind
