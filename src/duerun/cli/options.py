"""Options that several commands share, and the settings that they overrule."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from duerun import settings as options
from duerun.settings import Settings

Data = Annotated[Path | None, typer.Option("--data", help="Folder that holds everything. Default: ./.duerun")]
Host = Annotated[str | None, typer.Option("--host", help="Address to listen on. Default: 127.0.0.1")]
Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65_535, help="Port to listen on. Default: 8080")
]
HealthPort = Annotated[
    int | None,
    typer.Option(
        "--health-port", min=1, max=65_535, help="Port of /healthz, /readyz, /metrics. Default: none"
    ),
]
Url = Annotated[
    str | None, typer.Option("--url", help="Address of the server. Default: http://127.0.0.1:8080")
]
Key = Annotated[
    str | None, typer.Option("--key", help="Secret key. Default: DUERUN_CLIENT_KEY, or the key of duerun dev")
]
GatewayUrl = Annotated[
    str | None,
    typer.Option(
        "--gateway-url", help="Base address of the processor that moves money. Default: the sandbox"
    ),
]
GatewayToken = Annotated[
    str | None, typer.Option("--gateway-token", help="Bearer token that the processor is shown.")
]
GatewayTimeout = Annotated[
    float | None,
    typer.Option("--gateway-timeout-seconds", min=0.1, help="Time limit of a call. Default: 10"),
]
GatewayMaxProcessing = Annotated[
    float | None,
    typer.Option(
        "--gateway-max-processing-seconds",
        min=0,
        help="How long behind a call the processor may not know of it yet. Default: 60",
    ),
]
GatewayConcurrency = Annotated[
    int | None, typer.Option("--gateway-concurrency", min=1, help="Calls at once. Default: 32")
]
GatewaySupportsKey = Annotated[
    bool | None,
    typer.Option(
        "--gateway-supports-key/--gateway-no-key",
        help="Whether the processor has no second effect under a key. Default: it has none",
    ),
]
GatewayKeyWindow = Annotated[
    float | None,
    typer.Option(
        "--gateway-key-window-seconds",
        min=0,
        help="How long the processor keeps a key behind its first send. Default: 0, for good",
    ),
]
GatewayLookup = Annotated[
    bool | None,
    typer.Option(
        "--gateway-lookup/--gateway-no-lookup",
        help="Whether the processor can be asked what became of a key. Default: it can",
    ),
]
Live = Annotated[bool, typer.Option("--live/--test", help="The mode of the keys.")]
AccountId = Annotated[
    str | None, typer.Option("--account", help="Account, as in account_...; needed if there are several.")
]


def read(**given: Any) -> Settings:
    """The settings of the environment, overruled by the options that were given."""
    return options.read(os.environ, **given)
