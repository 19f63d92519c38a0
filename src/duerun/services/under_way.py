"""What a process has under way: payments and files share the database with each other, and with calls."""

from collections.abc import Iterator
from contextlib import contextmanager


class UnderWay:
    """Counts batches of payments and chunks of files. One that is alone may take two connections at once; two of them
    keep a small database busy by themselves, and to double them would make nothing faster but calls of the API slower.
    """

    def __init__(self) -> None:
        self._count = 0

    @contextmanager
    def begun(self) -> Iterator[bool]:
        """Within this block a batch or a chunk is under way; yields whether it began alone."""
        self._count += 1
        try:
            yield self._count == 1
        finally:
            self._count -= 1
