"""Advances of the test clock that a person starts and watches: they run on while pages come and go."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from duerun.domain.accounts import Account
from duerun.domain.errors import DuerunError
from duerun.services import clocks
from duerun.services.unit import Runtime, Unit
from duerun.storage import clocks as store
from duerun.telemetry import logger

BEGIN_POLL_SECONDS = 0.02
BEGIN_POLLS_MAX = 50
TROUBLE = "the server could not go on: its log tells why"

_log = logger("services.console_clocks")


@dataclass(frozen=True, slots=True)
class Happened:
    """How many occurrences of a kind were settled in a state, and their sum in the smallest unit of the currency."""

    kind: str
    state: str
    currency: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Between:
    """What happened between two moments of the clock; `ended` counts schedules by their state."""

    settled: list[Happened]
    ended: dict[str, int]


@dataclass(slots=True)
class Advances:
    """The advances of this process, and why the latest one of an account ended early."""

    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    troubles: dict[int, str] = field(default_factory=dict)

    async def start(self, runtime: Runtime, account: Account, to: datetime) -> None:
        """Begin an advance, and return once the clock is held, or the advance has ended.

        What is refused at once is raised: see `duerun.services.clocks.advance`.
        """
        self.troubles.pop(account.id, None)
        advance = asyncio.create_task(self._run(runtime, account, to))
        advance.add_done_callback(_seen)
        advance.add_done_callback(self.tasks.discard)
        self.tasks.add(advance)
        for _ in range(BEGIN_POLLS_MAX):
            await asyncio.wait([advance], timeout=BEGIN_POLL_SECONDS)
            if advance.done():
                return advance.result()
            if await is_held(runtime, account):
                return None
        return None

    async def _run(self, runtime: Runtime, account: Account, to: datetime) -> None:
        try:
            await clocks.advance(runtime, account, to=to)
        except DuerunError as error:
            self.troubles[account.id] = error.message
            raise
        except Exception:
            self.troubles[account.id] = TROUBLE
            _log.exception("an advance of the clock of account %s failed", account.id)
            raise


def _seen(task: asyncio.Task[None]) -> None:
    """What went wrong is in `troubles`."""
    if not task.cancelled():
        task.exception()


async def is_held(runtime: Runtime, account: Account) -> bool:
    """Whether an advance of the account is under way, in this process or another one."""
    async with runtime.database.connection() as connection:
        return await store.is_held(connection, account)


async def between(unit: Unit, since: datetime, until: datetime) -> Between:
    """What happened behind one moment of the account and up to another one."""
    rows = await store.happened(unit.connection, unit.account, since, until)
    ended = await store.schedules_ended(unit.connection, unit.account, since, until)
    return Between([Happened(**row) for row in rows], ended)
