"""Checks: one at once, and the parts of files one after another. No question is asked inside a transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from duerun.domain.payees import tasks
from duerun.domain.payees.answers import Answer
from duerun.domain.payees.bic import without_head_office
from duerun.domain.payees.clients import VopClient
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.tasks import VopTask
from duerun.responders.base import Terms
from duerun.services import disclosures
from duerun.services.payee_ports import ReadRecord, RecordFault, Routed
from duerun.services.unit import Runtime
from duerun.services.vop_tasks import place
from duerun.storage import vop_clients, vop_notices
from duerun.storage import vop_tasks as store
from duerun.storage.database import Connection
from duerun.storage.vop_tasks import Chunk

# Parts of up to this many records are checked beside everything else; bigger ones by processes of their own.
SMALL_RECORDS = 200
ARRIVING = timedelta(minutes=10)
FOREIGN_AGENT = RecordFault(
    "INVALID_REQUESTING_AGENT_BIC",
    "Field 'requestingAgent.financialInstitutionId.bicfi' is not a BIC of the client",
)
REPEATED = RecordFault("INVALID_FIELD", "Field 'uetr' was used before in this file")


class _TakenOverError(Exception):
    """The part belongs to somebody else by now, or its task has ended: nothing of it is kept."""


class OverBudgetError(Exception):
    """The requester has asked for more names than it may."""


def own_agents(runtime: Runtime, client: VopClient) -> frozenset[str] | None:
    """The BICs in whose name a client may ask, as `without_head_office` writes them; None for all."""
    if not runtime.payees.policy.agent_check:
        return None
    return frozenset(map(without_head_office, client.bics))


def is_own_agent(runtime: Runtime, client: VopClient, question: PayeeQuestion) -> bool:
    """Whether a client may ask in the name of a PSP."""
    own = own_agents(runtime, client)
    return own is None or without_head_office(question.requesting_bic) in own


async def ask(
    runtime: Runtime,
    client: VopClient,
    question: PayeeQuestion,
    *,
    end_user: str | None,
    now: datetime,
    seconds_max: float,
) -> Answer:
    """One check for a client; raises `OverBudgetError` where it may not ask more."""
    terms = _terms(runtime, client, now, seconds_max)
    [routed] = await runtime.payees.asking.verify(client, [question], terms)
    return await _admitted(runtime, client, question, routed, end_user=end_user, now=now)


async def ask_directory(
    runtime: Runtime,
    client: VopClient,
    question: PayeeQuestion,
    *,
    end_user: str | None,
    now: datetime,
    seconds_max: float,
) -> Answer:
    """One check for another PSP: the own directory answers, nobody else is asked."""
    terms = _terms(runtime, client, now, seconds_max)
    [answer] = await runtime.payees.directory.verify([question], terms)
    return await _admitted(runtime, client, question, Routed(answer), end_user=end_user, now=now)


async def _admitted(
    runtime: Runtime,
    client: VopClient,
    question: PayeeQuestion,
    routed: Routed,
    *,
    end_user: str | None,
    now: datetime,
) -> Answer:
    if not disclosures.tells(routed):
        return routed.answer
    async with runtime.database.transaction() as connection:
        [answer] = await disclosures.shown(runtime, connection, client, end_user, [(question, routed)], now)
    if answer.reason is disclosures.OVER_BUDGET and routed.answer.reason is not answer.reason:
        raise OverBudgetError
    return answer


async def check_next_chunk(runtime: Runtime, holder: str, now: datetime, *, only_small: bool) -> int:
    """Check one open part of a file; how many records it has, 0 if there is none."""
    async with runtime.database.transaction() as connection:
        chunk = await store.claim(
            connection,
            holder,
            now=now,
            lease_seconds=runtime.payees.policy.lease_seconds,
            only_small=only_small,
            small_records=SMALL_RECORDS,
        )
        task = await store.by_number(connection, chunk.task_number) if chunk else None
        client = await vop_clients.by_number(connection, task.client_number) if task else None
    if chunk is None or task is None or client is None:
        return 0
    try:
        await _check(runtime, client, task, chunk, now)
    except _TakenOverError:
        return chunk.records
    except Exception:
        async with runtime.database.transaction() as connection:
            await store.release(connection, chunk)
        raise
    return chunk.records


async def _check(runtime: Runtime, client: VopClient, task: VopTask, chunk: Chunk, now: datetime) -> None:
    numbered = _read(runtime, client, task, chunk)
    questions = [read.question for _, read in numbered if read.question]
    terms = _terms(runtime, client, now, runtime.payees.policy.check_seconds_max)
    routed = await runtime.payees.asking.verify(client, questions, terms) if questions else []
    disclosures.warn_of_runs(client, list(zip(questions, routed, strict=True)))
    settled_at = runtime.clock.now()
    async with runtime.database.transaction() as connection:
        answers = await disclosures.shown(
            runtime,
            connection,
            client,
            task.end_user,
            list(zip(questions, routed, strict=True)),
            settled_at,
        )
        await _settle(runtime, connection, client, chunk, numbered, answers, settled_at)


def _read(runtime: Runtime, client: VopClient, task: VopTask, chunk: Chunk) -> list[tuple[int, ReadRecord]]:
    """The records of a part with the numbers of their lines; blank lines are none."""
    lines = runtime.payees.seal.open(chunk.lines, place(chunk.task_number, chunk.chunk_number))
    own = own_agents(runtime, client)
    found = []
    for number, line in enumerate(lines.split(b"\n"), chunk.first_line):
        if not line.strip():
            continue
        read = runtime.payees.wire.read(line)
        if number in chunk.repeated_lines:
            read = ReadRecord(read.uetr, None, (*read.faults, REPEATED))
        elif (
            read.question and own is not None and without_head_office(read.question.requesting_bic) not in own
        ):
            read = ReadRecord(read.uetr, None, (FOREIGN_AGENT,))
        found.append((number, read))
    return found


def _terms(runtime: Runtime, client: VopClient, now: datetime, seconds_max: float) -> Terms:
    return Terms(runtime.payees.policy.rules(client), now, seconds_max)


async def _settle(
    runtime: Runtime,
    connection: Connection,
    client: VopClient,
    chunk: Chunk,
    numbered: Sequence[tuple[int, ReadRecord]],
    answers: Sequence[Answer],
    now: datetime,
) -> None:
    """Results, counts and the end of the task in one transaction; nothing where the part was taken over."""
    lines = _written(runtime, client, numbered, answers)
    sealed = runtime.payees.seal.close(lines, place(chunk.task_number, chunk.chunk_number))
    if not await store.settle(connection, chunk, sealed):
        raise _TakenOverError
    counts = tasks.count((answer.verdict for answer in answers), len(numbered) - len(answers))
    task = await store.progress(connection, chunk.task_number, counts, now)
    if task is not None and task.status in tasks.ENDED:
        await vop_notices.insert(connection, task.number, now)
        disclosures.warn_of_guessing(client, task.counts.unmatched, task.records)


def _written(
    runtime: Runtime,
    client: VopClient,
    numbered: Sequence[tuple[int, ReadRecord]],
    answers: Sequence[Answer],
) -> bytes:
    wire, sees_more = runtime.payees.wire, client.sees_more(runtime.payees.policy.defaults)
    given = iter(answers)
    return b"\n".join(
        wire.write_answer(read.uetr, next(given), sees_more=sees_more)
        if read.question and read.uetr
        else wire.write_faults(read.uetr, read.faults, number)
        for number, read in numbered
    )


async def is_waiting(runtime: Runtime, now: datetime) -> bool:
    """Whether there is work, or will be soon, for processes of their own."""
    async with runtime.database.connection() as connection:
        return await store.is_waiting(connection, small_records=SMALL_RECORDS, since=now - ARRIVING)


async def let_go(runtime: Runtime, holder: str | None = None) -> int:
    """Give back the parts that a dead process holds, or, where no other can run, all of them."""
    async with runtime.database.transaction() as connection:
        return await store.let_go(connection, holder)
