"""A token bucket for each key, in this process: a rate with a burst."""

import math
import time
from collections import OrderedDict

BURST = 100
KEYS_MAX = 10_000


class RateLimiter:
    """Counts requests by key; forgets the keys that were quiet for longest."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, *, per_minute: int) -> int:
        """Count one request: 0 when it may pass, else the whole seconds to wait."""
        now = time.monotonic()
        tokens, since = self._buckets.pop(key, (float(BURST), now))
        tokens = min(float(BURST), tokens + (now - since) * per_minute / 60)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > KEYS_MAX:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - tokens) * 60 / per_minute))
