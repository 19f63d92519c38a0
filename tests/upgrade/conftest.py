"""A server of their own: processes of two versions need more connections than other tests leave over."""

from collections.abc import Iterator

import pytest

from own_server import own_server


@pytest.fixture(scope="package")
def dsn() -> Iterator[str]:
    with own_server() as running:
        yield running
