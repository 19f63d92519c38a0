"""Accounts with a processor of their own: attached, changed, and given back to the server's."""

from collections.abc import Mapping
from typing import Any

from duerun.domain.account_options import parse_gateway_option
from duerun.domain.errors import RejectedError
from duerun.domain.gateway_terms import GATEWAY_OPTIONS, TOKEN, URL
from duerun.services.unit import Runtime
from duerun.storage import gateway_requests as store
from duerun.storage.database import Connection


def own_options(given: Mapping[str, str]) -> dict[str, Any]:
    """Those of some options that are of a processor, read; raises `RejectedError` that names the option."""
    return {name: parse_gateway_option(name, text) for name, text in given.items() if name in GATEWAY_OPTIONS}


async def set_gateway(
    runtime: Runtime, connection: Connection, account_id: int, *, livemode: bool, given: Mapping[str, Any]
) -> None:
    """Set options of an account's processor in one mode.

    Another address is another processor: what was sent goes on being asked about at the one before. Without an address
    the account uses the server's again. Raises `RejectedError` for an address without its token, and for one that may
    not be called.
    """
    current = await store.lock_current(connection, account_id, livemode=livemode)
    url = given[URL] if URL in given else (current or {}).get("url")
    if url is None:
        await _give_back(connection, account_id, livemode, given)
        return
    runtime.attached.check(url)
    is_same = current is not None and url == current["url"]
    if not is_same and TOKEN not in given:
        raise RejectedError(f"{TOKEN} must be given with {URL}, and may be empty")
    token = runtime.attached.seal(given[TOKEN], url) if TOKEN in given else bytes((current or {})["token"])
    terms = _terms((current or {}).get("terms", {}), given)
    if current is not None and is_same:
        await store.set_terms(connection, current["number"], token=token, terms=terms)
    else:
        await store.attach(connection, account_id, livemode=livemode, url=url, token=token, terms=terms)


async def _give_back(
    connection: Connection, account_id: int, livemode: bool, given: Mapping[str, Any]
) -> None:
    if any(value is not None and value != "" for value in given.values()) or URL not in given:
        raise RejectedError(f"{URL} must be given first")
    await store.detach(connection, account_id, livemode=livemode)


def _terms(current: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    changed = {
        name.removeprefix("gateway_"): value for name, value in given.items() if name not in (URL, TOKEN)
    }
    return {name: value for name, value in {**current, **changed}.items() if value is not None}
