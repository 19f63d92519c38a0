"""What of an answer may be shown to whom: budgets of names, and the audit of each name that is shown.

Source: the VOP wire specification, section 13.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from duerun.domain.payees.answers import Answer, not_applicable
from duerun.domain.payees.clients import VopClient
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.services.payee_ports import Routed
from duerun.services.unit import Runtime
from duerun.storage import vop_budgets as store
from duerun.storage.database import Connection
from duerun.telemetry import logger

HASH_BYTES = 16
HOUR = timedelta(hours=1)
KEPT = timedelta(days=2)
OVER_BUDGET = Reason.NOT_OFFERED
# A file in which more than this share of so many checks match nobody looks like guessing.
SUSPECT_CHECKS = 1_000
SUSPECT_SHARE = 0.5

_log = logger("vop")


@dataclass(slots=True)
class _Spending:
    """What an asker has left, while answers are gone through one by one."""

    asked: dict[bytes, set[bytes]]
    names_max: int
    shown: int
    shown_max: int

    def admits(self, account: bytes, name: bytes) -> bool:
        """Whether one more name may be tried on an account."""
        tried = self.asked.setdefault(account, set())
        return name in tried or len(tried) < self.names_max


async def shown(
    runtime: Runtime,
    connection: Connection,
    client: VopClient,
    end_user: str | None,
    answered: Sequence[tuple[PayeeQuestion, Routed]],
    now: datetime,
) -> list[Answer]:
    """The answers as they may be given, in the transaction that gives them.

    Over the budget an answer becomes not applicable. Names that match cost nothing: they were known.
    """
    guarded = [(question, routed) for question, routed in answered if costs(routed)]
    if not guarded:
        return [routed.answer for _, routed in answered]
    key = await _key(runtime, connection)
    asker = _hash(key, f"{client.number}/{end_user or ''}")
    await store.lock(connection, asker)
    accounts = {question.iban: _hash(key, question.iban) for question, _ in guarded}
    policy = runtime.payees.policy
    spending = _Spending(
        asked=await store.asked(connection, asker, now.date(), list(set(accounts.values()))),
        names_max=policy.names_per_iban_day_max,
        shown=await store.shown_since(connection, asker, now - HOUR),
        shown_max=policy.disclosures_hour_max,
    )
    tried: list[tuple[bytes, bytes]] = []
    told: list[tuple[bytes, str]] = []
    answers = []
    for question, routed in answered:
        answer = routed.answer
        if costs(routed):
            account = accounts[question.iban]
            answer = _spend(spending, account, _hash(key, _asked_for(question)), answer, tried, told)
        answers.append(answer)
    if tried:
        await store.note_asked(connection, asker, now.date(), tried)
    if told:
        await store.note_shown(connection, asker, client.number, end_user, told, now)
    return answers


def costs(routed: Routed) -> bool:
    """Whether an answer tells something that the budgets are about."""
    return not routed.is_practice and routed.answer.verdict in (Verdict.CLOSE, Verdict.NO_MATCH)


def _spend(
    spending: _Spending,
    account: bytes,
    name: bytes,
    answer: Answer,
    tried: list[tuple[bytes, bytes]],
    told: list[tuple[bytes, str]],
) -> Answer:
    refused = not_applicable(OVER_BUDGET, by_identification=answer.by_identification)
    if not spending.admits(account, name):
        return refused
    shows = answer.matched_name is not None
    if shows and spending.shown >= spending.shown_max:
        return refused
    if name not in spending.asked[account]:
        spending.asked[account].add(name)
        tried.append((account, name))
    if shows:
        spending.shown += 1
        told.append((account, str(answer.reason)))
    return answer


def _asked_for(question: PayeeQuestion) -> str:
    """What was guessed, so that the same guess again is no new one."""
    return question.name if question.name is not None else repr(question.identification)


async def _key(runtime: Runtime, connection: Connection) -> bytes:
    kept = runtime.payees.hash_key
    if kept.value is None:
        kept.value = await store.hash_key(connection)
    return kept.value


def _hash(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), sha256)[:HASH_BYTES]


def warn_of_guessing(client: VopClient, unmatched: int, checks: int) -> None:
    """An alarm for the operator where most of many checks match nobody."""
    if checks >= SUSPECT_CHECKS and unmatched > SUSPECT_SHARE * checks:
        _log.warning(
            "client %s: %d of %d checks of a file match nobody; names may be guessed",
            client.client_id,
            unmatched,
            checks,
        )


async def prune(runtime: Runtime, now: datetime) -> int:
    """Forget counts that no budget asks for any more."""
    async with runtime.database.connection() as connection:
        return await store.prune(connection, now - KEPT)
