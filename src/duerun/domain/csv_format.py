"""Cells become a record of a CSV file: the inverse of `csv_records` (source: RFC 4180)."""

from collections.abc import Iterable

_QUOTED_SIGNS = frozenset('",\r\n')


def format_record(cells: Iterable[str]) -> str:
    r"""The text of a record without its line end; only a cell that needs quotes gets them.

    >>> format_record(["a", "b,c", '5" pipe', "two\nlines", ""])
    'a,"b,c","5"" pipe","two\nlines",'
    """
    return ",".join([_cell(cell) for cell in cells])


def _cell(cell: str) -> str:
    if _QUOTED_SIGNS.isdisjoint(cell):
        return cell
    quoted = cell.replace('"', '""')
    return f'"{quoted}"'
