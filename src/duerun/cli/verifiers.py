"""Processes that check big files of payees beside a server: started when there is work, gone when there is none."""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field

from duerun.services import verification
from duerun.services.unit import Runtime
from duerun.settings import PREFIX, Settings
from duerun.telemetry import logger

LOOK_SECONDS = 0.1
TERMINATE_SECONDS_MAX = 10.0
CONNECTIONS_MAX = 4

_log = logger("verifiers")


@dataclass(slots=True)
class Verifiers:
    """Keeps as many processes as the settings say while files wait; lets go of what a dead one held."""

    runtime: Runtime
    settings: Settings
    _running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    _started: int = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until `stop` is set; the processes end with their parts."""
        try:
            while not stop.is_set():
                await self._look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await stop.wait()
        finally:
            await self._end()

    async def _look(self) -> None:
        for holder, process in list(self._running.items()):
            if process.returncode is not None:
                del self._running[holder]
                if process.returncode:
                    _log.error("a process that checks files ended with status %d", process.returncode)
                await self._let_go(holder)
        if len(self._running) < self.settings.vop_processes and await self._is_needed():
            while len(self._running) < self.settings.vop_processes:
                await self._start()

    async def _is_needed(self) -> bool:
        try:
            return await verification.is_waiting(self.runtime, self.runtime.clock.now())
        except Exception as error:
            _log.error("whether files wait could not be found out", exc_info=error)
            return False

    async def _let_go(self, holder: str) -> None:
        try:
            await verification.let_go(self.runtime, holder)
        except Exception as error:
            _log.error("parts of a dead process wait for their lease to end", exc_info=error)

    async def _start(self) -> None:
        self._started += 1
        holder = f"{os.getpid()}/{self._started}"
        command = ("vop", "work", "--holder", holder, "--while-needed")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "duerun",
            *command,
            "--data",
            str(self.settings.data),
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env=self._environment(),
        )
        self._running[holder] = process

    def _environment(self) -> dict[str, str]:
        own = {"DATABASE_URL": self.settings.database_url, "DATABASE_CONNECTIONS_MAX": str(CONNECTIONS_MAX)}
        return {**os.environ, **{PREFIX + name: text for name, text in own.items()}}

    async def _end(self) -> None:
        for process in self._running.values():
            with suppress(ProcessLookupError):
                process.terminate()
        for process in self._running.values():
            try:
                async with asyncio.timeout(TERMINATE_SECONDS_MAX):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
