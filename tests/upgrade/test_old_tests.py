"""The older version's own tests, over the schema of this one. Incident O3."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .builds import NEW, old_build, why_no_old
from .test_rolling_upgrade import ON_DEMAND

# Those of the money path and of the faces; what counts migrations or reads a table's shape is left out.
CHOSEN = ("tests/engine", "tests/services", "tests/omise", "tests/conformance/test_gateways.py")
SECONDS_MAX = 1_800


@pytest.mark.timeout(SECONDS_MAX + 60)
@pytest.mark.skipif(not ON_DEMAND, reason="it takes minutes: make upgrade")
@pytest.mark.skipif(why_no_old() is not None, reason=str(why_no_old()))
def test_the_older_version_passes_its_tests_on_this_schema(tmp_path: Path) -> None:
    old = old_build(tmp_path / "old")
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DUERUN_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "new_schema", *CHOSEN],
        cwd=old.tree,
        env=kept
        | {
            "PYTHONPATH": os.pathsep.join((str(old.source), str(Path(__file__).parent))),
            "DUERUN_NEW_MIGRATIONS": str(NEW.source / "duerun/storage/migrations"),
        },
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
