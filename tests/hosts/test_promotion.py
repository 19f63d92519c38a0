"""A primary dies under load, and its replica is promoted."""

import json

import pytest

from .conftest import Verdicts


@pytest.mark.timeout(900)
def test_money_moves_once_across_a_failover(verdicts: Verdicts) -> None:
    verdict = verdicts["promotion"].result()

    assert verdict["findings"] == {}, json.dumps(verdict, indent=1)
    assert verdict["counts"]["tries expected"] >= 80
    assert verdict["counts"]["charges by hand"] > 0
