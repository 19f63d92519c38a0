"""The shape of the code itself: sizes, who reads the clock, where SQL lives."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "duerun"
STORAGE = SOURCE / "storage"
QUERIES = STORAGE / "queries"
FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 450

# Reads of the machine's clock, as (owner, name). `time.monotonic` measures a wait and tells no date.
CLOCK_READS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
_SQL_WORDS = re.compile(
    r"\bSELECT\s|\bINSERT\s+INTO\b|\bDELETE\s+FROM\b|\bUPDATE\s+\S+(\s+(AS\s+)?\w+)?\s+SET\b"
)
# Comments, quoted text and dollar-quoted bodies: whatever may hold a semicolon that ends no statement.
_SQL_OPAQUE = re.compile(r"--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'|\"[^\"]*\"", re.DOTALL)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def long_functions(tree: ast.Module) -> Iterator[str]:
    """Functions over the limit, from the `def` line (or the first decorator) to the last line."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            lines = (node.end_lineno or node.lineno) - first + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{node.name}: {lines} lines"


def _last_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def clock_reads(tree: ast.Module) -> Iterator[str]:
    """Reads of the machine's clock, called or handed on, also through `from time import time`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in CLOCK_READS:
            yield f"line {node.lineno}: {_last_name(node.value)}.{node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            names = [alias.name for alias in node.names if ("time", alias.name) in CLOCK_READS]
            yield from (f"line {node.lineno}: from time import {name}" for name in names)


def _docstrings(tree: ast.Module) -> set[ast.expr]:
    owners = [node for node in ast.walk(tree) if isinstance(node, Function | ast.ClassDef | ast.Module)]
    firsts = [owner.body[0] for owner in owners if owner.body]
    return {first.value for first in firsts if isinstance(first, ast.Expr)}


def _text(node: ast.expr) -> str:
    """The text of a literal; each value put into an f-string reads as one word."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "value"


def sql_texts(tree: ast.Module) -> Iterator[str]:
    """Literals that hold an SQL statement; docstrings may speak of SQL."""
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in docstrings:
            text = _text(node)
            if _SQL_WORDS.search(text):
                yield f"line {node.lineno}: {text.strip()[:60]}"


def statements(sql: str) -> int:
    """How many statements a text holds."""
    bare = _SQL_OPAQUE.sub(lambda found: " " if found[0].startswith(("--", "/*")) else "x", sql)
    return sum(1 for part in bare.split(";") if part.strip())


def storage_words() -> set[str]:
    """The names by which a module of storage may call a query: text literals and attributes."""
    words: set[str] = set()
    for path in STORAGE.rglob("*.py"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value.removesuffix(".sql"))
            if isinstance(node, ast.Attribute):
                words.add(node.attr)
    return words


def test_every_function_is_short() -> None:
    found = [f"{place(path)}: {what}" for path in modules() for what in long_functions(parse(path))]

    assert found == []


def test_every_file_is_short() -> None:
    lines = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}

    assert {path: count for path, count in lines.items() if count > FILE_LINES_MAX} == {}


def test_only_the_clock_module_reads_the_clock() -> None:
    reads = {place(path) for path in modules() if any(clock_reads(parse(path)))}

    assert reads == {"clock.py"}


def test_sql_is_written_in_storage_only() -> None:
    outside = [path for path in modules() if STORAGE not in path.parents]

    found = [f"{place(path)}: {what}" for path in outside for what in sql_texts(parse(path))]

    assert found == []


def test_every_query_file_holds_one_statement() -> None:
    counts = {place(path): statements(path.read_text(encoding="utf-8")) for path in QUERIES.rglob("*.sql")}

    assert {path: count for path, count in counts.items() if count != 1} == {}


def test_every_query_file_is_used_by_storage() -> None:
    words = storage_words()
    queries = [path.relative_to(QUERIES).with_suffix("") for path in QUERIES.rglob("*.sql")]

    unused = [query.as_posix() for query in queries if not words & {query.as_posix(), query.name}]

    assert unused == []


def test_a_function_over_the_limit_is_seen() -> None:
    within = "def short():\n" + "    x = 1\n" * (FUNCTION_LINES_MAX - 1)
    over = "async def long():\n" + "    x = 1\n" * FUNCTION_LINES_MAX

    found = list(long_functions(ast.parse(within + over)))

    assert found == [f"long: {FUNCTION_LINES_MAX + 1} lines"]


@pytest.mark.parametrize(
    ("code", "count"),
    [
        pytest.param("datetime.now(UTC)", 1, id="now"),
        pytest.param("datetime.datetime.utcnow()", 1, id="through the module"),
        pytest.param("date.today()", 1, id="today"),
        pytest.param("field(default_factory=datetime.now)", 1, id="handed on"),
        pytest.param("from time import monotonic, time", 1, id="imported by name"),
        pytest.param("clock.now(); time.monotonic(); moment.time()", 0, id="allowed"),
    ],
)
def test_a_read_of_the_clock_is_seen(code: str, count: int) -> None:
    assert len(list(clock_reads(ast.parse(code)))) == count


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        pytest.param("run('SELECT 1')", True, id="select"),
        pytest.param("run('INSERT INTO t VALUES (1)')", True, id="insert"),
        pytest.param("run(f'UPDATE {table} SET a = 1')", True, id="update in an f-string"),
        pytest.param("run('''\nDELETE FROM t\n''')", True, id="delete over lines"),
        pytest.param("say('select a plan, then update the set')", False, id="prose"),
        pytest.param("def f():\n    '''Runs one SELECT .. per batch.'''", False, id="docstring"),
    ],
)
def test_sql_in_a_literal_is_seen(code: str, seen: bool) -> None:
    assert any(sql_texts(ast.parse(code))) is seen


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        pytest.param("SELECT 1", 1, id="without an end"),
        pytest.param("SELECT 1;\n-- done; over\n", 1, id="comment after the end"),
        pytest.param("SELECT ';' AS \"a;b\", 'it''s; fine'", 1, id="quoted"),
        pytest.param("DO $body$ BEGIN a; b; END $body$;", 1, id="dollar-quoted"),
        pytest.param("SELECT 1; SELECT 2", 2, id="two"),
        pytest.param("-- nothing here;\n", 0, id="none"),
    ],
)
def test_statements_are_counted(sql: str, count: int) -> None:
    assert statements(sql) == count
