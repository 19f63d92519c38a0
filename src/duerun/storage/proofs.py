"""What a request takes for granted until its first statement: who calls, as this process knew it a moment ago.

The proof is asked for in the same exchange with the database as that statement, or in one before it, and nothing is
told or changed without it. A key that was revoked, or an account that was changed, counts at once, as it would if each
request asked first.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class OutdatedError(Exception):
    """What was known of the caller does not hold any more."""


@dataclass(slots=True, eq=False)
class Proof:
    """That the rows of a key and its account are those of which `expected` is the hash, at real time `now`."""

    key_hash: bytes
    now: datetime
    expected: int
    is_given: bool = False

    def parameters(self) -> dict[str, Any]:
        """Those of `queries/caller_proof.sql`."""
        return {"caller_hash": self.key_hash, "caller_now": self.now}

    def take(self, told: int | None) -> None:
        """Take what the database tells, None for a key that is not there; raises `OutdatedError`."""
        if told != self.expected:
            raise OutdatedError
        self.is_given = True


# Of the request that is being answered, if it is to be proved yet who calls.
PROOF: ContextVar[Proof | None] = ContextVar("proof", default=None)
