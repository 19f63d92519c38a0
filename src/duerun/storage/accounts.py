"""Accounts and their keys. A key is looked up by its SHA-256; the key itself is never kept."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

from psycopg.types.json import Jsonb

from duerun.domain.accounts import FEES_OF, Account, Fees
from duerun.domain.gateway_terms import AttachedTerms
from duerun.domain.retries import CatchUp, parse_single_wait, parse_table
from duerun.storage.database import Connection, execute, fetch_all, fetch_one

SETTLEMENT_DAYS_LIVE = 7
Option = TypeVar("Option")
# An account is read with each request.
_parse_table = lru_cache(maxsize=1_024)(parse_table)
_parse_single_wait = lru_cache(maxsize=1_024)(parse_single_wait)


def key_hash(key: str) -> bytes:
    """What is kept of a key, beside its last four characters."""
    return sha256(key.encode()).digest()


class Caller(NamedTuple):
    """Who calls: the account in the mode of the key, the key's kind (`public` or `secret`), and who holds it.

    `used_at` is when the key is noted to have been used last. `proof` is the hash of the rows that tell all this.
    """

    account: Account
    kind: str
    user: str
    used_at: datetime | None
    proof: int


class KeyRow(NamedTuple):
    """What may be shown of a key; `reference` names it, and lets nobody in."""

    reference: str
    kind: str
    last_four: str
    user_name: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None

    def has_ended(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


async def by_key(connection: Connection, hashed: bytes, now: datetime) -> Caller | None:
    """Who calls with the key of a hash; None for an unknown one."""
    row = await fetch_one(connection, "account_by_key", hash=hashed, now=now)
    if row is None:
        return None
    return Caller(_account(row), row["key_kind"], row["user_name"], row["key_used_at"], row["proof"])


async def note_use(connection: Connection, hashed: bytes, now: datetime, *, before: datetime) -> None:
    """Note that a key was used, unless that was noted since `before`."""
    await execute(connection, "key_use", hash=hashed, now=now, before=before)


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


async def lock(connection: Connection, account_id: int) -> None:
    """Let nobody else change the account before this transaction ends."""
    await execute(connection, "account_lock", account_id=account_id)


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
    form: str | None = None,
) -> None:
    """Let a key in; one that was to end is let in again without an end. `form` names the form that it was made with."""
    await execute(
        connection,
        "key_insert",
        hash=key_hash(key),
        account_id=account_id,
        livemode=livemode,
        kind=kind,
        last_four=key[-4:],
        user_name=user,
        form=form,
        now=now,
    )


async def made_by_form(connection: Connection, form: str) -> str | None:
    """The last four characters of the key that a form has made; None if it has made none."""
    row = await fetch_one(connection, "key_of_form", form=form)
    return str(row["last_four"]) if row else None


async def keys_of(connection: Connection, account: Account, now: datetime, *, rows_max: int) -> list[KeyRow]:
    """The keys of an account in its mode, those that count first."""
    rows = await fetch_all(
        connection, "keys_of", account_id=account.id, livemode=account.livemode, now=now, rows_max=rows_max
    )
    return [KeyRow(**row) for row in rows]


async def revoke_key(
    connection: Connection, account: Account, reference: str, now: datetime
) -> dict[str, Any] | None:
    """End a key at once; its kind and last four characters, or None for one that is not there or has ended."""
    return await fetch_one(
        connection,
        "key_revoke",
        account_id=account.id,
        livemode=account.livemode,
        reference=reference,
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
        retry_charges=_read(settings, "retry_charges", _parse_table),
        retry_transfers=_read(settings, "retry_transfers", _parse_single_wait),
        transfer_suspend_after=settings.get("transfer_suspend_after"),
        gateway=attached_terms(row) if row["gateway_number"] is not None else None,
    )


def _read(settings: Mapping[str, Any], name: str, read: Callable[[str], Option]) -> Option | None:
    """An option that is kept as the text that an operator writes."""
    text = settings.get(name)
    return read(text) if text else None


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
