"""Who may call: accounts and their keys (source: the wire specification, 2.1)."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from duerun import ids
from duerun.domain.account_options import COLUMNS, parse_option, told, told_gateway
from duerun.domain.accounts import CURRENT_VERSION, Account
from duerun.domain.audit_chain import Note, changes, public_address
from duerun.domain.currencies import CURRENCY_OF, LIMITS, TIMEZONE_OF
from duerun.domain.errors import NotAuthenticatedError, NotFoundError, RejectedError, UnavailableError
from duerun.domain.gateway_terms import TOKEN, URL
from duerun.domain.parties import Recipient
from duerun.services import attaching, audit_log
from duerun.services.unit import Runtime
from duerun.storage import accounts, recipients
from duerun.storage.accounts import Caller, KeyRow
from duerun.storage.database import Connection
from duerun.storage.proofs import Proof

__all__ = ["Caller", "KeyRow"]

KEY_PREFIXES = {"public": "pkey", "secret": "skey"}
KEY_ROLL_MINUTES = 60
KEYS_SHOWN_MAX = 200
USE_NOTED_SECONDS = 300


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The two keys of one mode, as they are shown once."""

    public: str
    secret: str


async def authenticate(runtime: Runtime, key: str, now: datetime) -> Caller:
    """Who calls with a key. All refusals are alike."""
    hashed = accounts.key_hash(key)
    async with runtime.database.connection() as connection:
        found = await accounts.by_key(connection, hashed, now)
    if found is None:
        runtime.callers.forget(hashed)
        raise NotAuthenticatedError
    runtime.callers.keep(hashed, found)
    before = now - timedelta(seconds=USE_NOTED_SECONDS)
    if found.used_at is None or found.used_at < before:
        # A database that takes no changes still lets in who only reads.
        with suppress(UnavailableError):
            async with runtime.database.connection() as connection:
                await accounts.note_use(connection, hashed, now, before=before)
    return found


def recognise(runtime: Runtime, key: str, now: datetime) -> tuple[Caller, Proof] | None:
    """Who called with a key lately, with the proof that is to be given that it still holds; None to ask anew."""
    hashed = accounts.key_hash(key)
    known = runtime.callers.get(hashed)
    if known is None or known.used_at is None or known.used_at < now - timedelta(seconds=USE_NOTED_SECONDS):
        return None
    return known, Proof(hashed, now, known.proof)


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
        facts = {"email": email, "country": country}
        await audit_log.tell(
            connection, runtime.clock.now(), Note("account.create", account.public_id, facts, account_id)
        )
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
    notes = []
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
            facts = {"kind": kind} | ({"held_by": user} if user else {})
            notes.append(Note("keys.create", f"...{key[-4:]}", facts, account_id, livemode))
        await audit_log.tell(connection, runtime.clock.now(), *notes)


async def create_key(
    runtime: Runtime, account: Account, *, kind: str, now: datetime, user: str = "", form: str | None = None
) -> str:
    """One fresh key of the account's mode, held by a user; earlier ones stay valid.

    A `form` that is sent once more is refused: its key was shown.
    """
    key = ids.new_key(KEY_PREFIXES[kind], livemode=account.livemode)
    async with runtime.database.transaction() as connection:
        await _require_new(connection, account.id, form)
        await accounts.insert_key(
            connection,
            account_id=account.id,
            livemode=account.livemode,
            kind=kind,
            key=key,
            now=now,
            user=user,
            form=form,
        )
        facts = {"kind": kind} | ({"held_by": user} if user else {})
        note = Note("keys.create", f"...{key[-4:]}", facts, account.id, account.livemode)
        await audit_log.tell(connection, runtime.clock.now(), note)
    return key


async def _require_new(connection: Connection, account_id: int, form: str | None) -> None:
    if form is None:
        return
    await accounts.lock(connection, account_id)
    if (made := await accounts.made_by_form(connection, form)) is not None:
        raise RejectedError(
            f"this form has made a key before: the one that ends in {made}. If nobody has kept it, revoke it and make "
            "another one"
        )


async def roll_key(
    runtime: Runtime,
    account_id: int,
    *,
    livemode: bool,
    kind: str,
    now: datetime,
    minutes: int = KEY_ROLL_MINUTES,
    form: str | None = None,
) -> str:
    """A fresh key of one kind; the earlier ones end after `minutes`, 0 for at once. `form` as in `create_key`."""
    key = ids.new_key(KEY_PREFIXES[kind], livemode=livemode)
    async with runtime.database.transaction() as connection:
        await _require_new(connection, account_id, form)
        await accounts.expire_keys(
            connection,
            account_id=account_id,
            livemode=livemode,
            kind=kind,
            expires_at=now + timedelta(minutes=minutes),
        )
        await accounts.insert_key(
            connection, account_id=account_id, livemode=livemode, kind=kind, key=key, now=now, form=form
        )
        facts = {"kind": kind, "earlier_ones_end_in_minutes": minutes}
        note = Note("keys.roll", f"...{key[-4:]}", facts, account_id, livemode)
        await audit_log.tell(connection, runtime.clock.now(), note)
    return key


async def keys_of(runtime: Runtime, account: Account, now: datetime) -> list[KeyRow]:
    """What may be shown of the keys of an account in its mode, those that count first; `now` is real time."""
    async with runtime.database.connection() as connection:
        return await accounts.keys_of(connection, account, now, rows_max=KEYS_SHOWN_MAX)


async def revoke_key(runtime: Runtime, account: Account, reference: str, now: datetime) -> str:
    """End a key at once; its last four characters. Raises `NotFoundError` for one that is not there or has ended."""
    async with runtime.database.transaction() as connection:
        ended = await accounts.revoke_key(connection, account, reference, now)
        if ended is None:
            raise NotFoundError("key", "named")
        last_four = str(ended["last_four"])
        facts = {"kind": ended["kind"]}
        note = Note("keys.revoke", f"...{last_four}", facts, account.id, account.livemode)
        await audit_log.tell(connection, runtime.clock.now(), note)
    return last_four


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
        await accounts.lock(connection, account_id)
        before = await accounts.fetch(connection, account_id, livemode=livemode)
        await accounts.set_options(connection, account_id, columns=columns, settings=values)
        if gateway:
            await attaching.set_gateway(runtime, connection, account_id, livemode=livemode, given=gateway)
        after = await accounts.fetch(connection, account_id, livemode=livemode)
        if before is not None and after is not None:
            _require_fee_below_minimum(after)
            await audit_log.tell(connection, runtime.clock.now(), *_settings_notes(before, after, gateway))


def _settings_notes(before: Account, after: Account, gateway: Mapping[str, Any]) -> Iterator[Note]:
    """What was set otherwise, with old and new values; of a processor's token only that there is another one."""
    if found := changes(told(before), told(after)):
        yield Note("settings.set", after.public_id, found, after.id)
    own = changes(told_gateway(before), told_gateway(after))
    if URL in own:
        own[URL] = [public_address(each.gateway.url if each.gateway else None) for each in (before, after)]
    own.pop(TOKEN, None)
    if gateway.get(TOKEN):
        own[TOKEN] = "set anew"
    if own:
        yield Note("settings.set_gateway", after.public_id, own, after.id, after.livemode)


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
