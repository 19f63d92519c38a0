"""A replica that was behind is promoted, and `duerun recover` asks for what it never had."""

import json

import pytest

from .conftest import Verdicts


@pytest.mark.timeout(900)
def test_what_a_late_replica_never_had_is_settled_and_not_paid_again(verdicts: Verdicts) -> None:
    verdict = verdicts["replica_behind"].result()

    assert verdict["findings"] == {}, json.dumps(verdict, indent=1)
    assert verdict["lost by the replica"] > 0
    assert "had taken effect: settled" in verdict["told"]
