"""List parameters of the Omise face (source: the wire specification, 4.1)."""

from collections.abc import Mapping
from typing import Any

from duerun.domain.errors import RejectedError
from duerun.domain.lists import LIMIT_DEFAULT, LIMIT_MAX, ListQuery
from duerun.web.omise import params as read

ORDERS = {"chronological": False, "reverse_chronological": True}
LIST_PARAMETERS = ("limit", "offset", "order", "from", "to")


def parse_list(params: Mapping[str, Any], *, clamp: bool = False) -> ListQuery:
    """The page that is asked for; an empty text means "not given".

    With `clamp` a limit over 100 is taken as 100 instead of refused. Raises `RejectedError`; its code is
    `invalid_date_format` for an unreadable `from` or `to`.
    """
    given = {name: params[name] for name in LIST_PARAMETERS if params.get(name, "") != ""}
    return ListQuery(
        limit=_limit(given, clamp=clamp),
        offset=_offset(given),
        newest_first=newest_first(given),
        from_=read.moment(given, "from", code="invalid_date_format"),
        to=read.moment(given, "to", code="invalid_date_format"),
    )


def _limit(given: Mapping[str, Any], *, clamp: bool) -> int:
    message = f"limit must be an integer between 1 and {LIMIT_MAX}"
    limit = read.integer(given, "limit", message=message)
    if limit is None:
        return LIMIT_DEFAULT
    if limit < 1 or (limit > LIMIT_MAX and not clamp):
        raise RejectedError(message)
    return min(limit, LIMIT_MAX)


def _offset(given: Mapping[str, Any]) -> int:
    message = "offset must be an integer greater than or equal to 0"
    offset = read.integer(given, "offset", message=message)
    if offset is not None and offset < 0:
        raise RejectedError(message)
    return offset or 0


def newest_first(given: Mapping[str, Any], *, default: str = "chronological") -> bool:
    """Which end of time comes first."""
    order = given.get("order", default)
    if not isinstance(order, str) or order not in ORDERS:
        raise RejectedError(f"order must be one of {', '.join(ORDERS)}")
    return ORDERS[order]
