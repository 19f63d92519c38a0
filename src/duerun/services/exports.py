"""All live schedules as a bulk file that can be uploaded again."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime

from duerun.domain import bulk_export
from duerun.domain.accounts import Account
from duerun.domain.bulk_export import METADATA_KEYS_MAX
from duerun.domain.csv_format import format_record
from duerun.domain.csv_guard import guard
from duerun.domain.csv_records import RECORD_CHARACTERS_MAX
from duerun.domain.errors import RejectedError
from duerun.domain.schedules import Schedule
from duerun.services.unit import Runtime
from duerun.storage import exports
from duerun.storage.exports import Place

PAGE_ROWS = 1_000


async def metadata_keys(runtime: Runtime, account: Account) -> list[str]:
    """The keys in use; RejectedError when they are more than a file can have columns for."""
    async with runtime.database.connection() as connection:
        keys = await exports.metadata_keys(connection, account, keys_max=METADATA_KEYS_MAX + 1)
    if len(keys) > METADATA_KEYS_MAX or sum(map(len, keys)) > RECORD_CHARACTERS_MAX // 2:
        raise RejectedError(f"schedules have more than {METADATA_KEYS_MAX} metadata keys, or too long ones")
    return keys


async def lines(
    runtime: Runtime, account: Account, now: datetime, keys: Sequence[str], *, spreadsheet_safe: bool = False
) -> AsyncIterator[bytes]:
    """The file, a page at a time: each page is one statement, and no connection is held between them."""
    columns, today = bulk_export.columns(keys), account.today(now)
    yield f"{format_record(columns)}\n".encode()
    after: Place | None = Place()
    while after is not None:
        async with runtime.database.connection() as connection:
            page = await exports.page(connection, account, after, today=today, rows_max=PAGE_ROWS)
        yield _text(page, keys, today, columns if spreadsheet_safe else None).encode()
        after = Place(page[-1].created_at, page[-1].id) if len(page) == PAGE_ROWS else None


def _text(page: Sequence[Schedule], keys: Sequence[str], today: date, guarded: tuple[str, ...] | None) -> str:
    rows = [cells for each in page if (cells := bulk_export.cells(each, keys, today)) is not None]
    records = [format_record(cells) for cells in rows]
    if guarded is not None:
        records = [guard(record, guarded) for record in records]
    return "".join(f"{record}\n" for record in records)
