"""The simulation's own server in place of the one that other tests share."""

from collections.abc import Iterator

import pytest

from own_server import own_server


@pytest.fixture(scope="package")
def dsn() -> Iterator[str]:
    with own_server() as running:
        yield running
