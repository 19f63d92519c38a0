"""Who may call: accounts and their keys (source: the wire specification, 2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from duerun import ids
from duerun.domain.account_options import COLUMNS, parse_option
from duerun.domain.accounts import CURRENT_VERSION, Account
from duerun.domain.currencies import CURRENCY_OF, LIMITS, TIMEZONE_OF
from duerun.domain.errors import NotAuthenticatedError, NotFoundError, RejectedError
from duerun.domain.parties import Recipient
from duerun.services import attaching
from duerun.services.unit import Runtime
from duerun.storage import accounts, recipients
from duerun.storage.accounts import Caller

KEY_PREFIXES = {"public": "pkey", "secret": "skey"}
KEY_ROLL_MINUTES = 60


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The two keys of one mode, as they are shown once."""

    public: str
    secret: str


async def authenticate(runtime: Runtime, key: str, now: datetime) -> Caller:
    """Who calls with a key. All refusals are alike."""
    async with runtime.database.connection() as connection:
        found = await accounts.by_key(connection, key, now)
    if found is None:
        raise NotAuthenticatedError
    return found


async def owner_of(runtime: Runtime, key: str) -> int | None:
    """The internal id of the account that a key belongs to, also of one that has ended."""
    async with runtime.database.connection() as connection:
        return await accounts.owner_of(connection, key)


async def create_account(
    runtime: Runtime,
    *,
    email: str,
    country: str,
    now: datetime,
    api_version: str = CURRENT_VERSION,
    charge_run_time: time = time(8, 30),
    transfer_run_time: time = time(8, 5),
    settings: dict[str, Any] | None = None,
) -> int:
    """A new account with its default recipients; its internal id."""
    async with runtime.database.transaction() as connection:
        account_id = await accounts.insert(
            connection,
            public_id=ids.new_id("account", livemode=True, now=now),
            team_id=ids.new_id("team", livemode=True, now=now),
            email=email,
            country=country,
            currency=CURRENCY_OF[country],
            timezone=TIMEZONE_OF[country],
            api_version=api_version,
            charge_run_time=charge_run_time,
            transfer_run_time=transfer_run_time,
            settings=settings or {},
            now=now,
        )
        account = await accounts.fetch(connection, account_id, livemode=False)
        if account is None:
            raise NotFoundError("account", str(account_id))
        await recipients.insert(connection, account, _default_recipient(account, now))
    return account_id


def _default_recipient(account: Account, now: datetime) -> Recipient:
    """The recipient that every test account starts with (source: the wire specification, 8.1)."""
    in_thailand = account.country == "TH"
    return Recipient(
        id=ids.new_id("recp", livemode=False, now=now),
        livemode=False,
        name=account.email,
        email=account.email,
        type="individual",
        bank_brand="test" if in_thailand else None,
        bank_code="test" if in_thailand else "0000",
        branch_code="000" if account.country == "JP" else None,
        bank_account_number="1234567890",
        bank_account_name="Default Bank Account",
        bank_account_created_at=now,
        is_default=True,
        verified_at=now,
        activated_at=now,
        created_at=now,
    )


async def create_keys(
    runtime: Runtime, account_id: int, *, livemode: bool, now: datetime, user: str = ""
) -> KeyPair:
    """Fresh keys of both kinds, held by a user; earlier ones stay valid."""
    pair = KeyPair(ids.new_key("pkey", livemode=livemode), ids.new_key("skey", livemode=livemode))
    await admit_keys(runtime, account_id, pair, livemode=livemode, now=now, user=user)
    return pair


async def admit_keys(
    runtime: Runtime, account_id: int, pair: KeyPair, *, livemode: bool, now: datetime, user: str = ""
) -> None:
    """Let two given keys in, also where they were rolled away before."""
    async with runtime.database.transaction() as connection:
        for kind, key in (("public", pair.public), ("secret", pair.secret)):
            await accounts.insert_key(
                connection,
                account_id=account_id,
                livemode=livemode,
                kind=kind,
                key=key,
                now=now,
                user=user,
            )


async def roll_key(
    runtime: Runtime,
    account_id: int,
    *,
    livemode: bool,
    kind: str,
    now: datetime,
    minutes: int = KEY_ROLL_MINUTES,
) -> str:
    """A fresh key of one kind; the earlier ones end after `minutes`, 0 for at once."""
    key = ids.new_key(KEY_PREFIXES[kind], livemode=livemode)
    async with runtime.database.transaction() as connection:
        await accounts.expire_keys(
            connection,
            account_id=account_id,
            livemode=livemode,
            kind=kind,
            expires_at=now + timedelta(minutes=minutes),
        )
        await accounts.insert_key(
            connection, account_id=account_id, livemode=livemode, kind=kind, key=key, now=now
        )
    return key


async def set_options(
    runtime: Runtime, account_id: int, given: Mapping[str, str], *, livemode: bool = False
) -> None:
    """Set options of an account, all of them or none; those of its processor in one mode, the others in both.

    Times of day and zone count for occurrences that are planned from now on.
    """
    gateway = attaching.own_options(given)
    values = {name: parse_option(name, text) for name, text in given.items() if name not in gateway}
    columns = {name: values.pop(name, None) for name in COLUMNS}
    async with runtime.database.transaction() as connection:
        await accounts.set_options(connection, account_id, columns=columns, settings=values)
        if gateway:
            await attaching.set_gateway(runtime, connection, account_id, livemode=livemode, given=gateway)
        changed = await accounts.fetch(connection, account_id, livemode=False)
        if changed is not None:
            _require_fee_below_minimum(changed)


def _require_fee_below_minimum(account: Account) -> None:
    """No transfer may arrive as less than nothing."""
    least = LIMITS[account.country].transfer_min
    if account.fees.transfer_minor + account.fees.transfer_vat_minor > least:
        raise RejectedError(
            f"transfer_fee and transfer_fee_vat must together be at most {least}, the smallest transfer"
        )


async def list_keys(runtime: Runtime) -> list[dict[str, Any]]:
    """What may be shown of all keys."""
    async with runtime.database.connection() as connection:
        return await accounts.list_keys(connection)


async def every_account(runtime: Runtime) -> list[Account]:
    """All accounts in both modes, each with its clock."""
    async with runtime.database.connection() as connection:
        return await accounts.every(connection)
