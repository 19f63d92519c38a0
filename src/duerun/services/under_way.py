"""What a process has under way: payments and files share the database with each other, and with calls."""

from collections.abc import Iterator
from contextlib import contextmanager


class UnderWay:
    """Counts batches of payments and chunks of files that keep the database busy. One that is alone may take two
    connections at once; where there is another one, to double it would make nothing faster but calls of the API slower.
    """

    def __init__(self) -> None:
        self._count = 0

    @property
    def is_busy(self) -> bool:
        return self._count > 0

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Within this block a batch or a chunk is under way."""
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1
