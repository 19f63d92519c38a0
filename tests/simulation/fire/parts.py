"""How the processes of the harness itself are started: modules of this package, with the tests on their path."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

TESTS = Path(__file__).parents[2]
PACKAGE = "simulation.fire"


def begin(
    module: str, *arguments: str, log: IO[bytes] | None = None, **options: Any
) -> "subprocess.Popen[Any]":
    """Start a module of the package; what it prints goes to `log`, or where the options say."""
    command = [sys.executable, "-m", f"{PACKAGE}.{module}", *arguments]
    if log is not None:
        options |= {"stdout": log, "stderr": log}
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(TESTS)}, **options)


def end_with_parent() -> None:
    """Die when whoever holds the other end of the standard input does, however that came about."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
