"""How long a processor is left alone that turned a request away.

Source: `docs/reference/gateway-protocol.md`.
"""

RETRY_AFTER_SECONDS_MAX = 60.0
WAIT_SECONDS_FIRST = 1.0
WAIT_SECONDS_MAX = 16.0


class Rest:
    """As long as it asks for; where that cannot be meant, longer from time to time. In seconds of a loop's clock."""

    def __init__(self) -> None:
        self.ends_at = 0.0
        self._times = 0

    def seconds(self, now: float) -> float:
        """What is left of it."""
        return max(0.0, self.ends_at - now)

    def turned_away(self, now: float, retry_after: str | None) -> None:
        """A request was turned away; those that were under way with another one count as one."""
        if now >= self.ends_at:
            self._times += 1
        self.ends_at = max(self.ends_at, now + wait_seconds(retry_after, self._times))

    def let_in(self) -> None:
        """A request was answered."""
        self._times = 0


def wait_seconds(retry_after: str | None, times: int) -> float:
    """The whole seconds of a `Retry-After` of a minute at most, or a wait that doubles with each time.

    Whoever asks for more is asked again all the same: nobody is to stop payments for good by one answer.
    """
    text = (retry_after or "").strip()
    # More digits than this are more than a minute, whatever they are.
    if text.isascii() and text.isdigit() and len(text) < 9 and float(text) <= RETRY_AFTER_SECONDS_MAX:
        return float(text)
    return min(WAIT_SECONDS_FIRST * 2.0 ** min(max(times - 1, 0), 10), WAIT_SECONDS_MAX)
