"""The report of a bulk file with one JSON object a row (source of its words: the wire specification, 13.3)."""

from collections.abc import AsyncIterator

import msgspec

from duerun.domain.bulk_jobs import BulkJob
from duerun.services.bulk_results import RowResult, results
from duerun.services.unit import Runtime

MEDIA_TYPE = "application/x-ndjson"

_encoder = msgspec.json.Encoder()


class WireRow(msgspec.Struct, kw_only=True):
    row: int
    status: str
    schedule_id: str | None
    error_code: str | None
    error_message: str | None
    cells: dict[str, str]


def render(result: RowResult) -> WireRow:
    return WireRow(
        row=result.row_no,
        status=result.status,
        schedule_id=result.schedule_id,
        error_code=result.error_code,
        error_message=result.error_message,
        cells=result.cells,
    )


async def lines(runtime: Runtime, job: BulkJob, *, only: str) -> AsyncIterator[bytes]:
    """The report of an ended job, some hundred lines at a time."""
    async for some in results(runtime, job, only=only):
        yield _encoder.encode_lines(map(render, some))
