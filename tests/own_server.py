"""A server of its own for tests of many processes, which need more connections than others leave over."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duerun.storage.server import EmbeddedServer


@contextmanager
def own_server() -> Iterator[str]:
    """The conninfo of a server without fsync, which is gone at the end with all that it holds."""
    folder = Path(tempfile.mkdtemp(prefix="duerun-own-"))
    # Root's server runs as somebody else, who must be able to enter.
    folder.chmod(0o755)
    try:
        with EmbeddedServer.start(folder, fsync=False) as running:
            yield running.dsn
    finally:
        shutil.rmtree(folder, ignore_errors=True)
