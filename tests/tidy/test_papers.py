"""The papers hold together: links lead to files, decisions are indexed, the example file is up to date."""

import io
import os
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADR = ROOT / "docs" / "adr"
MEMBERS = ROOT / "examples" / "members.csv"
MEMBERS_BYTES_MAX = 700_000
# Folders that tools and package managers fill; names that begin with a dot are left out as well.
FOREIGN_FOLDERS = {"node_modules", "build", "dist", "venv"}
ADR_HEADINGS = ("## Context", "## Decision", "## Consequences", "## What would make us change it")

_CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*<?([^\s>]+)", re.MULTILINE)
_ELSEWHERE = re.compile(r"^([a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)


def papers() -> Iterator[Path]:
    """Every Markdown file of the project itself."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in FOREIGN_FOLDERS)
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".md"))


def relative_links(text: str) -> list[str]:
    """The paths that a Markdown text links to, without anchors; code and other sites are left out."""
    found = (one or other for one, other in _LINK.findall(_CODE.sub("", text)))
    return [link.partition("#")[0] for link in found if not _ELSEWHERE.match(link)]


def decisions() -> list[Path]:
    return sorted(ADR.glob("[0-9]*.md"))


@pytest.mark.parametrize(
    ("text", "links"),
    [
        pytest.param("see [a](docs/a.md) and [b](b.md#part)", ["docs/a.md", "b.md"], id="inline"),
        pytest.param('[a](a.md "title") ![p](p.svg)', ["a.md", "p.svg"], id="title and picture"),
        pytest.param("[a]: notes/a.md", ["notes/a.md"], id="reference"),
        pytest.param("[a](https://example.com/a) [b](#b) [c](mailto:c@example.com)", [], id="elsewhere"),
        pytest.param("```sh\n[a](a.md)\n```\nand `[b](b.md)`", [], id="code"),
    ],
)
def test_the_link_reader_finds_relative_links_only(text: str, links: list[str]) -> None:
    assert relative_links(text) == links


@pytest.mark.parametrize("paper", list(papers()), ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(paper: Path) -> None:
    links = relative_links(paper.read_text(encoding="utf-8"))

    dead = [link for link in links if not (paper.parent / link).exists()]

    assert dead == []


def test_every_decision_is_in_the_index_and_the_index_holds_nothing_else() -> None:
    index = relative_links((ADR / "README.md").read_text(encoding="utf-8"))

    indexed = [link for link in index if "/" not in link]

    assert indexed == [decision.name for decision in decisions()]


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(decision.name[:4]) for decision in decisions()]

    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


@pytest.mark.parametrize("decision", decisions(), ids=lambda decision: decision.stem)
def test_a_decision_tells_its_number_and_all_four_parts(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")

    headings = tuple(line for line in text.splitlines() if line.startswith("## "))

    assert text.startswith(f"# {int(decision.name[:4])}. ")
    assert headings == ADR_HEADINGS


def test_the_members_file_is_what_its_program_writes() -> None:
    program = runpy.run_path(str(ROOT / "examples" / "make_members.py"))
    written = io.StringIO(newline="")

    program["write_members"](written)

    assert MEMBERS.read_bytes() == written.getvalue().encode("utf-8")
    assert MEMBERS.stat().st_size < MEMBERS_BYTES_MAX
