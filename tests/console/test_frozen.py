"""What the console answers while nothing may be sent."""

from typing import Any

from starlette.requests import Request

from duerun.domain.errors import FrozenError
from duerun.services.freezing import BY_HAND, told
from duerun.services.unit import Runtime
from duerun.web.console.face import Console
from duerun.web.console.options import ConsoleOptions
from duerun.web.console.visit import Page, Visit


async def test_a_freeze_is_told_with_what_to_do_and_not_as_a_database_that_is_away(runtime: Runtime) -> None:
    async def send(visit: Visit) -> Any:
        raise FrozenError(told(BY_HAND))

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/console/send",
        "query_string": b"",
        "headers": [],
    }
    scope |= {"scheme": "http", "server": ("localhost", 80), "path_params": {}}

    answer = await Console(runtime, ConsoleOptions(), []).answer(
        Request(scope), {"GET": Page("GET", "/console/send", send, role=None)}
    )
    text = bytes(answer.body).decode()

    assert answer.status_code == 503
    assert "a person has frozen it. Run duerun recover" in text
    assert "Nothing was changed" in text
    assert "database" not in text
