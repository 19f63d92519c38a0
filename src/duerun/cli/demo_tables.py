"""What the demonstration shows at its end: the report's summary, and the year month by month."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from duerun.cli.terminal import out
from duerun.services.statistics import MonthOfSchedules

FAILED_ROWS_SHOWN = 12
BAR_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """How many rows succeeded, how many failed by code, and the first that failed."""

    successful: int
    failed: Counter[str]
    first_failed: Sequence[dict[str, str]]


def summarise(path: Path) -> ReportSummary:
    """Read a report."""
    successful, failed, first = 0, Counter[str](), list[dict[str, str]]()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["status"] == "success":
                successful += 1
                continue
            failed[row["error_code"]] += 1
            if len(first) < FAILED_ROWS_SHOWN:
                first.append(row)
    return ReportSummary(successful, failed, first)


def show_report(summary: ReportSummary) -> None:
    """The counts by error code, then the first failed rows."""
    counts = _table("The report", "result", ("rows", "right"))
    counts.add_row("success", f"{summary.successful:,}")
    for code, count in sorted(summary.failed.items()):
        counts.add_row(code, f"{count:,}")
    out.print(counts)
    rows = _table("The first failed rows", "customer_key", "error_code", "error_message")
    for row in summary.first_failed:
        rows.add_row(row["customer_key"], row["error_code"], row["error_message"])
    out.print(rows)


def show_year(months: Sequence[MonthOfSchedules], currency: str) -> None:
    """A row a month, the totals, and a bar chart of what was charged."""
    headers = ("charged", f"sum in {currency}", "retried", "suspended", "transfers", f"sum in {currency}")
    table = _table("The year", "month", *((header, "right") for header in headers))
    for month in months:
        table.add_row(f"{month.month:%Y-%m}", *_cells(month))
    table.add_section()
    if months:
        table.add_row("total", *_cells(total(months)))
    out.print(table)
    out.print(chart(months, currency))


def total(months: Sequence[MonthOfSchedules]) -> MonthOfSchedules:
    """All months added up, under the first one's date."""
    return MonthOfSchedules(
        month=months[0].month,
        charged=sum(each.charged for each in months),
        charged_minor=sum(each.charged_minor for each in months),
        retried=sum(each.retried for each in months),
        suspended=sum(each.suspended for each in months),
        transferred=sum(each.transferred for each in months),
        transferred_minor=sum(each.transferred_minor for each in months),
    )


def chart(months: Sequence[MonthOfSchedules], currency: str) -> Table:
    """Bars as long as the sums that were charged."""
    longest = max((each.charged_minor for each in months), default=0) or 1
    bars = Table(title=f"{currency} charged by month", title_justify="left", box=None, show_header=False)
    for month in months:
        filled = round(BAR_CHARACTERS * month.charged_minor / longest)
        bars.add_row(f"{month.month:%Y-%m}", "█" * filled, money(month.charged_minor))
    return bars


def money(minor: int) -> str:
    """An amount of a currency with two decimals, in whole units.

    >>> money(123456789)
    '1,234,568'
    """
    return f"{round(Decimal(minor) / 100):,}"


def _cells(month: MonthOfSchedules) -> Sequence[str]:
    charged = (f"{month.charged:,}", money(month.charged_minor))
    transferred = (f"{month.transferred:,}", money(month.transferred_minor))
    return (*charged, f"{month.retried:,}", f"{month.suspended:,}", *transferred)


def _table(title: str, *columns: str | tuple[str, str]) -> Table:
    table = Table(
        title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for column in columns:
        if isinstance(column, str):
            table.add_column(column)
        else:
            table.add_column(column[0], justify="right")
    return table
