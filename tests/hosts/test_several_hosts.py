"""Hosts that are cut off, frozen and added while money moves."""

import json

import pytest

from .conftest import Verdicts
from .network import why_not


@pytest.mark.timeout(900)
def test_money_moves_once_while_hosts_are_cut_off_frozen_and_added(verdicts: Verdicts) -> None:
    verdict = verdicts["several_hosts"].result()

    assert verdict["findings"] == {}, json.dumps(verdict, indent=1)
    assert verdict["counts"]["tries expected"] >= 360
    assert verdict["claims of the cut off"] > 0
    assert verdict["claims of the frozen"] > 0


@pytest.mark.timeout(900)
def test_hosts_are_network_namespaces(verdicts: Verdicts) -> None:
    if reason := why_not():
        pytest.skip(f"hosts are processes on the loopback, and who is cut off is frozen: {reason}")

    assert verdicts["several_hosts"].result()["hosts"] == "network namespaces"
