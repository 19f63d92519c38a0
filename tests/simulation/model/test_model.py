"""Schedules against a model of them, under any steps that a caller can take."""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from conftest import Api, HttpServer, new_account
from duerun.assembly import build_runtime, close
from duerun.services import access
from duerun.settings import Settings
from simulation.model.machine import Schedules

EXAMPLES = int(os.environ.get("DUERUN_MODEL_EXAMPLES", "0"))
# A short walk in every run of the tests; `make model` goes further, and another way each time.
PROFILE = settings(
    max_examples=EXAMPLES or 20,
    stateful_step_count=30,
    derandomize=not EXAMPLES,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def new_caller(dsn: str, http: HttpServer) -> Iterator[Callable[[str], Api]]:
    """Makes accounts of a zone, from a thread with an event loop of its own."""

    async def make(zone: str) -> Api:
        runtime = build_runtime(Settings(), dsn)
        await runtime.database.open()
        try:
            made = await new_account(runtime, http.url)
            await access.set_options(runtime, made.account_id, {"timezone": zone})
            return made
        finally:
            await close(runtime)

    with ThreadPoolExecutor(1) as threads:
        yield lambda zone: threads.submit(asyncio.run, make(zone)).result()


@pytest.mark.timeout(0 if EXAMPLES else 900)
def test_schedules_do_what_the_model_says_whatever_is_asked(new_caller: Callable[[str], Any]) -> None:
    class OfThisServer(Schedules):
        caller = staticmethod(new_caller)

    run_state_machine_as_test(OfThisServer, settings=PROFILE)
