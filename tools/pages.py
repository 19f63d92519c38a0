"""How the written reference pages are put together."""

from collections.abc import Iterable, Sequence

NOTE = "This page is written by `python tools/reference.py --write`; a change by hand is lost."


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    rule = f"|{'---|' * len(heads)}\n"
    first, *others = [f"| {' | '.join(line)} |\n" for line in (heads, *rows)]
    return "".join((first, rule, *others))


def page(title: str, *parts: str) -> str:
    """A page out of its parts, with one empty line between them."""
    return "\n\n".join(part.strip("\n") for part in (f"# {title}", NOTE, *parts)) + "\n"
