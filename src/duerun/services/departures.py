"""How long behind its intent a call to a gateway may leave.

Whoever commits an intent and is then held up, by a stopped process or a connection that stalls, is not alone any more
when it goes on: somebody else may have asked about the key, and may rely on "not found". So what comes too late is not
sent at all; it is asked about like an answer that was lost.
"""

import asyncio
from dataclasses import dataclass, field

from duerun.gateways.base import Gateway
from duerun.services.unit import LEASE_SECONDS_DEFAULT


def _seconds() -> float:
    """Seconds of the loop, which go on while a process is stopped; for waits alone."""
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class Departure:
    """Begun before the transaction of an intent, so before the moment at which the database says that it was sent."""

    began_at: float = field(default_factory=lambda: _seconds())

    def is_missed(self, gateway: Gateway) -> bool:
        """Whether nothing may leave any more; a gateway whose calls end at once leaves the time of a usual lease."""
        return _seconds() - self.began_at > (gateway.declared.leave_seconds_max or LEASE_SECONDS_DEFAULT)
