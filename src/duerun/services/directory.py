"""The own directory: loaded whole or in part, all or nothing (source: the VOP wire specification, 8.4)."""

from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from duerun.domain.errors import RejectedError
from duerun.services.unit import Runtime
from duerun.storage import vop_directory as store
from duerun.storage.database import Database
from duerun.storage.vop_directory import Comparison, NewAccount, PastLoad, Repeats

BANKS_KEPT = timedelta(seconds=5)


class KeptBanks:
    """The banks whose accounts are kept here, which a process asks for again after some seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: frozenset[str] = frozenset()
        self._read_at: datetime | None = None

    async def at(self, now: datetime) -> frozenset[str]:
        """Country and bank code of each bank, at a moment or as it was a few seconds before."""
        if self._read_at is None or now - self._read_at > BANKS_KEPT:
            self._found, self._read_at = await store.banks(self._database), now
        return self._found


@dataclass(frozen=True, slots=True)
class Order:
    """How to load: the names of the files, in the order of their numbers.

    A complete load removes what is not in it; `accepts_drop` says that a person knows that it removes much.
    """

    file_names: Sequence[str]
    is_complete: bool = True
    accepts_drop: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a load: accounts in it, and how many of them were new, different, or missing and removed."""

    accounts: int
    added: int
    changed: int
    removed: int


@dataclass(frozen=True, slots=True)
class Status:
    """The directory as it is: accounts of each bank (country and bank code), and the last loads, the latest first."""

    banks: Sequence[tuple[str, int]]
    loads: Sequence[PastLoad]


async def load(
    runtime: Runtime, batches: AsyncIterable[Sequence[NewAccount]], order: Order, now: datetime
) -> Loaded:
    """Make accounts the directory, or a part of it. The old one answers until all of it is done.

    Raises RejectedError for an account that stands there twice, for no account at all, and for a complete load
    that would remove too many; what `batches` raises ends the load, too.
    """
    async with runtime.database.transaction() as connection:
        loading = store.Load(connection)
        async with loading.writing() as writer:
            async for batch in batches:
                for account in batch:
                    await writer.write(account)
        if (repeats := await loading.repeats()) is not None:
            raise RejectedError(_repeated(repeats, order))
        found = await loading.compare()
        if not found.accounts:
            raise RejectedError("file contains no accounts")
        if order.is_complete and not order.accepts_drop:
            _check_drop(found, runtime.payees.policy.load_drop_percent_max)
        counts = await loading.merge(
            ", ".join(order.file_names), is_complete=order.is_complete, accounts=found.accounts, now=now
        )
    return Loaded(found.accounts, **counts)


async def status(runtime: Runtime) -> Status:
    """The banks and the last loads."""
    return Status(await store.bank_counts(runtime.database), await store.last_loads(runtime.database))


def _repeated(repeats: Repeats, order: Order) -> str:
    file = f"{order.file_names[repeats.file]}: " if len(order.file_names) > 1 else ""
    others = f"; {repeats.count} lines repeat an account" if repeats.count > 1 else ""
    return f"{file}line {repeats.line}: Field 'iban' was used before{others}"


def _check_drop(found: Comparison, percent_max: int) -> None:
    if found.missing * 100 > found.known * percent_max:
        raise RejectedError(
            f"the load would remove {found.missing} of {found.known} accounts, more than {percent_max} percent "
            "(vop_load_drop_percent_max): a person must accept that"
        )
