"""The reports of a bulk job, row by row, some thousand rows at a time (source: the wire specification, 13.3)."""

from collections.abc import AsyncIterator
from typing import Any

from duerun.domain.bulk_jobs import BulkJob
from duerun.domain.csv_guard import guard
from duerun.domain.csv_records import DRY_RUN_COLUMNS, FIX_COLUMN, REPORT_COLUMNS
from duerun.services.bulk_findings import finding, mistakes
from duerun.services.unit import Runtime
from duerun.storage import bulk as store

ALL, FAILED, SUCCESS, NOT_PROCESSED = "", "failed", "success", "not_processed"
SETS = (ALL, FAILED, SUCCESS, NOT_PROCESSED)


async def report(
    runtime: Runtime, job: BulkJob, *, only: str = ALL, spreadsheet_safe: bool = False
) -> AsyncIterator[bytes]:
    """The report of an ended job; of a dry run with all that it found out about each row."""
    columns = REPORT_COLUMNS + (DRY_RUN_COLUMNS if job.dry_run else ())
    yield _header(job, columns, safe=spreadsheet_safe)
    for after in range(0, job.total_rows, runtime.bulk.chunk_rows):
        through = after + runtime.bulk.chunk_rows
        if spreadsheet_safe or job.dry_run:
            rows = await _rows(runtime, job, after=after, through=through, only=only)
            yield "".join(_line(job, row, safe=spreadsheet_safe) for row in rows).encode()
        else:
            async with runtime.database.connection() as connection:
                lines = await store.report_lines(connection, job, after=after, through=through, only=only)
            yield lines.encode()


async def failed_rows(
    runtime: Runtime, job: BulkJob, *, spreadsheet_safe: bool = False
) -> AsyncIterator[bytes]:
    """The failed rows alone, as they came, with what to fix in a last column that the next upload drops."""
    yield _header(job, (FIX_COLUMN,), safe=spreadsheet_safe)
    for after in range(0, job.total_rows, runtime.bulk.chunk_rows):
        rows = await _rows(runtime, job, after=after, through=after + runtime.bulk.chunk_rows, only=FAILED)
        yield "".join(
            f"{_echo(job, row, safe=spreadsheet_safe)},{_cell('; '.join(map(str, mistakes(row))))}{job.line_end}"
            for row in rows
        ).encode()


async def _rows(
    runtime: Runtime, job: BulkJob, *, after: int, through: int, only: str
) -> list[dict[str, Any]]:
    async with runtime.database.connection() as connection:
        return await store.report_rows(connection, job, after=after, through=through, only=only)


def _header(job: BulkJob, columns: tuple[str, ...], *, safe: bool) -> bytes:
    header = guard(job.header, ("",) * len(job.columns)) if safe else job.header
    return f"{header},{','.join(columns)}{job.line_end}".encode()


def _line(job: BulkJob, row: dict[str, Any], *, safe: bool) -> str:
    cells = [row["status"], "", "", ""]
    if row["status"] == FAILED:
        cells[2:] = [row["error_code"], _cell(row["error_message"])]
    elif row["status"] == SUCCESS and not job.dry_run:
        cells[1] = row["schedule_id"]
    if job.dry_run:
        cells += _found_out(row)
    return f"{_echo(job, row, safe=safe)},{','.join(cells)}{job.line_end}"


def _found_out(row: dict[str, Any]) -> list[str]:
    """What a dry run tells of a row: its other mistakes, or what its schedule would be."""
    found = finding(row)
    told = (found.first_on, found.second_on, found.last_on, found.occurrences)
    others = "; ".join(map(str, found.other_errors))
    return [_cell(others), _cell(found.in_words), *("" if each is None else str(each) for each in told)]


def _echo(job: BulkJob, row: dict[str, Any], *, safe: bool) -> str:
    echo: str = row["echo"]
    return guard(echo, job.columns) if safe else echo


def _cell(text: str | None) -> str:
    quoted = (text or "").replace('"', '""')
    return f'"{quoted}"' if "," in quoted or '"' in quoted or ";" in quoted else quoted
