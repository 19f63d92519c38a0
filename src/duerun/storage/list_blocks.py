"""Counting lists in blocks: spans of time whose number of objects is kept, so that nobody counts millions.

A block is opened over rows that are there, and counted once every transaction has ended that may not have seen it.
What is inserted into its span or taken out of it from its opening on changes its count in the same transaction, by
triggers.
Many blocks behind one another make a sum. A sum takes over their counts; what changes in a block afterwards is the
difference between its count and what was taken over, until the sum takes that over as well.
This holds at READ COMMITTED, for any number of processes. Rows are looked for by statements that are planned each time,
for the span and the list that they ask for: a plan for any of them reads a whole table where few rows are asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from duerun.storage.database import Connection, execute, fetch_all, fetch_one
from duerun.storage.lists import ALWAYS, statement

BLOCK_OBJECTS = 2_048
# What is this new has company that is still on its way: it is counted when it is asked for. A batch of payments is
# there soon; chunks of a file take longer, and are not taken in halves where lists were counted.
FRESH_SECONDS = 5.0
FRESH_SECONDS_OF_PAYMENTS = 4.0
BLOCKS_OPENED_MAX = 100
BLOCKS_COUNTED_MAX = 100
# A list of ten million objects is added up from about as many sums as one sum has blocks.
SUM_BLOCKS = 64
BLOCKS_SETTLED_MAX = 1_000
TURN_LOCK = 7_220_617_003


@dataclass(frozen=True, slots=True)
class CountedList:
    """A list of an account that grows without end: the statement of its rows, and what that is given.

    `is_of_payments` where most of it comes with due payments, in batches.
    """

    name: str
    query: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    is_of_payments: bool = False

    @property
    def fresh_seconds(self) -> float:
        return FRESH_SECONDS_OF_PAYMENTS if self.is_of_payments else FRESH_SECONDS


COUNTED = (
    CountedList("charges", "charges_list", is_of_payments=True),
    CountedList("customers", "customers_list"),
    CountedList("events", "events_list"),
    CountedList("recipients", "recipients_list"),
    CountedList("refunds", "refunds_list", {"charge_id": None}),
    CountedList("schedules", "schedules_list"),
    CountedList("charge_schedules", "charge_schedules_list"),
    CountedList("transfer_schedules", "transfer_schedules_list"),
    CountedList("transactions", "transactions_list", is_of_payments=True),
    CountedList("transfers", "transfers_list"),
)


@dataclass(frozen=True, slots=True)
class Newest:
    """When an account's newest object in one mode was made; None while it has none."""

    account_id: int
    livemode: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class BlockState:
    """Where the blocks of a list end, and what is to be done with them."""

    until: datetime | None = None
    is_waiting: bool = False
    has_moved: bool = False
    is_summable: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """How much was done, and whether there may be more to do of the same, now or later."""

    done: int = 0
    is_more_left: bool = False


async def newest(connection: Connection, *, after_id: int, accounts_max: int) -> list[Newest]:
    """The newest object of the next accounts, in both modes."""
    rows = await fetch_all(connection, "list_blocks_newest", after_id=after_id, accounts_max=accounts_max)
    return [Newest(row["account_id"], row["livemode"], row["newest"]) for row in rows]


async def take_turn(connection: Connection) -> bool:
    """Whether nobody else opens blocks, or makes or changes sums, until the end of this transaction."""
    row = await fetch_one(connection, "list_blocks_turn", lock=TURN_LOCK)
    return bool(row and row["is_ours"])


async def state(connection: Connection, counted: CountedList, place: Newest) -> BlockState:
    """How far the blocks of a list are."""
    row = await fetch_one(connection, "list_blocks_state", blocks=SUM_BLOCKS, **_scope(counted, place))
    return BlockState(**row) if row else BlockState()


