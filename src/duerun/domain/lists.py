"""What a list call asks for."""

from dataclasses import dataclass
from datetime import datetime

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
OFFSET_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """One page of objects, by time of creation and then by id.

    `limit` is 1 to 100 and `offset` counts objects. Objects of `from_` are in, those of `to` are out;
    `None` is no bound. Source: the wire specification, 4.1.
    """

    limit: int = LIMIT_DEFAULT
    offset: int = 0
    newest_first: bool = False
    from_: datetime | None = None
    to: datetime | None = None
