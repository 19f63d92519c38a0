"""The report of a bulk file with one JSON object a row (source of its words: the wire specification, 13.3)."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import msgspec

from duerun.domain.bulk_jobs import BulkJob
from duerun.services.bulk_results import RowResult, results
from duerun.services.unit import Runtime

MEDIA_TYPE = "application/x-ndjson"

_encoder = msgspec.json.Encoder()


class WireMistake(msgspec.Struct, kw_only=True):
    error_code: str
    error_message: str | None


class WireRow(msgspec.Struct, kw_only=True):
    row: int
    status: str
    schedule_id: str | None
    error_code: str | None
    error_message: str | None
    cells: dict[str, str]


class WireDryRow(WireRow, kw_only=True):
    """A row of a dry run; its further members are the further columns of the CSV report."""

    other_errors: list[WireMistake]
    in_words: str | None
    first_date: date | None
    second_date: date | None
    last_date: date | None
    occurrence_count: int | None


def render(result: RowResult) -> WireRow:
    common: dict[str, Any] = {
        "row": result.row_no,
        "status": result.status,
        "schedule_id": result.schedule_id,
        "error_code": result.error_code,
        "error_message": result.error_message,
        "cells": result.cells,
    }
    found = result.finding
    if found is None:
        return WireRow(**common)
    return WireDryRow(
        **common,
        other_errors=[
            WireMistake(error_code=each.code, error_message=each.message) for each in found.other_errors
        ],
        in_words=found.in_words,
        first_date=found.first_on,
        second_date=found.second_on,
        last_date=found.last_on,
        occurrence_count=found.occurrences,
    )


async def lines(runtime: Runtime, job: BulkJob, *, only: str) -> AsyncIterator[bytes]:
    """The report of an ended job, some hundred lines at a time."""
    async for some in results(runtime, job, only=only):
        yield _encoder.encode_lines(map(render, some))
