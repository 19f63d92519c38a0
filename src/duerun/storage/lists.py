"""One page of a list: any statement that selects rows with `created_at` and `id`, counted, cut and ordered.

The lists of an account grow without end. They are counted in blocks (`list_blocks`), so that a page behind millions
of objects costs what the first one does, and the total stays exact.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, LiteralString, TypeVar

from duerun.domain.lists import ListQuery
from duerun.storage.database import Connection, fetch_proving, sql

Row = TypeVar("Row")

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)

_WINDOW: LiteralString = " WHERE created_at >= %(list_from)s AND created_at < %(list_to)s"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and how many objects lie between `from` and `to` in all."""

    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class _Span:
    """From where to where rows are read, and how many of them are passed over."""

    since: datetime
    until: datetime
    offset: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """The statement of a list, and one that tells the version of each of its rows: `listed` is the row there.

    With `version`, a row comes as its id and its version.
    """

    base: LiteralString
    version: LiteralString = ""

    def told(self, page: LiteralString, total: LiteralString = "") -> LiteralString:
        """What a page reads of its rows, which come in the order of `page`, and of the list."""
        more: LiteralString = f", {total}" if total else ""
        row: LiteralString = "listed.id, (" + self.version + ") AS version" if self.version else "listed.*"
        return "SELECT " + row + more + page

    def source(self) -> LiteralString:
        """Where the rows of a page come from."""
        return " FROM (" + self.base + ") AS listed"


async def fetch_page(
    connection: Connection,
    name: str,
    query: ListQuery,
    /,
    *,
    counted: str | None = None,
    version: str | None = None,
    **parameters: Any,
) -> tuple[list[dict[str, Any]], int]:
    """The raw rows of a page of the statement `queries/<name>.sql`, and the total.

    `counted` names the list of the account whose blocks hold the count. With `version`, a statement that is read for
    each `listed` row, a row has two members: `id` and `version`.
    """
    listed = _Listed(statement(name), statement(version) if version else "")
    span = _Span(query.from_ or ALWAYS, query.to or FOREVER, query.offset)
    if counted is None:
        total = await _count(connection, listed.base, span, parameters)
        rows = await _read(connection, listed, span, query, parameters) if total > query.offset else []
        return rows, total
    parameters = {**parameters, "list": counted}
    if query.offset == 0 and query.limit > 0:
        return await _first_page(connection, listed, span, query, parameters)
    total, near = await _near(connection, listed.base, span, query, parameters)
    rows = await _read_ids(connection, listed, near, query, parameters) if total > query.offset else []
    return rows, total


def statement(name: str) -> LiteralString:
    """A statement as it stands within another one."""
    return sql(name).rstrip().rstrip(";")


def _values(span: _Span, query: ListQuery, parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        **parameters,
        "list_from": span.since,
        "list_to": span.until,
        "list_limit": query.limit,
        "list_offset": span.offset,
    }


async def _count(connection: Connection, base: LiteralString, span: _Span, parameters: dict[str, Any]) -> int:
    values = {**parameters, "list_from": span.since, "list_to": span.until}
    counted = await connection.execute(
        "SELECT count(*) AS total FROM (" + base + ") AS listed" + _WINDOW, values
    )
    row = await counted.fetchone()
    return int(row["total"]) if row else 0


def _order(query: ListQuery) -> LiteralString:
    direction: LiteralString = "DESC" if query.newest_first else "ASC"
    return (
        " ORDER BY created_at "
        + direction
        + ", id "
        + direction
        + " LIMIT %(list_limit)s OFFSET %(list_offset)s"
    )


async def _read(
    connection: Connection, listed: _Listed, span: _Span, query: ListQuery, parameters: dict[str, Any]
) -> list[dict[str, Any]]:
    page = listed.source() + _WINDOW + _order(query)
    cursor = await connection.execute(listed.told(page), _values(span, query, parameters))
    return await cursor.fetchall()


def _of_page(listed: _Listed, query: ListQuery) -> LiteralString:
    """Which rows stand on the page; nothing is read of those that are passed over."""
    direction: LiteralString = "DESC" if query.newest_first else "ASC"
    return (
        listed.source() + " WHERE id = ANY (ARRAY("
        "SELECT id FROM (" + listed.base + ") AS passed" + _WINDOW + _order(query)
        + ")) ORDER BY created_at " + direction + ", id " + direction
    )  # fmt: skip


