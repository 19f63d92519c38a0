"""Bulk files as their senders see them: sent, applied, and reported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from duerun.services import bulk
from duerun.services.unit import Runtime

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Files:
    """Sends files for one account and lets the importer finish."""

    api: Any
    runtime: Runtime

    def send(self, data: bytes, *, name: str = "members.csv", content_type: str = "text/csv") -> Any:
        """The answer to an upload."""
        return self.api.call("POST", "/schedules/upload", files={"file": (name, data, content_type)})

    async def apply(self, data: bytes, **given: str) -> Any:
        """The job of an upload, when it is done."""
        answer = self.send(data, **given)
        assert answer.status_code == 200, answer.text
        await self.settle()
        job = self.api.get(answer.json()["location"])
        assert job["state"] == "completed"
        return job

    async def settle(self) -> None:
        while await bulk.process_pending(self.runtime, datetime.now(UTC)):
            pass

    def report(self, job: Any, query: str = "") -> Any:
        answer = self.api.call("GET", f"{job['location']}/download{query}")
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture
async def files_of(runtime: Runtime) -> Callable[[Any], Files]:
    """Makes senders of files. What other tests left open is done first."""
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass
    return lambda api: Files(api, runtime)


@pytest.fixture
def files(api: Any, files_of: Callable[[Any], Files]) -> Files:
    return files_of(api)
