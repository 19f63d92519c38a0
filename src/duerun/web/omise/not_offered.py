"""Links, disputes and sources, of which there are none: their lists are empty and no id is found.

Cards are the one way to pay (source: the wire specification, 9).
"""

from typing import NoReturn

from duerun.domain.errors import NotFoundError, RejectedError
from duerun.web.omise.call import Call, Endpoint, Handler
from duerun.web.omise.wire import WireList


async def create_link(call: Call) -> NoReturn:
    raise RejectedError("links are currently not supported")


async def create_source(call: Call) -> NoReturn:
    raise RejectedError("type is currently not supported")


def _empty(location: str) -> Handler:
    """The handler of a list that never holds anything."""

    async def index(call: Call) -> WireList:
        return call.listed([], call.list_query(), total=0, location=location)

    return index


def _absent(kind: str) -> Handler:
    """The handler of a call about one object of a kind that has none."""

    async def refuse(call: Call) -> NoReturn:
        raise NotFoundError(kind, call.path["id"])

    return refuse


ENDPOINTS = (
    Endpoint("POST", "/links", create_link),
    Endpoint("GET", "/links", _empty("/links")),
    Endpoint("GET", "/links/{id}", _absent("link")),
    Endpoint("DELETE", "/links/{id}", _absent("link")),
    Endpoint("GET", "/disputes", _empty("/disputes")),
    Endpoint("GET", "/disputes/open", _empty("/disputes/open")),
    Endpoint("GET", "/disputes/pending", _empty("/disputes/pending")),
    Endpoint("GET", "/disputes/closed", _empty("/disputes/closed")),
    Endpoint("GET", "/disputes/{id}", _absent("dispute")),
    Endpoint("PATCH", "/disputes/{id}", _absent("dispute")),
    Endpoint("PATCH", "/disputes/{id}/accept", _absent("dispute")),
    Endpoint("POST", "/sources", create_source, public=True),
    Endpoint("GET", "/sources", _empty("/sources"), public=True),
    Endpoint("GET", "/sources/{id}", _absent("source"), public=True),
)
