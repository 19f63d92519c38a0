"""The page of incidents names tests that there are, and says of the rest that it is not there yet."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([A-Z][0-9]+) \|.*\| ([^|]*) \|$", PAGE, re.MULTILINE)
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def named(cell: str) -> list[str]:
    return re.findall(r"`(test_\w+)`", cell)


def test_the_page_has_every_kind_of_incident() -> None:
    assert {number[0] for number, _ in ROWS} == {"D", "M", "T", "O"}
    assert len(ROWS) == len({number for number, _ in ROWS})


@pytest.mark.parametrize(("number", "cell"), ROWS, ids=[number for number, _ in ROWS])
def test_an_incident_has_a_test_or_is_told_to_have_none(number: str, cell: str) -> None:
    assert named(cell) or "**not yet**" in cell
    assert set(named(cell)) <= TESTS


def test_every_other_test_that_is_named_exists() -> None:
    assert set(named(PAGE)) <= TESTS
