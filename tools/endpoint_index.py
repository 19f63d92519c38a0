"""What Omise's interface documents, as data: each endpoint, and why one is not served yet.

Source: the wire specification, 17.
"""

from typing import NamedTuple


class Group(NamedTuple):
    """A part of the interface: its endpoints as `METHOD[,METHOD] PATH`."""

    title: str
    endpoints: tuple[str, ...]


INDEX = (
    Group(
        "Tokens, customers, cards",
        (
            "POST /tokens",
            "GET /tokens/{id}",
            "POST,GET /customers",
            "GET,PATCH,DELETE /customers/{id}",
            "GET /customers/{id}/cards",
            "GET,PATCH,DELETE /customers/{id}/cards/{card}",
            "GET /customers/{id}/schedules",
        ),
    ),
    Group(
        "Charges and refunds",
        (
            "POST,GET /charges",
            "GET,PATCH /charges/{id}",
            "POST /charges/{id}/capture",
            "POST /charges/{id}/reverse",
            "POST /charges/{id}/expire",
            "POST /charges/{id}/mark_as_paid",
            "POST /charges/{id}/mark_as_failed",
            "GET /charges/{id}/events",
            "POST,GET /charges/{id}/refunds",
            "GET /charges/{id}/refunds/{refund}",
            "GET /refunds",
            "GET /charges/schedules",
            "GET /charges/schedules/search",
        ),
    ),
    Group(
        "Recipients and transfers",
        (
            "POST,GET /recipients",
            "GET,PATCH,DELETE /recipients/{id}",
            "PATCH /recipients/{id}/verify",
            "GET /recipients/{id}/schedules",
            "POST,GET /transfers",
            "GET,PATCH,DELETE /transfers/{id}",
            "POST /transfers/{id}/mark_as_sent",
            "POST /transfers/{id}/mark_as_paid",
            "GET /transfers/schedules",
            "GET /transfers/schedules/search",
        ),
    ),
    Group(
        "Schedules, occurrences, bulk files",
        (
            "POST,GET /schedules",
            "GET,DELETE /schedules/{id}",
            "GET /schedules/{id}/occurrences",
            "GET /occurrences/{id}",
            "POST /schedules/upload",
            "GET /recurring_exports/{id}",
            "GET /recurring_exports/{id}/download",
            "PATCH /schedules/bulk_pause",
            "PATCH /schedules/bulk_resume",
            "DELETE /schedules/bulk_delete",
        ),
    ),
    Group(
        "Account, money, events",
        (
            "GET,PATCH /account",
            "GET /balance",
            "GET /capability",
            "GET /transactions",
            "GET /transactions/{id}",
            "GET /receipts",
            "GET /receipts/{id}",
            "GET /search",
            "GET /events",
            "GET /events/{id}",
            "POST,GET /webhooks/secrets",
            "GET,DELETE /webhooks/secrets/{id}",
        ),
    ),
    Group(
        "Links, disputes, sources",
        (
            "POST,GET /links",
            "GET,DELETE /links/{id}",
            "GET /disputes",
            "GET /disputes/open",
            "GET /disputes/pending",
            "GET /disputes/closed",
            "GET,PATCH /disputes/{id}",
            "PATCH /disputes/{id}/accept",
            "POST,GET /sources",
            "GET /sources/{id}",
        ),
    ),
)

_EMPTY = "answers an empty list: there are none"
_ABSENT_ID = "answers `not_found`: there are none"

# Answered, but there is nothing behind it.
EMPTY = {
    "POST /links": "refused: links are not supported",
    "GET /links": _EMPTY,
    "GET /links/{id}": _ABSENT_ID,
    "DELETE /links/{id}": _ABSENT_ID,
    "GET /disputes": _EMPTY,
    "GET /disputes/open": _EMPTY,
    "GET /disputes/pending": _EMPTY,
    "GET /disputes/closed": _EMPTY,
    "GET /disputes/{id}": _ABSENT_ID,
    "PATCH /disputes/{id}": _ABSENT_ID,
    "PATCH /disputes/{id}/accept": _ABSENT_ID,
    "POST /sources": "refused: cards are the one way to pay",
    "GET /sources": _EMPTY,
    "GET /sources/{id}": _ABSENT_ID,
}

MISSING: dict[str, str] = {}

# What is no endpoint and is not there yet either: the part, and what happens instead.
ABSENT = (
    (
        "Gateways for live mode",
        "without an attached processor (docs/reference/gateway-protocol.md) a charge with a live key is refused",
    ),
    (
        "`platform_fee`, `linked_account`, `zero_interest_installments`",
        "ignored, as other unknown parameters",
    ),
    ("Chains, forex, integrations, documents", "their paths are answered with `not_found`"),
    ("Exchange rates", "amounts are charged one to one in the currency that is given"),
    (
        "Verification of payees: the reason behind a `NOAP` of a file",
        "verdicts are counted, their reasons are neither kept nor shown; `duerun vop compare` tells those of names",
    ),
    (
        "Verification of payees: `Accept-Language`",
        "checked and kept, but an account's names have one language",
    ),
    (
        "Verification of payees: opting out of checks for a package of orders",
        "a requester that opts out does not ask; nothing is recorded here",
    ),
    ("Verification of payees in `/openapi.json`", "described in `docs/reference/vop.md` only"),
    ("Verification of payees: mutual TLS for requesters", "a proxy in front may ask for certificates"),
    ("Transfers made by hand in live mode", "they wait: only the transfers of schedules are sent"),
)


def documented() -> list[tuple[str, list[str]]]:
    """The groups with their endpoints one by one, as `METHOD PATH`."""
    return [(group.title, [each for line in group.endpoints for each in _single(line)]) for group in INDEX]


def _single(line: str) -> list[str]:
    methods, path = line.split(" ")
    return [f"{method} {path}" for method in methods.split(",")]
