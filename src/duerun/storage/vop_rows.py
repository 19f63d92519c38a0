"""The rows of files of checks that people have sent, sealed, beside the parts of their tasks."""

from dataclasses import dataclass

from duerun.domain.payees.tasks import VopTask
from duerun.storage.database import Connection, execute, fetch_all, fetch_one
from duerun.storage.vop_tasks import task_of


@dataclass(frozen=True, slots=True)
class KeptRows:
    """How many rows a file has, how many of them could not be asked about, and in how many parts they are kept."""

    rows: int
    faults: int
    parts: int


async def insert(
    connection: Connection,
    task_number: int,
    part_number: int,
    *,
    row_count: int,
    fault_count: int,
    rows: bytes,
) -> None:
    """Keep the sealed rows that belong to a part of a task."""
    await execute(
        connection,
        "vop_rows_insert",
        task_number=task_number,
        part_number=part_number,
        row_count=row_count,
        fault_count=fault_count,
        rows=rows,
    )


async def fetch(connection: Connection, task_number: int, part_number: int) -> bytes | None:
    """The sealed rows of a part."""
    row = await fetch_one(connection, "vop_rows_fetch", task_number=task_number, part_number=part_number)
    return row["rows"] if row else None


async def count(connection: Connection, task_number: int) -> KeptRows:
    row = await fetch_one(connection, "vop_rows_count", task_number=task_number)
    assert row is not None
    return KeptRows(int(row["row_count"]), int(row["fault_count"]), int(row["parts"]))


async def newest(connection: Connection, client_number: int, *, before: int, rows_max: int) -> list[VopTask]:
    """Tasks of a client with a number below one, the newest first."""
    rows = await fetch_all(
        connection, "vop_tasks_of_client", client_number=client_number, before=before, rows_max=rows_max
    )
    return [task_of(row) for row in rows]
