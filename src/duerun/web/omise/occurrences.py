"""Occurrences (source: the wire specification, 12.1)."""

from datetime import date, datetime

import msgspec

from duerun.domain.occurrences import Occurrence
from duerun.services import schedules
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import WireList, moment


class WireOccurrence(msgspec.Struct, kw_only=True):
    """A processed occurrence; `retry_on` is the day of this retry, null on a first try."""

    object: str = "occurrence"
    id: str
    livemode: bool
    location: str
    schedule: str
    scheduled_on: date
    retry_on: date | None
    processed_at: datetime
    status: str
    message: str | None
    result: str | None
    execute_time: None = None
    split_metadata: None = None
    transfer_amount: int
    created_at: datetime
    schedule_date: date
    retry_date: date | None
    created: datetime


def render(occurrence: Occurrence) -> WireOccurrence:
    """An occurrence with old and new names of its dates."""
    created_at = moment(occurrence.created_at)
    moved = occurrence.kind == "transfer" and occurrence.state == "successful"
    return WireOccurrence(
        id=occurrence.id,
        livemode=occurrence.livemode,
        location=f"/occurrences/{occurrence.id}",
        schedule=occurrence.schedule_id,
        scheduled_on=occurrence.scheduled_on,
        retry_on=occurrence.retry_on,
        processed_at=moment(occurrence.processed_at),
        status=str(occurrence.state),
        message=occurrence.message,
        result=occurrence.result_id,
        transfer_amount=(occurrence.amount_minor or 0) if moved else 0,
        created_at=created_at,
        schedule_date=occurrence.scheduled_on,
        retry_date=occurrence.retry_on,
        created=created_at,
    )


async def retrieve(call: Call) -> WireOccurrence:
    async with call.reading() as unit:
        return render(await schedules.get_occurrence(unit, call.path["id"]))


async def index(call: Call) -> WireList:
    query = call.list_query()
    async with call.reading() as unit:
        page = await schedules.list_occurrences(unit, call.path["id"], query)
    location = f"/schedules/{call.path['id']}/occurrences"
    return call.listed(
        [render(occurrence) for occurrence in page.rows], query, total=page.total, location=location
    )


ENDPOINTS = (
    Endpoint("GET", "/occurrences/{id}", retrieve),
    Endpoint("GET", "/schedules/{id}/occurrences", index),
)
