"""Counts of this process on their way to the counters of the database."""

from collections import Counter
from collections.abc import Mapping

GATEWAY_CONFLICTS = "gateway_conflicts"
LEASE_RESCUES = "lease_rescues"
LOOP_FAILURES = "loop_failures"
MISSED_DATES = "missed_dates"
OCCURRENCES = "occurrences"
FAILED_RUNS = "failed_runs"

Counts = Mapping[tuple[str, str], int]


def mode(*, livemode: bool) -> str:
    """How a count tells the modes apart."""
    return "live" if livemode else "test"


class Tally:
    """Adds up counts by name and label until they are taken."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, counts: Counts) -> None:
        self._counts.update(counts)

    def take(self) -> dict[tuple[str, str], int]:
        """What came together since the last time."""
        taken, self._counts = self._counts, Counter()
        return {place: count for place, count in taken.items() if count}
