"""What a process has under way, by kind: payments and files share the database with each other and with calls."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

PAYMENTS = "payments"
FILES = "files"


class UnderWay:
    """Counts the work of each kind. Some of it can be done on two connections at once, which is for the time in which
    nothing of another kind is under way: both kinds at once keep a small database busy by themselves, and what is
    doubled then makes nothing faster but calls of the API slower.
    """

    def __init__(self) -> None:
        self._kinds: Counter[str] = Counter()

    @contextmanager
    def of(self, kind: str) -> Iterator[bool]:
        """Within this block some work of a kind is under way; yields whether it began with no other kind beside it."""
        self._kinds[kind] += 1
        try:
            yield all(count == 0 for other, count in self._kinds.items() if other != kind)
        finally:
            self._kinds[kind] -= 1
