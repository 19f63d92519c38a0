"""Account files for the tests, and how they become the directory."""

import io
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from duerun.assembly import build_runtime
from duerun.services import directory
from duerun.services.directory import Loaded, Order
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage.vop_directory import NewAccount
from duerun.web.vop import account_file

OWN_BANK, OTHER_BANK = "OWNB", "OTHR"


def iban(number: int, bank: str = OWN_BANK) -> str:
    """A Dutch IBAN of a bank that there is not."""
    bban = f"{bank}{number:010d}"
    rest = int("".join(str(int(sign, 36)) for sign in f"{bban}NL00")) % 97
    return f"NL{98 - rest:02d}{bban}"


def person(number: int, name: str | None = None, **members: Any) -> dict[str, Any]:
    """A line for the account of a natural person."""
    held = {"accountName": f"Anna Becker{number}" if name is None else name}
    return {"iban": iban(number), "status": "ACTIVE", "accountHolderType": "NP"} | held | members


def organisation(number: int, legal_name: Any, **members: Any) -> dict[str, Any]:
    """A line for the account of an organisation; members are the holder's."""
    holder = {"legalName": legal_name} | members
    account = {"iban": iban(number), "status": "ACTIVE", "accountHolderType": "ORG"}
    return account | {"organisationAccountHolder": holder}


def ndjson(lines: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


async def accounts_of(data: bytes) -> AsyncIterator[list[NewAccount]]:
    """The accounts of a sound file."""
    for batch in account_file.batches(io.BytesIO(data)):
        found = account_file.read(batch)
        assert found.faults == []
        yield found.accounts


async def load(runtime: Runtime, lines: Iterable[Any], **order: Any) -> Loaded:
    """Load lines into the directory."""
    wanted = Order(["accounts.ndjson"], **order)
    return await directory.load(runtime, accounts_of(ndjson(lines)), wanted, datetime.now(UTC))


@asynccontextmanager
async def own_directory(dsn: str) -> AsyncIterator[Runtime]:
    """A runtime that knows of no banks yet; what is loaded is gone at the end."""
    runtime = build_runtime(Settings(), dsn)
    await runtime.database.open()
    try:
        yield runtime
    finally:
        async with runtime.database.transaction() as connection:
            for table in ("vop_accounts", "vop_banks", "vop_loads"):
                await connection.execute(f"DELETE FROM {table}".encode())
        await runtime.database.close()
