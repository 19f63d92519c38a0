"""Who acts at the command line, as the audit log tells it."""

import getpass

import pytest

from duerun.cli.owners import AT_THE_SERVER, operator


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(getpass, "getuser", lambda: "root")
    monkeypatch.delenv("SUDO_USER", raising=False)
    return monkeypatch


def test_it_is_whom_the_machine_knows(as_root: pytest.MonkeyPatch) -> None:
    assert operator() == f"{AT_THE_SERVER} (root)"


def test_who_became_root_is_told_by_the_own_name(as_root: pytest.MonkeyPatch) -> None:
    as_root.setenv("SUDO_USER", "ann")

    assert operator() == f"{AT_THE_SERVER} (ann)"


def test_what_cannot_be_read_is_replaced(as_root: pytest.MonkeyPatch) -> None:
    as_root.setenv("SUDO_USER", "ann\udcff\n")

    assert operator() == f"{AT_THE_SERVER} (ann??)"


def test_a_machine_that_knows_nobody_is_no_hindrance(as_root: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    as_root.setattr(getpass, "getuser", nobody)

    assert operator() == AT_THE_SERVER
