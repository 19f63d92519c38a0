"""Faults of the product that the harness has to find; they are switched on by its own tests only."""

import dataclasses
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from duerun.services import due_payments, gateway_calls


def _fresh_keys() -> None:
    """Each send draws a key of its own, as if it were another payment, and nobody compares it with the first."""
    original: Callable[..., Any] = due_payments.__dict__["_request"]

    def request(*arguments: Any) -> Any:
        made = original(*arguments)
        return dataclasses.replace(made, key=f"occu_test_{uuid4().hex}")

    due_payments.__dict__["_request"] = request
    # The product's second line: it holds what it sends against what it sent first.
    gateway_calls.__dict__["_is_the_same"] = lambda *arguments: True


def _sent_again() -> None:
    """What is not known is sent again, and nobody asks about it."""
    original: Callable[..., Any] = due_payments.__dict__["lose"]

    async def lose(runtime: Any, account: Any, now: Any, claims: Any) -> None:
        await original(runtime, account, now, claims)
        if claims:
            async with runtime.unit(account, now) as unit:
                await unit.connection.execute(
                    "UPDATE occurrences SET state = 'due' WHERE id = ANY(%s)",
                    [[claim.due.id for claim in claims]],
                )

    due_payments.__dict__["lose"] = lose


FAULTS = {"fresh keys": _fresh_keys, "sent again": _sent_again}
