"""One page of a list: any statement that selects rows with `created_at` and `id`, counted, cut and ordered."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, LiteralString, TypeVar

from duerun.domain.lists import ListQuery
from duerun.storage.database import Connection, sql

Row = TypeVar("Row")

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)

_WINDOW: LiteralString = " WHERE created_at >= %(list_from)s AND created_at < %(list_to)s"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and how many objects lie between `from` and `to` in all."""

    rows: tuple[Row, ...]
    total: int


async def fetch_page(
    connection: Connection, name: str, query: ListQuery, /, **parameters: Any
) -> tuple[list[dict[str, Any]], int]:
    """The raw rows of a page of the statement `queries/<name>.sql`, and the total."""
    base = sql(name).rstrip().rstrip(";")
    direction: LiteralString = "DESC" if query.newest_first else "ASC"
    values = {
        **parameters,
        "list_from": query.from_ or ALWAYS,
        "list_to": query.to or FOREVER,
        "list_limit": query.limit,
        "list_offset": query.offset,
    }
    counted = await connection.execute(
        "SELECT count(*) AS total FROM (" + base + ") AS listed" + _WINDOW, values
    )
    row = await counted.fetchone()
    total = int(row["total"]) if row else 0
    if total <= query.offset:
        return [], total
    cursor = await connection.execute(
        "SELECT * FROM (" + base + ") AS listed" + _WINDOW
        + " ORDER BY created_at " + direction + ", id " + direction + " LIMIT %(list_limit)s OFFSET %(list_offset)s",
        values,
    )  # fmt: skip
    return await cursor.fetchall(), total
