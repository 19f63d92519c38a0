"""Whether payments may be sent: not from a database that was restored or copied, before a person says so.

What moves no money outside goes on: the sandbox in test mode, reads, planning, files.
"""

from collections.abc import Sequence

from duerun.domain.accounts import Account
from duerun.domain.audit_chain import Note
from duerun.domain.errors import FrozenError
from duerun.gateways.base import Gateway
from duerun.services import audit_log
from duerun.services.unit import Runtime
from duerun.storage import installation as store
from duerun.storage.database import Connection
from duerun.storage.installation import Hold
from duerun.storage.server_mark import Mark

REASONS = {
    "copied": "this database is a copy of another installation's",
    "restored": "this database was restored from a backup",
    "by_hand": "a person has frozen it",
}
COPIED, RESTORED, BY_HAND = REASONS


def told(reason: str) -> str:
    """The reason in words, and what to do."""
    return f"nothing is sent: {REASONS[reason]}. Run duerun recover"


def moves_money_outside(runtime: Runtime, account: Account) -> bool:
    """Whether a freeze counts for the account: always in live mode, in test mode if its gateway is no part of us."""
    return account.livemode or runtime.gateway(account).declared.is_outside


def concerns(runtime: Runtime, hold: Hold) -> bool:
    """Whether a freeze holds anything up here."""
    is_outside = any(live or gateway.declared.is_outside for live, gateway in runtime.gateways.items())
    return is_outside or hold.has_attached


async def is_held(
    connection: Connection, runtime: Runtime, account: Account, gateways: Sequence[Gateway] = ()
) -> bool:
    """Whether nothing may be sent for the account. If it may, nobody can freeze before the transaction ends.

    `gateways` are those of earlier sends, where it is about a second one.
    """
    is_outside = moves_money_outside(runtime, account) or any(each.declared.is_outside for each in gateways)
    return is_outside and await store.hold_reason(connection) is not None


async def require_sending(connection: Connection, runtime: Runtime, account: Account) -> None:
    """Raises `FrozenError` where nothing may be sent for the account."""
    if moves_money_outside(runtime, account):
        reason = await store.hold_reason(connection)
        if reason is not None:
            raise FrozenError(told(reason))


async def read(runtime: Runtime) -> Hold | None:
    """How things stand; None before the migration."""
    async with runtime.database.connection() as connection:
        return await store.read(connection)


async def notice(runtime: Runtime, mark: Mark | None) -> str | None:
    """At a start: freeze what lives elsewhere than it did. Answers the reason in words if nothing is sent.

    `mark` is that of the data folder; None for a database that has none, or whose folder another process serves.
    """
    async with runtime.database.transaction() as connection:
        hold = await store.read(connection)
        if hold is None:
            return None
        moved = mark is not None and hold.mark is not None and not mark.agrees(hold.mark)
        if moved or (hold.reason is not None and hold.frozen_at is None):
            await store.lock(connection)
            await store.freeze(connection, COPIED, mark=mark.text() if mark else None)
            return told(hold.reason or COPIED)
        if mark is not None and hold.mark is None:
            await store.put_mark(connection, mark.text())
        return told(hold.reason) if hold.reason else None


async def freeze(runtime: Runtime, reason: str, *, mark: Mark | None = None) -> None:
    """Let nothing be sent from now on; waits for transactions that are about to commit an intent."""
    async with runtime.database.transaction() as connection:
        await store.lock(connection)
        await store.freeze(connection, reason, mark=mark.text() if mark else None)
        note = Note("server.freeze", "payments", {"reason": reason})
        await audit_log.tell(connection, runtime.clock.now(), note)
