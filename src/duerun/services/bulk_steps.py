"""What a person does to a bulk job: try it first, commit, approve, pause, resume, cancel (Duerun's own)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from duerun.domain.bulk_duplicates import DuplicateRule, settle_duplicates
from duerun.domain.bulk_jobs import BulkJob, JobEvent, JobState, apply
from duerun.domain.errors import NotFoundError, RejectedError
from duerun.domain.outlook import count_between, months_ahead
from duerun.domain.recurrence import rule_of
from duerun.services.unit import Runtime, Unit
from duerun.storage import bulk as store
from duerun.storage.bulk import Group

KIND = "recurring_export"
TOTALS_MONTHS = 12


async def get_job(unit: Unit, job_id: str, *, lock: bool = False) -> BulkJob:
    """A job, also one past its retention; with `lock` no importer works on it until the transaction ends."""
    job = await store.fetch_job(unit.connection, unit.account, job_id, lock=lock)
    if job is None:
        raise NotFoundError(KIND, job_id)
    return job


async def check(unit: Unit, job: BulkJob, through: int, runtime: Runtime, *, locked: bool = False) -> None:
    """Check the next rows of a job; what was found stands in the chunk until the transaction ends.

    The account is held for as long, unless another transaction has `locked` it.
    """
    rule, by_terms, by_key = duplicate_rule(runtime)
    if not locked:
        await store.lock_account(unit.connection, unit.account)
    candidates = await store.check_chunk(
        unit.connection,
        unit.account,
        job,
        through=through,
        today=unit.account.today(unit.now),
        by_terms=by_terms,
        by_key=by_key,
    )
    await store.mark_duplicates(unit.connection, settle_duplicates(candidates, rule=rule))


def duplicate_rule(runtime: Runtime) -> tuple[DuplicateRule, bool, bool]:
    """The rule, and whether it looks at terms and at keys."""
    rule = DuplicateRule(runtime.bulk.duplicate_rule)
    by_terms = rule in (DuplicateRule.TERMS, DuplicateRule.TERMS_OR_KEY)
    return rule, by_terms, rule in (DuplicateRule.KEY, DuplicateRule.TERMS_OR_KEY)


async def try_out(unit: Unit, job: BulkJob, runtime: Runtime) -> int:
    """Check all rows of a dry run and note what was found; how many rows."""
    await check(unit, job, job.total_rows, runtime)
    _, by_terms, by_key = duplicate_rule(runtime)
    await store.tell_other_duplicates(unit.connection, unit.account, by_terms=by_terms, by_key=by_key)
    groups = await store.amounts(unit.connection)
    await store.note_chunk(unit.connection, unit.account, job, totals=totals_of(unit, groups), now=unit.now)
    return job.total_rows


def totals_of(unit: Unit, groups: Sequence[Group]) -> list[dict[str, Any]]:
    """What rows would move in each of the next months, by currency; transfers of a share have no amount."""
    months = months_ahead(unit.account.today(unit.now), TOTALS_MONTHS)
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for group in groups:
        rule = rule_of(
            every=group.every,
            period=group.period,
            on_text=group.on_text,
            start_on=group.start_on,
            end_on=group.end_on,
        )
        kind = "transfer" if group.is_transfer else "charge"
        for first, last in months:
            if dates := count_between(rule, first, last):
                month = sums.setdefault(
                    (f"{first:%Y-%m}", group.currency),
                    {"charges": 0, "charge_amount": 0, "transfers": 0, "transfer_amount": 0},
                )
                month[f"{kind}s"] += dates * group.schedules
                month[f"{kind}_amount"] += dates * group.amount_minor
    return [
        {"month": month, "currency": currency} | sums[month, currency] for month, currency in sorted(sums)
    ]


async def commit(unit: Unit, job_id: str, runtime: Runtime) -> BulkJob:
    """Let a dry run be applied as it was tried; `RejectedError` names the first row that has changed since."""
    job = await get_job(unit, job_id, lock=True)
    if not job.dry_run or job.state is not JobState.COMPLETED:
        raise RejectedError("only a dry run that is completed can be committed")
    await check(unit, _from_the_start(job), job.total_rows, runtime)
    changed = await store.first_changed(unit.connection, job, today=unit.account.today(unit.now))
    if changed is not None:
        raise RejectedError(f"row {changed.row_number} has changed since the dry run: {changed.told}")
    state = state_to_begin_with(unit, job)
    unit.note("bulk.commit", job.id, rows=job.total_rows)
    await store.commit_job(unit.connection, unit.account, job.number, state=state, now=unit.now)
    return await get_job(unit, job.id)


def _from_the_start(job: BulkJob) -> BulkJob:
    return replace(job, processed_rows=0)


def state_to_begin_with(unit: Unit, job: BulkJob) -> JobState:
    """Whether a job may be applied at once, or waits for a second person.

    The amount counts for each currency on its own; what a transfer of a share of the balance takes nobody knows yet.
    """
    account = unit.account
    many = 0 < account.bulk_approval_rows < job.total_rows
    limit = account.bulk_approval_amount
    much = limit > 0 and (job.open_transfers or limit < job.amount_minor)
    return JobState.AWAITING_APPROVAL if many or much else JobState.PENDING


async def approve(unit: Unit, job_id: str, *, user: str) -> BulkJob:
    """Let a job go on that waits for a second person, who is named by the key and has not uploaded it."""
    job = await get_job(unit, job_id, lock=True)
    state = apply(job.state, JobEvent.APPROVE)
    if not user:
        raise RejectedError("a job is approved with a key that has a user: see duerun keys create --user")
    if user == job.uploaded_by:
        raise RejectedError("a job is approved by another user than the one who uploaded it")
    unit.note("bulk.approve", job.id, by=user, uploaded_by=job.uploaded_by or None, rows=job.total_rows)
    return await _stepped(unit, job, state, approved_by=user)


async def pause(unit: Unit, job_id: str) -> BulkJob:
    """Let a job stand still behind its last finished rows."""
    return await _step(unit, job_id, JobEvent.PAUSE)


async def resume(unit: Unit, job_id: str) -> BulkJob:
    """Let a paused job go on."""
    return await _step(unit, job_id, JobEvent.RESUME)


async def cancel(unit: Unit, job_id: str) -> BulkJob:
    """Give the rest of a job up; what was applied stays, and the report tells the three kinds of rows apart."""
    return await _step(unit, job_id, JobEvent.CANCEL)


async def _step(unit: Unit, job_id: str, event: JobEvent) -> BulkJob:
    job = await get_job(unit, job_id, lock=True)
    unit.note(f"bulk.{event.name.lower()}", job.id)
    return await _stepped(unit, job, apply(job.state, event))


async def _stepped(unit: Unit, job: BulkJob, state: JobState, *, approved_by: str | None = None) -> BulkJob:
    if state is not job.state:
        await store.step_job(
            unit.connection, unit.account, job.number, state=state, approved_by=approved_by, now=unit.now
        )
    unit.touch(job.id)
    return await get_job(unit, job.id)


async def same_file(unit: Unit, job: BulkJob, digest: bytes, runtime: Runtime) -> str | None:
    """The job that was made of the same bytes before, as long as it tells the truth about them.

    Rows that failed may succeed now, and schedules that have ended may be made again.
    """
    return await store.same_file(
        unit.connection,
        unit.account,
        job,
        digest,
        after=unit.now - timedelta(days=runtime.bulk.retention_days),
        completed_after=unit.now - timedelta(hours=runtime.idempotency_hours),
    )
