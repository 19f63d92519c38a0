"""Word within a process that there is something to do, so that a loop of it need not find that by looking."""

from collections.abc import Callable


class Bell:
    """Rung behind the commit of what there is to do; who listens must be quick, and looks on by itself as before."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def listen(self, call: Callable[[], None]) -> None:
        self._listeners.append(call)

    def ring(self) -> None:
        for call in self._listeners:
            call()
