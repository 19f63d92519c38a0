"""Work on a batch in which one row may be broken: by halves, until that row stands alone."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from duerun.domain.errors import UnavailableError

# What is wrong with the world and not with a row: the whole batch waits.
NOT_OF_A_ROW = (UnavailableError, TimeoutError)

RowT = TypeVar("RowT")
DoneT = TypeVar("DoneT")


async def by_halves(
    rows: Sequence[RowT],
    work: Callable[[Sequence[RowT]], Awaitable[Sequence[DoneT]]],
    give_up: Callable[[RowT, Exception], Awaitable[None]],
) -> list[DoneT]:
    """Everything that `work` makes of the rows; it leaves nothing behind where it raises.

    A row that fails alone is handed to `give_up` with its error. Raises what is no row's fault.
    """
    if not rows:
        return []
    try:
        return list(await work(rows))
    except NOT_OF_A_ROW:
        raise
    except Exception as error:
        if len(rows) == 1:
            await give_up(rows[0], error)
            return []
    half = len(rows) // 2
    first = await by_halves(rows[:half], work, give_up)
    return first + await by_halves(rows[half:], work, give_up)
