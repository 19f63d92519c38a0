"""What an answer of the gateway protocol proves: nothing but what agrees with the question in every member.

Source: `docs/reference/gateway-protocol.md`.
"""

import json
from dataclasses import dataclass
from typing import Any

from duerun.gateways.base import CONFLICT as CONFLICTING
from duerun.gateways.base import NOT_FOUND, NOT_TAKEN, SUCCEEDED, UNKNOWN, Outcome, OutcomeKind, Question

OK, ACCEPTED, NOT_THERE, CONFLICT, TOO_MANY = 200, 202, 404, 409, 429
CODE_CHARS_MAX = 64
MESSAGE_CHARS_MAX = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, its body complete. Without a status nothing was understood, for the reason in `trouble`."""

    status: int | None
    body: bytes = b""
    retry_after: str | None = None
    trouble: str = ""


NOT_BEGUN = Answer(None, trouble="not begun in time")


@dataclass(frozen=True, slots=True)
class Reading:
    """An outcome, and why it is unknown; `is_alarm` for answers that tell of a wrong or a second effect."""

    outcome: Outcome
    reason: str = ""
    is_alarm: bool = False


class _NotUnderstoodError(ValueError):
    """A body that is no answer of the protocol; its text tells why, and quotes nothing."""


def read_answer(question: Question, answer: Answer, *, is_lookup: bool) -> Reading:
    """The outcome of one call; whatever the protocol does not know is unknown."""
    if answer is NOT_BEGUN and not is_lookup:
        return Reading(NOT_TAKEN, answer.trouble)
    if answer.status is None:
        return Reading(UNKNOWN, answer.trouble)
    if answer.status == NOT_THERE and is_lookup:
        return Reading(NOT_FOUND)
    if answer.status == CONFLICT and not is_lookup:
        return Reading(CONFLICTING, "the gateway knows another request under this key", is_alarm=True)
    if answer.status not in (OK, ACCEPTED):
        return Reading(UNKNOWN, f"status {answer.status}")
    try:
        return _read_body(question, _parsed(answer.body), is_final=answer.status == OK)
    except _NotUnderstoodError as error:
        return Reading(UNKNOWN, str(error))


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once)
    except _NotUnderstoodError:
        raise
    except (ValueError, RecursionError):
        raise _NotUnderstoodError("the answer is no JSON") from None
    if not isinstance(value, dict):
        raise _NotUnderstoodError("the answer is no JSON object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _NotUnderstoodError("the answer has a member twice")
    return dict(pairs)


def _read_body(question: Question, value: dict[str, Any], *, is_final: bool) -> Reading:
    status = value.get("status")
    if value.get("key") != question.key:
        return Reading(UNKNOWN, "the answer is for another key", is_alarm=True)
    if status == "pending":
        return Reading(UNKNOWN, "pending")
    if not is_final:
        return Reading(UNKNOWN, "status 202 with an outcome that is not pending")
    if status == "succeeded":
        disagreement = _disagreement(question, value)
        return Reading(UNKNOWN, disagreement, is_alarm=True) if disagreement else _success(question, value)
    if status == "refused":
        return _refusal(question, value)
    return Reading(UNKNOWN, "the status of the answer is not known")


def _success(question: Question, value: dict[str, Any]) -> Reading:
    if question.amount_minor is not None:
        return Reading(SUCCEEDED)
    return Reading(Outcome(OutcomeKind.SUCCEEDED, amount_minor=value["amount"]))


def _disagreement(question: Question, value: dict[str, Any]) -> str:
    amount, currency = value.get("amount"), value.get("currency")
    if type(amount) is not int or amount <= 0 or question.amount_minor not in (None, amount):
        return "the amount of the answer is not the one that was asked for"
    if not isinstance(currency, str) or currency.upper() != question.currency.upper():
        return "the currency of the answer is not the one that was asked for"
    return ""


def _refusal(question: Question, value: dict[str, Any]) -> Reading:
    """A refusal needs its code; an amount and a currency that are told all the same have to agree."""
    told = {"amount": question.amount_minor or 1, "currency": question.currency} | value
    disagreement = _disagreement(question, told)
    if disagreement:
        return Reading(UNKNOWN, disagreement, is_alarm=True)
    code, message = value.get("code"), value.get("message", "refused")
    if not (isinstance(code, str) and 0 < len(code) <= CODE_CHARS_MAX and code.isprintable()):
        return Reading(UNKNOWN, "the refusal has no code")
    if not isinstance(message, str):
        return Reading(UNKNOWN, "the message of the refusal is no text")
    shown = "".join(each if each.isprintable() else " " for each in message[:MESSAGE_CHARS_MAX]).strip()
    return Reading(Outcome(OutcomeKind.REFUSED, code, shown or "refused"))
