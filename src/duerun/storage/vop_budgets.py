"""What was asked and shown, as keyed hashes and counts: the ground of the budgets and of the audit."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from duerun.storage.database import Connection, execute, fetch_all, fetch_one

PRUNED_ROWS_MAX = 50_000
EXHAUSTED_ROWS_MAX = 1_000_000


async def hash_key(connection: Connection) -> bytes:
    """The secret that hashes in this database are keyed with."""
    row = await fetch_one(connection, "vop_hash_key")
    assert row is not None
    return bytes(row["readable_key"])


async def lock(connection: Connection, asker: bytes) -> None:
    """Let one transaction at a time spend the budget of an asker."""
    await execute(connection, "vop_asker_lock", place=int.from_bytes(asker[:8], "big", signed=True))


async def asked(
    connection: Connection, asker: bytes, asked_on: date, iban_hashes: Sequence[bytes]
) -> dict[bytes, set[bytes]]:
    """The names, as hashes, that an asker has tried on some accounts on a day."""
    rows = await fetch_all(
        connection, "vop_asked_fetch", asker=asker, asked_on=asked_on, iban_hashes=list(iban_hashes)
    )
    return {row["iban_hash"]: set(row["name_hashes"]) for row in rows}


async def exhausted(connection: Connection, asker: bytes, asked_on: date) -> set[bytes]:
    """The accounts on which an asker has tried all the names of a day."""
    rows = await fetch_all(
        connection, "vop_exhausted_fetch", asker=asker, asked_on=asked_on, rows_max=EXHAUSTED_ROWS_MAX
    )
    return {row["iban_hash"] for row in rows}


async def note_exhausted(
    connection: Connection, asker: bytes, asked_on: date, iban_hashes: Sequence[bytes]
) -> None:
    """Keep accounts on which no further name is answered."""
    await execute(
        connection, "vop_exhausted_insert", asker=asker, asked_on=asked_on, iban_hashes=sorted(iban_hashes)
    )


async def note_asked(
    connection: Connection, asker: bytes, asked_on: date, pairs: Iterable[tuple[bytes, bytes]]
) -> None:
    """Keep names that were tried, as pairs of hashes of account and name."""
    both = sorted(set(pairs))
    await execute(
        connection,
        "vop_asked_insert",
        asker=asker,
        asked_on=asked_on,
        iban_hashes=[iban for iban, _ in both],
        name_hashes=[name for _, name in both],
    )


async def shown_since(connection: Connection, asker: bytes, since: datetime) -> int:
    """How many names an asker was shown."""
    row = await fetch_one(connection, "vop_disclosed_recently", asker=asker, since=since)
    return int(row["count"]) if row else 0


async def note_shown(
    connection: Connection,
    asker: bytes,
    client_number: int,
    end_user: str | None,
    shown: Sequence[tuple[bytes, str]],
    now: datetime,
) -> None:
    """Count names that are shown, and write a line of the audit for each: hash of the account, rule."""
    minute = now.replace(second=0, microsecond=0)
    await execute(connection, "vop_disclosed_count", asker=asker, minute=minute, count=len(shown))
    await execute(
        connection,
        "vop_disclosures_insert",
        client_number=client_number,
        end_user=end_user,
        iban_hashes=[iban for iban, _ in shown],
        reasons=[reason for _, reason in shown],
        now=now,
    )


async def prune(connection: Connection, before: datetime) -> int:
    """Drop counts from before a moment; the audit stays."""
    await execute(connection, "vop_disclosed_prune", before=before)
    await execute(connection, "vop_exhausted_prune", before=before.date())
    return await execute(connection, "vop_asked_prune", before=before.date(), rows_max=PRUNED_ROWS_MAX)
