"""The restore drill is a command and runs here in short (incident O4)."""

import pytest

from drill import run

CYCLES = 3


@pytest.mark.timeout(1_200)
def test_each_date_is_paid_once_across_backups_under_load_and_restores() -> None:
    verdict = run(CYCLES, seed=7)
    assert verdict.is_well, verdict
    assert verdict.cycles == CYCLES
    assert verdict.found_by_recover > 0
