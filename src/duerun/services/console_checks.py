"""Checks of payees that people make in the console: each account asks as a client of its own, in each mode.

Nobody can sign in as that client over the API: its secret is thrown away. Its limits, profile and BICs are set like
those of any other (source: the VOP wire specification, 12 and 13).
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from duerun.domain.accounts import Account
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.payees import practice
from duerun.domain.payees.answers import Answer
from duerun.domain.payees.clients import Offering, Scope, VopClient
from duerun.domain.payees.compare import explain
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.tasks import VopTask
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.services import verification, vop_clients, vop_tasks
from duerun.services.unit import Runtime
from duerun.services.vop_tasks import Part
from duerun.storage import vop_clients as client_store
from duerun.storage import vop_rows
from duerun.storage import vop_tasks as task_store
from duerun.storage.vop_rows import KeptRows

__all__ = ["KeptRows"]

PRACTICE_BIC = "DUERNL2A"


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer with how it came about. `steps` are the matcher's, of practice accounts only: they tell the held name.

    `reason` is None where it would help to guess a name.
    """

    answer: Answer
    reason: Reason | None
    is_practice: bool
    steps: tuple[str, ...]


def client_id(account: Account) -> str:
    """The name of the client as which people of an account ask."""
    return f"console.{account.public_id}{'' if account.livemode else '.test'}"


async def known_client(runtime: Runtime, account: Account) -> VopClient | None:
    """The client of an account in its mode, None before its first check."""
    async with runtime.database.connection() as connection:
        found = await client_store.by_id(connection, client_id(account))
    return found[0] if found else None


async def client_of(runtime: Runtime, account: Account, now: datetime) -> VopClient:
    """The client of an account, made when it is needed first; raises `RejectedError` where it may not ask."""
    client = await known_client(runtime, account)
    if client is None:
        bics = () if account.livemode else (PRACTICE_BIC,)
        # Somebody else may be faster.
        with suppress(RejectedError):
            await vop_clients.create(
                runtime,
                client_id(account),
                livemode=account.livemode,
                now=now,
                bics=bics,
                scopes=(Scope.READ,),
                offering=Offering.PLUS,
            )
        client = await known_client(runtime, account)
    assert client is not None
    if client.is_disabled:
        raise RejectedError(f"checks are switched off: duerun vop client change {client.client_id} --enable")
    if not client.bics:
        raise RejectedError(
            "checks in live mode need the BIC in whose name they are asked: "
            f"duerun vop client change {client.client_id} --bic BIC"
        )
    return client


def profile_of(runtime: Runtime, client: VopClient | None) -> str:
    """How names are compared unless something else is chosen."""
    return (client and client.profile) or runtime.payees.policy.defaults.profile


def with_profile(client: VopClient, profile: str | None) -> VopClient:
    """The client with another profile, in test mode only: a looser one would tell more names of real people."""
    if not profile or client.livemode:
        return client
    if profile not in PROFILES:
        raise RejectedError(f"profile must be one of {', '.join(PROFILES)}")
    return replace(client, profile=profile)


async def check(
    runtime: Runtime, client: VopClient, question: PayeeQuestion, *, user: str, now: datetime
) -> Checked:
    """One check, explained; raises `OverBudgetError` where too much was asked."""
    answer = await verification.ask(
        runtime,
        client,
        question,
        end_user=user,
        now=now,
        seconds_max=runtime.payees.policy.check_seconds_max,
    )
    is_practice = not client.livemode and practice.is_practice(question.iban)
    steps = _steps(runtime, client, question) if is_practice else ()
    tells = is_practice or answer.verdict is not Verdict.NO_MATCH
    return Checked(answer, answer.reason if tells else None, is_practice, steps)


def _steps(runtime: Runtime, client: VopClient, question: PayeeQuestion) -> tuple[str, ...]:
    number = practice.number_of(question.iban)
    if number in practice.OUTCOMES:
        return (f"This practice account stands for an outcome: {practice.OUTCOMES[number].words}.",)
    if number is None or not 0 < number <= practice.HOLDERS:
        return (
            "On this practice account the name that is asked for decides: test names have their outcome.",
        )
    held = practice.account_of(number).holder
    if held is None or question.name is None:
        return ()
    rules = runtime.payees.policy.rules(client)
    return (
        f"The practice account is held by '{practice.name_of(number)}'.",
        *explain(question.name, held, rules).steps,
    )


async def keep(
    runtime: Runtime,
    task: VopTask,
    part: Part | None,
    number: int,
    *,
    row_count: int,
    fault_count: int,
    rows: bytes,
) -> None:
    """Keep a part of a file with the rows that it came from; the last rows may have no part."""
    if part is not None:
        await vop_tasks.add(runtime, task, part)
    sealed = runtime.payees.seal.close(rows, _place(task, number))
    async with runtime.database.transaction() as connection:
        await vop_rows.insert(
            connection, task.number, number, row_count=row_count, fault_count=fault_count, rows=sealed
        )


async def kept(runtime: Runtime, task: VopTask) -> KeptRows:
    """How many rows a file has."""
    async with runtime.database.connection() as connection:
        return await vop_rows.count(connection, task.number)


async def part(runtime: Runtime, task: VopTask, number: int) -> tuple[bytes, bytes]:
    """The rows of a part, and the lines of its results; no lines where none was asked about."""
    async with runtime.database.connection() as connection:
        rows = await vop_rows.fetch(connection, task.number, number)
        results = await task_store.results(connection, task.number, number) if number < task.chunks else None
    if rows is None:
        raise NotFoundError("task", str(task.task_id))
    seal = runtime.payees.seal
    lines = seal.open(results, vop_tasks.place(task.number, number)) if results else b""
    return seal.open(rows, _place(task, number)), lines


async def newest(runtime: Runtime, client: VopClient | None, *, before: int, rows_max: int) -> list[VopTask]:
    """The files of a client with a number below one, the newest first."""
    if client is None:
        return []
    async with runtime.database.connection() as connection:
        return await vop_rows.newest(connection, client.number, before=before, rows_max=rows_max)


async def get(runtime: Runtime, account: Account, task_id: str) -> tuple[VopClient, VopTask]:
    """A file of an account; raises `NotFoundError` for those of others, and what is no id, alike."""
    client = await known_client(runtime, account)
    try:
        number = UUID(task_id)
    except ValueError:
        raise NotFoundError("task", "asked for") from None
    if client is None:
        raise NotFoundError("task", str(number))
    return client, await vop_tasks.get(runtime, client, number)


def _place(task: VopTask, number: int) -> str:
    return f"rows of task {task.number} part {number}"
