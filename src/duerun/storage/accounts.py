"""Accounts and their keys. A key is looked up by its SHA-256; the key itself is never kept."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from duerun.domain.accounts import FEES_OF, Account, Fees
from duerun.domain.gateway_terms import AttachedTerms
from duerun.domain.retries import CatchUp
from duerun.storage.database import Connection, execute, fetch_all, fetch_one

SETTLEMENT_DAYS_LIVE = 7


def key_hash(key: str) -> bytes:
    """What is kept of a key, beside its last four characters."""
    return sha256(key.encode()).digest()


class Caller(NamedTuple):
    """Who calls: the account in the mode of the key, the key's kind (`public` or `secret`), and who holds it."""

    account: Account
    kind: str
    user: str


async def by_key(connection: Connection, key: str, now: datetime) -> Caller | None:
    """Who calls with a key; None for an unknown one."""
    row = await fetch_one(connection, "account_by_key", hash=key_hash(key), now=now)
    return Caller(_account(row), row["key_kind"], row["user_name"]) if row else None


async def every(connection: Connection) -> list[Account]:
    """All accounts in both modes, for the engine's rounds."""
    return [
        _account(row) for row in await fetch_all(connection, "accounts_all", account_id=None, livemode=None)
    ]


async def fetch(connection: Connection, account_id: int, *, livemode: bool) -> Account | None:
    """One account in one mode as it is now, its clock included."""
    row = await fetch_one(connection, "accounts_all", account_id=account_id, livemode=livemode)
    return _account(row) if row else None


async def insert(
    connection: Connection,
    *,
    public_id: str,
    team_id: str,
    email: str,
    country: str,
    currency: str,
    timezone: str,
    api_version: str,
    charge_run_time: time,
    transfer_run_time: time,
    settings: dict[str, Any],
    now: datetime,
) -> int:
    """A new account with an empty balance in both modes; its internal id."""
    row = await fetch_one(
        connection,
        "account_insert",
        public_id=public_id,
        team_id=team_id,
        email=email,
        country=country,
        currency=currency,
        timezone=timezone,
        api_version=api_version,
        charge_run_time=charge_run_time,
        transfer_run_time=transfer_run_time,
        settings=Jsonb(settings),
        now=now,
    )
    if row is None:
        raise LookupError("the account was not inserted")
    return int(row["id"])


async def set_options(
    connection: Connection, account_id: int, *, columns: dict[str, str | None], settings: dict[str, Any]
) -> None:
    """Set what an operator may set; a column that is None stays as it is."""
    await execute(connection, "account_options", account_id=account_id, settings=Jsonb(settings), **columns)


async def update(
    connection: Connection, account: Account, *, webhook_uri: str | None, settings: Mapping[str, Any]
) -> None:
    """Set the webhook address of the account's mode, and some settings of both modes.

    None leaves the address as it stands in the database, an empty text takes it away.
    """
    await execute(
        connection,
        "account_update",
        account_id=account.id,
        livemode=account.livemode,
        webhook_uri=webhook_uri,
        settings=Jsonb(dict(settings)),
    )


async def switch_webhook_off(connection: Connection, account: Account, uri: str) -> None:
    """Take the webhook address away, unless it is another one by now."""
    await execute(
        connection, "account_webhook_off", account_id=account.id, livemode=account.livemode, uri=uri
    )


async def owner_of(connection: Connection, key: str) -> int | None:
    """The account that a key belongs to, whether it still counts or not."""
    row = await fetch_one(connection, "key_owner", hash=key_hash(key))
    return int(row["account_id"]) if row else None


async def insert_key(
    connection: Connection,
    *,
    account_id: int,
    livemode: bool,
    kind: str,
    key: str,
    now: datetime,
    user: str = "",
) -> None:
    """Let a key in; one that was to end is let in again without an end."""
    await execute(
        connection,
        "key_insert",
        hash=key_hash(key),
        account_id=account_id,
        livemode=livemode,
        kind=kind,
        last_four=key[-4:],
        user_name=user,
        now=now,
    )


async def expire_keys(
    connection: Connection, *, account_id: int, livemode: bool, kind: str, expires_at: datetime
) -> int:
    """Let the present keys of a kind end at a moment."""
    return await execute(
        connection,
        "keys_expire",
        account_id=account_id,
        livemode=livemode,
        kind=kind,
        expires_at=expires_at,
    )


async def list_keys(connection: Connection) -> list[dict[str, Any]]:
    """What may be shown of all keys: account, mode, kind, last four characters, creation and end."""
    return await fetch_all(connection, "keys_list")


def _account(row: dict[str, Any]) -> Account:
    settings = row["settings"]
    return Account(
        id=row["id"],
        public_id=row["public_id"],
        livemode=row["livemode"],
        team_id=row["team_id"],
        email=row["email"],
        country=row["country"],
        currency=row["currency"],
        timezone=row["timezone"],
        api_version=row["api_version"],
        charge_run_time=row["charge_run_time"],
        transfer_run_time=row["transfer_run_time"],
        webhook_uri=row["webhook_uri"],
        created_at=row["created_at"],
        clock_offset=timedelta(microseconds=row["offset_microseconds"]),
        fees=_fees(row["country"], settings),
        settlement_days=settings.get("settlement_days", SETTLEMENT_DAYS_LIVE if row["livemode"] else 0),
        auto_verify_recipients=settings.get("auto_verify_recipients", False),
        auto_activate_recipients=settings.get("auto_activate_recipients", True),
        chain_enabled=settings.get("chain_enabled", False),
        chain_return_uri=settings.get("chain_return_uri"),
        metadata_export_keys=settings.get("metadata_export_keys", {}),
        zero_interest_installments=settings.get("zero_interest_installments", False),
        bulk_approval_rows=settings.get("bulk_approval_rows", 0),
        bulk_approval_amount=settings.get("bulk_approval_amount", 0),
        holidays=frozenset(date.fromisoformat(day) for day in settings.get("holidays", ())),
        catch_up_charges=_catch_up(settings, "catch_up_charges"),
        catch_up_transfers=_catch_up(settings, "catch_up_transfers"),
        catch_up_max=settings.get("catch_up_max", 0),
        gateway=attached_terms(row) if row["gateway_number"] is not None else None,
    )


def _catch_up(settings: Mapping[str, Any], name: str) -> CatchUp | None:
    chosen = settings.get(name)
    return CatchUp(chosen) if chosen else None


def attached_terms(row: dict[str, Any]) -> AttachedTerms:
    """The processor that a row tells of in its columns `gateway_...`."""
    return AttachedTerms.read(
        row["gateway_number"], row["gateway_url"], bytes(row["gateway_token"]), row["gateway_terms"]
    )


def _fees(country: str, settings: dict[str, Any]) -> Fees:
    usual = FEES_OF.get(country, Fees())
    return Fees(
        charge_rate=Decimal(str(settings.get("charge_fee_rate", usual.charge_rate))),
        vat_rate=Decimal(str(settings.get("vat_rate", usual.vat_rate))),
        transfer_minor=settings.get("transfer_fee", usual.transfer_minor),
        transfer_vat_minor=settings.get("transfer_fee_vat", usual.transfer_vat_minor),
    )
