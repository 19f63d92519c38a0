"""A process that has the program in memory already and forks it for each command: a life costs no start of Python.

What runs in a child is the `duerun` command itself, with arguments and environment of its own, such as `duerun work`:
all loops of the engine, a pool of its own, the check of the migrations. Asked by lines of JSON on its standard input.
"""

import gc
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import mutants
from .parts import begin

END_SECONDS_MAX = 20


class Nursery:
    """The harness's end of the pipe. All calls may come from any thread."""

    def __init__(self, folder: Path, patch: str = "") -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._number = 0
        pipe = subprocess.PIPE
        self._process = begin("nursery", patch, stdin=pipe, stdout=pipe, text=True)

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], name: str) -> int:
        """Fork the command; its process id. What it prints goes to `name`.log in the folder."""
        log = str(self._folder / f"{name}.log")
        return int(self._ask({"run": list(arguments), "environment": dict(environment), "log": log})["pid"])

    def run(self, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
        """Run a command to its end; what it printed. Raises `RuntimeError` unless it went well."""
        with self._lock:
            self._number += 1
            name = f"command-{self._number}"
        process_id = self.start(arguments, environment, name)
        status = self._ask({"wait": process_id})["status"]
        printed = (self._folder / f"{name}.log").read_text()
        if status != 0:
            raise RuntimeError(f"duerun {' '.join(arguments)}: {printed}")
        return printed

    def send(self, process_id: int, number: int) -> bool:
        """Send a signal to a child; False if it has ended by itself."""
        return bool(self._ask({"signal": number, "pid": process_id})["alive"])

    def kill(self, process_id: int) -> bool:
        """`kill -9`, and wait for the end; False if it had ended by itself."""
        return bool(self._ask({"kill": process_id})["alive"])

    def alive(self, process_id: int) -> bool:
        return self.send(process_id, 0)

    def close(self) -> None:
        """Kill all children that are left."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(END_SECONDS_MAX)
        if self._process.stdout:
            self._process.stdout.close()

    def _ask(self, question: dict[str, Any]) -> Any:
        with self._lock:
            if self._process.stdin is None or self._process.stdout is None:
                raise RuntimeError("the nursery has no pipes")
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            if not answer:
                raise RuntimeError("the nursery has ended")
            return json.loads(answer)


class _Children:
    """Children that were not waited for: only these are ever sent a signal."""

    def __init__(self) -> None:
        self._alive: set[int] = set()

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        if "run" in question:
            return {"pid": self._fork(question)}
        if "wait" in question:
            _, status = os.waitpid(question["wait"], 0)
            self._alive.discard(question["wait"])
            return {"status": os.waitstatus_to_exitcode(status)}
        if "kill" in question:
            return {"alive": self._kill(question["kill"])}
        alive = self._is_alive(question["pid"])
        if alive and question["signal"]:
            os.kill(question["pid"], question["signal"])
        return {"alive": alive}

    def _fork(self, question: dict[str, Any]) -> int:
        process_id = os.fork()
        if process_id == 0:
            _become(question)
        self._alive.add(process_id)
        return process_id

    def _is_alive(self, process_id: int) -> bool:
        if process_id in self._alive and os.waitpid(process_id, os.WNOHANG)[0] == process_id:
            self._alive.discard(process_id)
        return process_id in self._alive

    def _kill(self, process_id: int) -> bool:
        if not self._is_alive(process_id):
            return False
        os.kill(process_id, signal.SIGKILL)
        os.waitpid(process_id, 0)
        self._alive.discard(process_id)
        return True

    def end(self) -> None:
        for process_id in list(self._alive):
            with suppress(ProcessLookupError, ChildProcessError):
                self._kill(process_id)


def _become(question: dict[str, Any]) -> None:
    """Turn a fork into the command; never returns."""
    status = 1
    try:
        os.setpgid(0, 0)
        log = os.open(question["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        empty = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((empty, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.environ.update(question["environment"])
        random.seed()
        # What is told at the start is there when the process is killed.
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        status = _command(question["run"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _command(arguments: Sequence[str]) -> int:
    from duerun.cli import main

    sys.argv = ["duerun", *arguments]
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _warm() -> None:
    """Have in memory before the first fork what a command loads at its start."""
    from typer.main import get_group

    from duerun import cli

    group = get_group(cli.app)
    group.commands["work"].make_context("work", [])
    # What `app()` makes anew each time.
    cli.__dict__["app"] = group


def _serve() -> None:
    _warm()
    if fault := sys.argv[1]:
        mutants.FAULTS[fault]()
    gc.collect()
    gc.freeze()
    children = _Children()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(children.answer(json.loads(line))) + "\n")
            sys.stdout.flush()
    finally:
        children.end()


if __name__ == "__main__":
    _serve()
