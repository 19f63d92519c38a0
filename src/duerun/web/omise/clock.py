"""The test clock: an extension of Duerun (see `docs/adr/0009-test-clock-runs-on.md`)."""

from datetime import datetime
from typing import Annotated

import msgspec

from duerun.domain.errors import RejectedError
from duerun.services import clocks
from duerun.web.omise import params
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import moment


class WireClock(msgspec.Struct, kw_only=True):
    """Where the account's clock stands. `occurrences` counts what ran during an advance; `uncertain` names, up to 100,
    what was sent and has no outcome yet."""

    object: str = "clock"
    livemode: bool
    location: str = "/clock"
    now: datetime
    timezone: str
    offset_seconds: int
    occurrences: int | msgspec.UnsetType = msgspec.UNSET
    uncertain: list[str] | msgspec.UnsetType = msgspec.UNSET


class TakenAdvance(msgspec.Struct, kw_only=True):
    """How far to advance, one of both; and how long to wait for outcomes that the gateway does not tell."""

    days: int | msgspec.UnsetType = msgspec.UNSET
    to: Annotated[str, msgspec.Meta(description="A date or datetime ahead.")] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    wait_seconds: int | msgspec.UnsetType = msgspec.UNSET


async def retrieve(call: Call) -> WireClock:
    return WireClock(
        livemode=call.account.livemode,
        now=moment(call.now),
        timezone=call.account.timezone,
        offset_seconds=int(call.account.clock_offset.total_seconds()),
    )


async def advance(call: Call) -> WireClock:
    if call.account.livemode:
        raise RejectedError("live mode runs on real time")
    wait_seconds = params.integer(call.params, "wait_seconds")
    advanced = await clocks.advance(
        call.runtime,
        call.account,
        to=params.moment(call.params, "to"),
        days=params.integer(call.params, "days"),
        wait_seconds=clocks.WAIT_SECONDS_DEFAULT if wait_seconds is None else wait_seconds,
    )
    offset = advanced.now - call.runtime.clock.now()
    return WireClock(
        livemode=False,
        now=moment(advanced.now),
        timezone=call.account.timezone,
        offset_seconds=round(offset.total_seconds()),
        occurrences=advanced.occurrences,
        uncertain=list(advanced.uncertain),
    )


ENDPOINTS = (
    Endpoint("GET", "/clock", retrieve),
    Endpoint("POST", "/clock/advance", advance, unhurried=True, body=TakenAdvance),
)
