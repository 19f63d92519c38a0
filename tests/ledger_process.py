"""A processor in a process of its own, whose ledger is a file: it lives on while installations come and go.

`python ledger_process.py LEDGER SEED FAULTS` prints its address and serves until it is ended.
"""

import json
import os
import random
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

from processor import Book, Effect, Processor

KINDS = {
    "POST": ("answer_lost", "500_done", "502_not_done", "wrong_amount"),
    "GET": ("500", "lost", "wrong_key"),
}


@dataclass
class LedgerBook(Book):
    """Writes each effect down before it is answered."""

    path: str = ""
    by_key: dict[str, Effect] = field(default_factory=dict)

    def fault(self, method: str, key: str) -> str | None:
        with self.lock:
            self.calls[method, key] += 1
            dice = random.Random(f"{self.seed}:{method}:{key}:{self.calls[method, key]}")  # noqa: S311 - seeded
        return dice.choice(KINDS[method]) if dice.random() < self.faults else None

    def of(self, key: str) -> Effect | None:
        return self.by_key.get(key)

    def carry_out(self, kind: str, request: dict[str, Any]) -> Effect | None:
        known = self.by_key.get(request["key"])
        effect = super().carry_out(kind, request)
        if effect is not None and known is None:
            with self.lock:
                if request["key"] not in self.by_key:
                    self.by_key[request["key"]] = effect
                    self._write(effect)
        elif effect is None:
            with self.lock:
                self._append({"conflict": request["key"]})
        return effect

    def _write(self, effect: Effect) -> None:
        told = {name: effect.request[name] for name in ("key", "reference", "attempt", "amount", "currency")}
        self._append(told | {"refusal": effect.refusal})

    def _append(self, line: dict[str, Any]) -> None:
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())


def main() -> None:
    """Serve until the end of the process."""
    path, seed, faults = sys.argv[1:]
    with Processor(LedgerBook(path=path, seed=int(seed), faults=float(faults))) as processor:
        print(processor.url, flush=True)  # noqa: T201 - the parent reads it
        threading.Event().wait()


if __name__ == "__main__":
    main()
