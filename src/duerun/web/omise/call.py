"""One call of the Omise face: who asks, when, in which version, with which parameters."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request

from duerun.domain.accounts import Account
from duerun.domain.lists import ListQuery
from duerun.services.unit import Runtime, Unit
from duerun.web.omise import params, wire
from duerun.web.omise.lists import parse_list
from duerun.web.wire import Params

# Tells that an answer is one of an earlier request.
REPLAYED = {"Idempotent-Replayed": "true"}
_READS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the face (source: the wire specification, 16)."""

    error_location: str = "https://www.omise.co/api-errors"
    clamp_limit: bool = False
    end_date_required: bool = False
    status_running: bool = False
    status_paused: bool = True
    bulk_object: str = "recurring_export"
    bulk_csv_guard: bool = False
    pretty_json: bool = False
    vault_base: str = ""
    requests_per_minute_max: int = 1_000
    rate_limited: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """What a resource module needs of a request. `now` is the account's present moment, read once.

    `user` holds the key, or is empty where keys have no users. `headers` go with the answer beside the usual ones.
    """

    runtime: Runtime
    options: Options
    account: Account
    now: datetime
    version: wire.Version
    params: Params
    path: Mapping[str, str]
    request: Request
    user: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """One unit of work for this call."""
        return self.runtime.unit(self.account, self.now)

    def reading(self) -> AbstractAsyncContextManager[Unit]:
        """A unit for a call that changes nothing."""
        return self.runtime.reading(self.account, self.now)

    def wants_objects(self) -> bool:
        """Whether a call that reads asks for whole objects in the place of ids (`expand`)."""
        if self.request.method not in _READS or self.params.get("expand") == "":
            return False
        return params.boolean(self.params, "expand") or False

    def list_query(self) -> ListQuery:
        """The list parameters of this call."""
        return parse_list(self.params, clamp=self.options.clamp_limit)

    def listed(self, data: list[Any], query: ListQuery, *, total: int, location: str) -> wire.WireList:
        """The answer to a list call at this moment."""
        return wire.listed(data, query, total=total, location=location, now=self.now)


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class QueryParam:
    """What a handler reads from the query, as the OpenAPI document tells it."""

    name: str
    schema: Mapping[str, Any]
    description: str


def flag(name: str, description: str) -> QueryParam:
    """A parameter that is true or false."""
    return QueryParam(name, {"type": "boolean"}, description)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path. `public` lets a public key in, `raw` leaves the body to the handler.

    One that is `proved_late` reaches for nothing outside of the database before its first statement.

    `types` are those of an answer that is a file. `query` and `body` are what is told of the parameters; a raw handler
    takes those of the query from fields beside its file as well.
    """

    method: str
    path: str
    handler: Handler
    public: bool = False
    raw: bool = False
    proved_late: bool = False
    unhurried: bool = False
    types: tuple[str, ...] = ("text/csv",)
    query: tuple[QueryParam, ...] = ()
    body: type[msgspec.Struct] | None = None
