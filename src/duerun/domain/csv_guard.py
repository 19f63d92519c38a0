"""Cells that a spreadsheet would run as formulas, defused (source: the wire specification, 13.3)."""

import re

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Columns that hold ids, numbers, dates and fixed words: a sign there is data, not a formula.
PLAIN_COLUMNS = frozenset(
    (
        "customer",
        "card",
        "amount",
        "every",
        "period",
        "days_of_month",
        "start_date",
        "end_date",
        "weekdays",
        "weekday_of_month",
        "currency",
        "recipient",
        "percentage_of_balance",
        "transfer",
    )
)
_CELL = re.compile(r',("[^"]*+(?:""[^"]*+)*+"|[^",]*+)')


def guard(raw: str, columns: tuple[str, ...]) -> str:
    """A record's text with `'` before each text cell that begins like a formula; other cells as they are.

    >>> guard("=1+1,-5,note", ("customer_key", "amount", "description"))
    "'=1+1,-5,note"
    """
    cells = [match.group(1) for match in _CELL.finditer("," + raw)]
    return ",".join(
        cell if name in PLAIN_COLUMNS else _defused(cell) for name, cell in zip(columns, cells, strict=True)
    )


def _defused(cell: str) -> str:
    if cell.startswith('"'):
        return f"\"'{cell[1:]}" if cell[1:].startswith(DANGEROUS) else cell
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
