"""What became of each row of a bulk file, as values: the report for programs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from duerun.domain.bulk_jobs import BulkJob
from duerun.domain.csv_records import parse_cells
from duerun.services.bulk_findings import Finding, finding
from duerun.services.bulk_reports import ALL, FAILED, SUCCESS
from duerun.services.unit import Runtime
from duerun.storage import bulk as store

PAGE_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row: its number in the file, its cells by column, and a schedule's id or an error.

    Of a dry run also what it found out beyond that.
    """

    row_no: int
    status: str
    schedule_id: str | None
    error_code: str | None
    error_message: str | None
    cells: dict[str, str]
    finding: Finding | None


async def results(runtime: Runtime, job: BulkJob, *, only: str = ALL) -> AsyncIterator[list[RowResult]]:
    """The rows of an ended job in the order of the file, some hundred at a time."""
    names = _names(job.columns)
    for after in range(0, job.total_rows, PAGE_ROWS):
        async with runtime.database.connection() as connection:
            rows = await store.report_rows(connection, job, after=after, through=after + PAGE_ROWS, only=only)
        yield [_result(job, names, row) for row in rows]


async def failed(runtime: Runtime, job: BulkJob, *, after: int, rows_max: int) -> list[RowResult]:
    """The first failed rows behind a row's number."""
    async with runtime.database.connection() as connection:
        rows = await store.failed_rows(connection, job, after=after, rows_max=rows_max)
    names = _names(job.columns)
    return [_result(job, names, row) for row in rows]


def _result(job: BulkJob, names: tuple[str, ...], row: dict[str, Any]) -> RowResult:
    is_made = row["status"] == SUCCESS and not job.dry_run
    is_failed = row["status"] == FAILED
    return RowResult(
        row_no=row["row_number"],
        status=row["status"],
        schedule_id=row["schedule_id"] if is_made else None,
        error_code=row["error_code"] if is_failed else None,
        error_message=row["error_message"] if is_failed else None,
        cells=dict(zip(names, parse_cells(row["echo"]), strict=True)),
        finding=finding(row) if job.dry_run else None,
    )


def _names(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns' names; one without a name goes by its place, such as `column 11`."""
    taken = set(columns)
    names = [name or f"column {place}" for place, name in enumerate(columns, 1)]
    return tuple(
        name if given or name not in taken else f"{name} without a name"
        for name, given in zip(names, columns, strict=True)
    )
