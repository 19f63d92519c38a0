"""The own directory: one name that cannot be compared is no answer, and no more than that."""

from datetime import UTC, datetime
from typing import Any

import pytest

from duerun.domain.payees.accounts import HeldAccount, hold
from duerun.domain.payees.answers import AccountStatus, HolderKind
from duerun.domain.payees.compare import HeldName, NameKind, compare, prepare
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.questions import PayeeQuestion
from duerun.responders.base import Terms
from duerun.responders.directory import DirectoryResponder


async def test_a_name_that_cannot_be_compared_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(given: str, *rest: Any) -> Any:
        if given == "Breaks It":
            raise ValueError(f"cannot read {given}")
        return compare(given, *rest)

    monkeypatch.setattr("duerun.responders.directory.compare", failing)
    sent = [
        PayeeQuestion("NL91ABNA0417164300", name, None, None, "ABNANL2A")
        for name in ("Breaks It", "Anna Beker")
    ]
    held = hold(
        HolderKind.PERSON, AccountStatus.ACTIVE, prepare([HeldName("Anna Becker")], NameKind.PERSON, "NL")
    )

    async def find(_: object) -> dict[str, list[HeldAccount]]:
        return {"NL91ABNA0417164300": [held]}

    terms = Terms(PROFILES["balanced"], datetime.now(UTC))
    found = await DirectoryResponder(find).verify(sent, terms)

    assert [each.verdict for each in found] == ["NOAP", "CMTC"]
    assert "could not be compared" in caplog.text
    assert "Breaks It" not in caplog.text
