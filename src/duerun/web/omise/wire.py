"""What all answers share: versions, moments, currencies, lists (source: the wire specification, 2.4 to 4.2)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from duerun.domain.lists import ListQuery

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Version(StrEnum):
    """The shapes that are served; older ones get the shape of 2017."""

    V2017 = "2017-11-02"
    V2019 = "2019-05-29"


SERVED_AS = {
    "2014-07-27": Version.V2017,
    "2015-11-17": Version.V2017,
    "2017-11-02": Version.V2017,
    "2019-05-29": Version.V2019,
}


class WireList(msgspec.Struct, tag_field="object", tag="list"):
    """One page of objects. `order` is null on the embedded lists of 2017."""

    data: Sequence[Any]
    limit: int
    offset: int
    total: int
    location: str
    order: str | None
    from_: datetime = msgspec.field(name="from")
    to: datetime


class Destroyed(msgspec.Struct):
    """What 2017 says of an object that is gone."""

    object: str
    id: str
    livemode: bool
    deleted: bool = True


def moment(value: datetime | None) -> Any:
    """A datetime without its fraction: it is written as `YYYY-MM-DDThh:mm:ssZ`."""
    return None if value is None else value.replace(microsecond=0)


def currency(code: str, version: Version) -> str:
    """Lower case in 2017, upper case since."""
    return code.lower() if version is Version.V2017 else code


def listed(data: Sequence[Any], query: ListQuery, *, total: int, location: str, now: datetime) -> WireList:
    """The answer to a list call."""
    return WireList(
        data=data,
        limit=query.limit,
        offset=query.offset,
        total=total,
        location=location,
        order="reverse_chronological" if query.newest_first else "chronological",
        from_=moment(query.from_ or BEGINNING),
        to=moment(query.to or now),
    )


def embedded(data: Sequence[Any], *, total: int, location: str, now: datetime, version: Version) -> WireList:
    """A list inside an object: its first 20."""
    return WireList(
        data=data,
        limit=20,
        offset=0,
        total=total,
        location=location,
        order=None if version is Version.V2017 else "chronological",
        from_=BEGINNING,
        to=moment(now),
    )
