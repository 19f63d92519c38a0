"""Tokens for calendars: made, listed, revoked; of each only its hash is kept."""

from dataclasses import dataclass

from duerun import ids
from duerun.domain.calendars import CalendarToken, Scope, Upcoming, write
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.lists import ListQuery
from duerun.services import calendar, parties, recipients, schedules
from duerun.services.unit import THE_API, Runtime, Unit
from duerun.storage import accounts
from duerun.storage import calendar as store
from duerun.storage.lists import Page

PREFIX = "ckey"
TOKENS_MAX = 1_000
TOKEN_CHARACTERS_MAX = 64


@dataclass(frozen=True, slots=True)
class Feed:
    """What a token shows: the dates ahead, and the zone that their days are meant in."""

    entries: list[Upcoming]
    timezone: str

    def text(self) -> bytes:
        """The feed as iCalendar."""
        return write(self.entries, timezone=self.timezone)


async def add(unit: Unit, scope: Scope, scope_id: str | None) -> tuple[CalendarToken, str]:
    """A fresh token and its text, which is never seen again. Raises `NotFoundError` for an object that is not there."""
    await _require(unit, scope, scope_id)
    if await store.count_tokens(unit.connection, unit.account) >= TOKENS_MAX:
        raise RejectedError(f"there are {TOKENS_MAX} calendar tokens: revoke some first")
    text = ids.new_key(PREFIX, livemode=unit.account.livemode)
    token = CalendarToken(unit.new_id("calt"), unit.account.livemode, scope, scope_id, text[-4:], unit.now)
    await store.insert_token(unit.connection, unit.account, token, text, unit.now)
    unit.note("calendars.create_token", token.id, by=THE_API, scope=scope.value, scope_id=scope_id)
    return token, text


async def _require(unit: Unit, scope: Scope, scope_id: str | None) -> None:
    if scope is Scope.ACCOUNT:
        if scope_id is not None:
            raise RejectedError("a calendar of the account takes no id")
    elif not scope_id:
        raise RejectedError(f"{scope} must be an id")
    elif scope is Scope.CUSTOMER:
        await parties.get_live_customer(unit, scope_id)
    elif scope is Scope.RECIPIENT:
        await recipients.get_live_recipient(unit, scope_id)
    else:
        await schedules.get(unit, scope_id)


async def show(unit: Unit, query: ListQuery) -> Page[CalendarToken]:
    """The tokens that are valid, without their texts."""
    return await store.list_tokens(unit.connection, unit.account, query)


async def get(unit: Unit, token_id: str) -> CalendarToken:
    """A token that is valid, without its text. Raises `NotFoundError`."""
    token = await store.fetch_token(unit.connection, unit.account, token_id)
    if token is None:
        raise NotFoundError("calendar_token", token_id)
    return token


async def revoke(unit: Unit, token_id: str) -> CalendarToken:
    """End a token for good. Raises `NotFoundError` for one that is not there or was revoked."""
    token = await store.revoke_token(unit.connection, unit.account, token_id, unit.now)
    if token is None:
        raise NotFoundError("calendar_token", token_id)
    unit.note("calendars.revoke_token", token.id, by=THE_API)
    return token


async def read(runtime: Runtime, text: str) -> Feed | None:
    """The feed that a token opens; None for one that is unknown or revoked, which are told alike."""
    if not 0 < len(text) <= TOKEN_CHARACTERS_MAX:
        return None
    async with runtime.database.connection() as connection:
        found = await store.find_token(connection, text)
        if found is None:
            return None
        account = await accounts.fetch(connection, found.account_id, livemode=found.livemode)
    if account is None:
        return None
    async with runtime.unit(account, account.now(runtime.clock.now())) as unit:
        entries = await calendar.upcoming(unit, runtime.retries, found.token.scope, found.token.scope_id)
    return Feed(entries, account.timezone)
