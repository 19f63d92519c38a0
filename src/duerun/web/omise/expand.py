"""`expand=true`: references of an answer become the objects they name, one level deep.

Source: the wire specification, 2.5. Each kind of object is looked up once for the whole answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from duerun.services.lookups import by_ids
from duerun.web.omise.call import Call
from duerun.web.omise.schedules import ScheduledCharge, ScheduledTransfer
from duerun.web.omise.search import WireSearch
from duerun.web.omise.shapes import shape
from duerun.web.omise.wire import WireList

REFERENCES = ("card", "charge", "customer", "recipient", "schedule", "transaction")


@dataclass(frozen=True, slots=True)
class _Reference:
    """A member of an object that names another one."""

    owner: msgspec.Struct
    member: str
    id: str


async def expand(call: Call, answer: Any) -> None:
    """Put objects in the place of the ids in this answer; an id without an object stays."""
    found = [each for item in _items(answer) for each in _references(item)]
    async with call.unit() as unit:
        for kind in REFERENCES:
            named = [each for each in found if each.member == kind]
            objects = await by_ids(unit, kind, sorted({each.id for each in named}))
            for each in named:
                if each.id in objects:
                    setattr(each.owner, kind, shape(objects[each.id], call))


def _items(answer: Any) -> Iterator[msgspec.Struct]:
    """The objects that an answer is about."""
    if isinstance(answer, WireList | WireSearch):
        yield from answer.data
    elif isinstance(answer, msgspec.Struct):
        yield answer


def _references(item: msgspec.Struct) -> Iterator[_Reference]:
    """The references of an object, and of what a schedule charges or transfers."""
    for member in REFERENCES:
        value = getattr(item, member, None)
        if isinstance(value, str) and value:
            yield _Reference(item, member, value)
    for terms in (getattr(item, "charge", None), getattr(item, "transfer", None)):
        if isinstance(terms, ScheduledCharge | ScheduledTransfer):
            yield from _references(terms)
