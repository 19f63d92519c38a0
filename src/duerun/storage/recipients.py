"""Recipients: rows <-> values."""

from dataclasses import asdict
from typing import Any

from psycopg.types.json import Jsonb

from duerun.domain.accounts import Account
from duerun.domain.parties import Recipient
from duerun.storage.database import Connection, execute


async def insert(connection: Connection, account: Account, recipient: Recipient) -> None:
    await execute(connection, "recipient_insert", **_row(recipient), account_id=account.id)


def _row(recipient: Recipient) -> dict[str, Any]:
    return {**asdict(recipient), "metadata": Jsonb(recipient.metadata)}
