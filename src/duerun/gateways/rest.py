"""How long a processor is left alone that turned a request away.

Source: `docs/reference/gateway-protocol.md`.
"""

RETRY_AFTER_SECONDS_MAX = 60.0
WAIT_SECONDS_FIRST = 1.0


class Rest:
    """As long as it asks for; where that cannot be right, longer each time. In seconds of a loop's clock."""

    def __init__(self) -> None:
        self.ends_at = 0.0
        self._times = 0

    def seconds(self, now: float) -> float:
        """What is left of it."""
        return max(0.0, self.ends_at - now)

    def turned_away(self, began: float, now: float, retry_after: str | None) -> None:
        """A request that was begun at `began` was turned away; those that were under way together count once."""
        asked = asked_seconds(retry_after)
        if asked is None:
            self._times += began >= self.ends_at
            asked = wait_seconds(self._times)
        self.ends_at = max(self.ends_at, now + asked)

    def let_in(self, began: float) -> None:
        """A request was answered; one that was begun before the last rest tells nothing of it."""
        if began >= self.ends_at:
            self._times = 0


def asked_seconds(retry_after: str | None) -> float | None:
    """The whole seconds of a `Retry-After`, from one to a minute; None where it says nothing of the kind."""
    text = (retry_after or "").strip()
    # More digits than this are more than a minute, whatever they are.
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        return None
    seconds = float(text)
    return seconds if 1.0 <= seconds <= RETRY_AFTER_SECONDS_MAX else None


def wait_seconds(times: int) -> float:
    """A wait that doubles each time, up to a minute: no single answer stops payments for as long."""
    return min(WAIT_SECONDS_FIRST * 2.0 ** min(max(times - 1, 0), 10), RETRY_AFTER_SECONDS_MAX)
