"""A server of the simulation's own: histories side by side need more connections than other tests leave over."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from duerun.storage.server import EmbeddedServer


@pytest.fixture(scope="package")
def dsn() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="duerun-seeds-"))
    # Root's server runs as somebody else, who must be able to enter.
    folder.chmod(0o755)
    try:
        with EmbeddedServer.start(folder, fsync=False) as running:
            yield running.dsn
    finally:
        shutil.rmtree(folder, ignore_errors=True)
