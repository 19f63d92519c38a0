"""Search (source: the wire specification, 9)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from duerun.domain.errors import RejectedError
from duerun.domain.events import Event
from duerun.domain.lists import LIMIT_MAX, ListQuery
from duerun.domain.search import Scope, Search
from duerun.services import search
from duerun.services.unit import Unit
from duerun.storage.lists import Page
from duerun.web.omise import events, params
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.lists import ORDERS, newest_first
from duerun.web.omise.search_filters import criteria, told_as
from duerun.web.omise.shapes import shape

QUERY_CHARS_MAX = 255
PAGE_MAX = 1_000_000_000
PER_PAGE_DEFAULT = 30
# Documented by Omise, and never with an object here.
EMPTY_SCOPES = ("dispute", "link")
SCOPES = sorted((*map(str, Scope), *EMPTY_SCOPES))
NEWEST_FIRST = "reverse_chronological"


class WireSearch(msgspec.Struct, kw_only=True):
    """One page of what was found; `filters` are shown as they were given."""

    object: str = "search"
    scope: str
    query: str
    filters: dict[str, Any]
    order: str
    page: int
    per_page: int
    total: int
    total_pages: int
    location: str
    data: Sequence[Any]


async def index(call: Call) -> WireSearch:
    scope = call.params.get("scope")
    if not isinstance(scope, str) or scope not in SCOPES:
        raise RejectedError(f"scope must be one of {', '.join(SCOPES)}", code="invalid_scope")
    return await _answer(call, scope, "/search")


async def index_charge_schedules(call: Call) -> WireSearch:
    return await _answer(call, Scope.CHARGE_SCHEDULE, "/charges/schedules/search")


async def index_transfer_schedules(call: Call) -> WireSearch:
    return await _answer(call, Scope.TRANSFER_SCHEDULE, "/transfers/schedules/search")


async def _answer(call: Call, scope: str, location: str) -> WireSearch:
    given = {name: value for name, value in call.params.items() if value != ""}
    page = _counted(given, "page", default=1, most=PAGE_MAX)
    per_page = _counted(given, "per_page", default=PER_PAGE_DEFAULT, most=LIMIT_MAX)
    text = params.digits(given, "query", chars_max=QUERY_CHARS_MAX)
    filters = _filters(given)
    reverse = newest_first(given, default=NEWEST_FIRST)
    query = ListQuery(limit=per_page, offset=(page - 1) * per_page, newest_first=reverse)
    found = await _found(call, scope, text, filters, query)
    return WireSearch(
        scope=scope,
        query=text or "",
        filters=filters,
        order=next(word for word, is_reverse in ORDERS.items() if is_reverse is reverse),
        page=page,
        per_page=per_page,
        total=found.total,
        total_pages=-(-found.total // per_page),
        location=location,
        data=found.rows,
    )


async def _found(
    call: Call, scope: str, text: str | None, filters: Mapping[str, Any], query: ListQuery
) -> Page[Any]:
    """A page of objects as the answer shows them."""
    if scope in EMPTY_SCOPES:
        return Page((), 0)
    wanted = Scope(scope)
    asked = Search(
        scope=wanted, text=text, criteria=criteria(filters, wanted, call.account, call.now), page=query
    )
    async with call.unit() as unit:
        page = await search.find(unit, asked)
        return Page(tuple(await _shaped(call, unit, page.rows)), page.total)


async def _shaped(call: Call, unit: Unit, values: Sequence[Any]) -> list[Any]:
    if values and isinstance(values[0], Event):
        return list(await events.answers(unit, values))
    return [shape(value, call) for value in values]


def _filters(given: Mapping[str, Any]) -> dict[str, Any]:
    with told_as("invalid_filters"):
        return params.mapping(given, "filters") or {}


def _counted(given: Mapping[str, Any], field: str, *, default: int, most: int) -> int:
    message = f"{field} must be an integer between 1 and {most}"
    with told_as("invalid_page"):
        number = params.integer(given, field, message=message)
    if number is None:
        return default
    if not 1 <= number <= most:
        raise RejectedError(message, code="invalid_page")
    return number


ENDPOINTS = (
    Endpoint("GET", "/search", index),
    Endpoint("GET", "/charges/schedules/search", index_charge_schedules),
    Endpoint("GET", "/transfers/schedules/search", index_transfer_schedules),
)
