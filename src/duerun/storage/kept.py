"""What was read of objects before, by id and version: an object that has not changed is not read again."""

from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")
Key = tuple[object, str, int]
"""The timeline of the database, an id, and the version of the object there; 0 for whatever was read last."""

KEPT_MAX = 5_000


class Kept(Generic[Value]):
    """The values that were used last, `count_max` of them."""

    def __init__(self, count_max: int = KEPT_MAX) -> None:
        self._count_max = count_max
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Key, value: Value) -> None:
        self._values[key] = value
        if len(self._values) > self._count_max:
            self._values.popitem(last=False)
