"""Rows and results between the steps of a check: results that do not fit the file are never mapped to it."""

import io

import pytest

from duerun.cli.payee_spool import REFUSED, Spool
from duerun.domain.errors import RejectedError, UnavailableError
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Verdict
from duerun.web.payees.faults import Fault
from duerun.web.payees.payee_rows import PayeeRow

QUESTION = PayeeQuestion("NL62DUER0000000002", "Carlos Sørensen", None, None, "DUERNL2A")
FAULT = Fault("INVALID_FIELD", "Row 2 is blank")
ONE = b'{"uetr":"u-1","partyNameMatch":"MTCH"}\n'
THREE = b'{"uetr":"u-3","errors":[{"title":"INVALID_FIELD","detail":"no"}]}\n'


def row(number: int, *faults: Fault) -> PayeeRow:
    question = None if faults else QUESTION
    return PayeeRow(number, f"E-{number}", f"u-{number}", question, faults, "", "", "")


def kept(*lines: bytes) -> Spool:
    """Three rows, the second of which has a fault, and what was answered."""
    made = Spool(io.BytesIO(), io.BytesIO())
    assert list(made.keep([row(1), row(2, FAULT), row(3)])) == [1, 2, 3]
    for line in lines:
        made.answered(line)
    return made


def test_results_go_to_the_sound_rows_in_their_order_as_often_as_asked() -> None:
    made = kept(ONE + THREE[:10], THREE[10:])

    first, again = list(made.results()), list(made.results())

    assert first == again
    assert [answer.verdict if answer else None for _, answer in first] == [Verdict.MATCH, None, None]
    assert [each.faults for each, _ in first] == [(), (FAULT,), (Fault("INVALID_FIELD", "no"),)]
    assert made.tally.counts == {"MTCH": 1, REFUSED: 2}


async def test_only_sound_rows_are_sent() -> None:
    told: list[int] = []

    sent = b"".join([piece async for piece in kept().records(told.append)])

    assert sent.count(b"\n") == told[-1] == 2
    assert b"u-2" not in sent


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        pytest.param([ONE], "fewer records", id="fewer"),
        pytest.param([ONE, THREE, ONE], "more records", id="more"),
        pytest.param([THREE, ONE], "not in the order", id="other order"),
    ],
)
def test_results_that_do_not_fit_the_file_are_refused(lines: list[bytes], told: str) -> None:
    with pytest.raises(UnavailableError, match=told):
        list(kept(*lines).results())


@pytest.mark.parametrize("line", [b"no json\n", b'{"uetr":"u-1"}\n', b'{"partyNameMatch":"MAYBE"}\n'])
def test_a_line_that_is_no_result_is_refused(line: bytes) -> None:
    with pytest.raises(RejectedError, match="the results hold a line"):
        list(kept(line).results())
