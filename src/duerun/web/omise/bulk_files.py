"""An empty bulk file to begin with."""

from starlette.responses import Response

from duerun.domain.csv_format import format_record
from duerun.domain.csv_records import BULK_COLUMNS
from duerun.web.multipart import CSV_TYPE
from duerun.web.omise.call import Call, Endpoint

MEDIA_TYPE = f"{CSV_TYPE}; charset=utf-8"


async def template(call: Call) -> Response:
    return Response(
        f"{format_record(BULK_COLUMNS)}\n", media_type=MEDIA_TYPE, headers=_saved_as("template.csv")
    )


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


ENDPOINTS = (Endpoint("GET", "/schedules/template.csv", template),)
