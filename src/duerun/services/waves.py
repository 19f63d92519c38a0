"""Batches for a gateway that makes one call for each payment: claimed step by step, settled wave by wave.

Who dies with a batch under way leaves all that is not settled without an outcome, until its lease has run out. So a
process that has settled nothing yet claims no more than is under way at once, and what is answered waits for no other.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakKeyDictionary

from duerun.gateways.base import Gateway

GROWTH = 2

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Pace:
    """How many payments a process claims at once for each gateway: more after each batch that is settled."""

    _rows: MutableMapping[Gateway, int] = field(default_factory=WeakKeyDictionary)

    def rows(self, gateway: Gateway, rows_max: int) -> int:
        first = gateway.declared.wave_rows
        return rows_max if first is None else min(self._rows.get(gateway, first), rows_max)

    def went_well(self, gateway: Gateway, rows_max: int) -> None:
        """A batch was settled."""
        if gateway.declared.wave_rows is not None:
            self._rows[gateway] = min(self.rows(gateway, rows_max) * GROWTH, rows_max)


async def by_waves(
    items: Sequence[Item], rows: int | None, work: Callable[[Sequence[Item]], Awaitable[Result]]
) -> list[Result]:
    """Do `work` for `rows` items at a time, side by side, each part as soon as it can be done. A part that fails stops
    no other, and is raised at the end.
    """
    size = rows or max(len(items), 1)
    parts = [items[place : place + size] for place in range(0, len(items), size)]
    if len(parts) == 1:
        return [await work(parts[0])]
    outcomes = await asyncio.gather(*(work(part) for part in parts), return_exceptions=True)
    results: list[Result] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        results.append(outcome)
    return results