async def _read_ids(
    connection: Connection, listed: _Listed, span: _Span, query: ListQuery, parameters: dict[str, Any]
) -> list[dict[str, Any]]:
    page = _of_page(listed, query)
    cursor = await connection.execute(listed.told(page), _values(span, query, parameters))
    return await cursor.fetchall()


async def _first_page(
    connection: Connection, listed: _Listed, span: _Span, query: ListQuery, parameters: dict[str, Any]
) -> tuple[list[dict[str, Any]], int]:
    """The page that is asked for most, and the total, in one statement."""
    total = "(SELECT total FROM counted) AS list_total"
    rows = await fetch_proving(
        connection,
        _blocks(listed.base)
        + ", counted AS (SELECT head + coalesce(objects, 0) + tail AS total FROM ends) "
        + listed.told(_of_page(listed, query), total),
        _values(span, query, parameters),
    )
    totals = [int(row.pop("list_total")) for row in rows]
    return rows, totals[0] if totals else 0


def _blocks(base: LiteralString) -> LiteralString:
    """What the blocks of a list hold, and how many objects stand before and behind them."""
    count: LiteralString = "(SELECT count(*) FROM (" + base + ") AS listed WHERE created_at >= "
    return (
        "WITH blocks AS MATERIALIZED (SELECT min(since) AS since, max(until) AS until,"
        " coalesce(sum(objects), 0)::bigint AS objects FROM (" + statement("list_blocks_counted") + ") AS counted)"
        ", ends AS (SELECT since, until, objects, "
        + count + "%(list_from)s AND created_at < coalesce(blocks.since, %(list_to)s)) AS head, "
        + count + "blocks.until AND created_at < %(list_to)s) AS tail FROM blocks)"
    )  # fmt: skip


def _holder(name: str, query: ListQuery) -> LiteralString:
    """Which of these spans holds the nth object from an end, and how many objects lie before it."""
    direction: LiteralString = "DESC" if query.newest_first else "ASC"
    return (
        "SELECT since, until, before FROM (SELECT since, until, objects,"
        " (sum(objects) OVER (ORDER BY since " + direction + " ROWS UNBOUNDED PRECEDING) - objects)::bigint AS before"
        " FROM (" + statement(name) + ") AS spans) AS added"
        " WHERE before + objects > %(nth)s LIMIT 1"
    )  # fmt: skip


async def _near(
    connection: Connection, base: LiteralString, span: _Span, query: ListQuery, parameters: dict[str, Any]
) -> tuple[int, _Span]:
    """The total, and a span whose offset is short: blocks hold the count of what lies between their edges."""
    cursor = await connection.execute(
        _blocks(base) + " SELECT since, until, objects, head, tail FROM ends",
        {**parameters, "list_from": span.since, "list_to": span.until},
    )
    row = await cursor.fetchone()
    if row is None or row["since"] is None:
        return (int(row["head"]) if row else 0), span
    total = row["head"] + row["objects"] + row["tail"]
    first = row["tail"] if query.newest_first else row["head"]
    nth = span.offset - first
    if nth < 0 or span.offset >= total:
        return total, span
    if nth >= row["objects"]:
        behind = (
            replace(span, until=row["since"]) if query.newest_first else replace(span, since=row["until"])
        )
        return total, replace(behind, offset=nth - row["objects"])
    # What was counted meanwhile stays outside. First the sum or the block, then the block of the sum.
    within = {**parameters, "list_from": row["since"], "list_to": row["until"]}
    before = 0
    for name in ("list_blocks_counted", "list_blocks_within"):
        cursor = await connection.execute(_holder(name, query), {**within, "nth": nth - before})
        found = await cursor.fetchone()
        if found is None:
            return total, span
        before += found["before"]
        within |= {"since": found["since"], "until": found["until"]}
    near = {"until": within["until"]} if query.newest_first else {"since": within["since"]}
    return total, replace(span, **near, offset=nth - before)
