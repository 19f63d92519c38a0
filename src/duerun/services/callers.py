"""Who has called this process lately."""

from collections import OrderedDict

from duerun.storage.accounts import Caller

CALLERS_KNOWN_MAX = 10_000


class Callers:
    """By the hash of the key: what a request may take for granted until it is proved."""

    def __init__(self, count_max: int = CALLERS_KNOWN_MAX) -> None:
        self._count_max = count_max
        self._known: OrderedDict[bytes, Caller] = OrderedDict()

    def get(self, hashed: bytes) -> Caller | None:
        return self._known.get(hashed)

    def keep(self, hashed: bytes, caller: Caller) -> None:
        self._known[hashed] = caller
        self._known.move_to_end(hashed)
        if len(self._known) > self._count_max:
            self._known.popitem(last=False)

    def forget(self, hashed: bytes) -> None:
        self._known.pop(hashed, None)