async def open_blocks(
    connection: Connection, counted: CountedList, place: Newest, last: datetime | None
) -> int:
    """Open blocks behind the last one over what is not fresh any more; how many. The caller has its turn."""
    scope = _scope(counted, place)
    since = last or ALWAYS
    if place.at is None or since >= place.at:
        return 0
    base = statement(counted.query)
    cursor = await connection.execute(
        "SELECT DISTINCT created_at FROM (SELECT created_at, row_number() OVER (ORDER BY created_at) AS nth FROM ("
        "SELECT created_at FROM ("
        + base
        + ") AS listed WHERE created_at >= %(since)s AND created_at < %(until)s"
        " ORDER BY created_at LIMIT %(objects_max)s) AS next) AS numbered"
        " WHERE nth %% %(objects)s = 1 AND created_at > %(since)s ORDER BY created_at",
        {
            **counted.parameters,
            **scope,
            "since": since,
            "until": place.at - timedelta(seconds=counted.fresh_seconds),
            "objects": BLOCK_OBJECTS,
            "objects_max": BLOCK_OBJECTS * BLOCKS_OPENED_MAX + 1,
        },
        prepare=False,
    )
    edges = [since, *(row["created_at"] for row in await cursor.fetchall())]
    return await execute(connection, "list_blocks_open", edges=edges, **scope) if len(edges) > 1 else 0


async def mark_seen(connection: Connection, counted: CountedList, place: Newest) -> int:
    """Note that whoever begins to write now sees the blocks that were committed before; how many there are."""
    return await execute(connection, "list_blocks_seen", **_scope(counted, place))


async def count_blocks(connection: Connection, counted: CountedList, place: Newest) -> int:
    """Count the open blocks that every writer sees; how many. Late writers wait for the end."""
    scope = _scope(counted, place)
    ready = await fetch_all(connection, "list_blocks_lock", blocks_max=BLOCKS_COUNTED_MAX, **scope)
    if not ready:
        return 0
    base = statement(counted.query)
    cursor = await connection.execute(
        "UPDATE list_blocks SET is_counted = true, objects = (SELECT count(*) FROM (" + base + ") AS listed"
        " WHERE created_at >= list_blocks.since AND created_at < list_blocks.until)"
        " WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s"
        " AND until = ANY (%(untils)s)",
        {**counted.parameters, **scope, "untils": [row["until"] for row in ready]},
        prepare=False,
    )
    return cursor.rowcount


async def sum_blocks(connection: Connection, counted: CountedList, place: Newest) -> Step:
    """Make the next sum of counted blocks, where there are enough. The caller has its turn."""
    scope = _scope(counted, place)
    blocks = await fetch_all(connection, "list_blocks_unsummed", blocks=SUM_BLOCKS, **scope)
    if len(blocks) < SUM_BLOCKS:
        return Step()
    untils = [row["until"] for row in blocks]
    free = await fetch_all(connection, "list_blocks_free", untils=untils, **scope)
    if len(free) < SUM_BLOCKS:
        return Step(is_more_left=True)
    return Step(await execute(connection, "list_blocks_sum", untils=untils, **scope), is_more_left=True)


async def settle_sums(connection: Connection, counted: CountedList, place: Newest) -> Step:
    """Take over into the sums what moved in their blocks. The caller has its turn."""
    scope = _scope(counted, place)
    moved = await fetch_all(connection, "list_blocks_moved", blocks_max=BLOCKS_SETTLED_MAX, **scope)
    untils = [row["until"] for row in moved]
    free = await fetch_all(connection, "list_blocks_free", untils=untils, **scope)
    if free:
        await execute(connection, "list_blocks_settle", untils=[row["until"] for row in free], **scope)
    return Step(len(free), is_more_left=len(free) < len(moved) or len(moved) == BLOCKS_SETTLED_MAX)


def _scope(counted: CountedList, place: Newest) -> dict[str, Any]:
    return {"list": counted.name, "account_id": place.account_id, "livemode": place.livemode}
