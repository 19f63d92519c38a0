"""One table of states: the domain's, which the database's checks and the diagrams must repeat."""

import re
from pathlib import Path

import pytest

from duerun.domain import bulk_jobs, charges, console_users, occurrences, schedules, webhooks
from duerun.domain.payees import tasks

ROOT = Path(__file__).parents[2]
MIGRATIONS = sorted((ROOT / "src/duerun/storage/migrations").glob("*.sql"))
SCHEMA = "\n".join(path.read_text() for path in MIGRATIONS)
DIAGRAM = (ROOT / "docs/concepts/money-path.md").read_text()


def checked(table: str, column: str) -> set[str]:
    """The words that the database lets into a column: those of its latest check."""
    later = re.findall(
        rf"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_check\s+CHECK \({column} IN \(([^)]*)\)\)",
        SCHEMA,
    )
    if later:
        return set(re.findall(r"'(\w+)'", later[-1]))
    body = SCHEMA.split(f"CREATE TABLE {table} (", 1)[1].split("\n);", 1)[0]
    found = re.search(rf"\b{column} text [^;]*?CHECK \({column} IN \(([^)]*)\)\)", body, re.DOTALL)
    assert found, f"{table}.{column} has no check"
    return set(re.findall(r"'(\w+)'", found[1]))


@pytest.mark.parametrize(
    ("table", "column", "states"),
    [
        ("occurrences", "state", occurrences.OccurrenceState),
        ("schedules", "state", schedules.ScheduleState),
        ("charges", "status", charges.ChargeStatus),
        ("bulk_jobs", "state", bulk_jobs.JobState),
        ("webhook_deliveries", "state", webhooks.DeliveryState),
        ("vop_tasks", "status", tasks.TaskStatus),
        ("vop_chunks", "state", tasks.ChunkState),
        ("vop_notices", "state", tasks.NoticeState),
        ("console_roles", "role", console_users.Role),
    ],
    ids=[
        "occurrences",
        "schedules",
        "charges",
        "bulk jobs",
        "deliveries",
        "tasks",
        "parts of tasks",
        "notices",
        "roles",
    ],
)
def test_the_database_lets_in_exactly_the_states_of_the_domain(
    table: str, column: str, states: type[occurrences.OccurrenceState]
) -> None:
    assert checked(table, column) == {state.value for state in states}


def test_the_diagram_of_occurrences_has_exactly_the_arrows_of_the_domain() -> None:
    drawn = set(re.findall(r"^    (\w+) --> (\w+):", DIAGRAM, re.MULTILINE))

    assert drawn == {(source.value, target.value) for (source, _), target in occurrences.ARROWS.items()}


@pytest.mark.parametrize(
    "arrows",
    [occurrences.ARROWS, schedules.ARROWS, charges.ARROWS],
    ids=["occurrences", "schedules", "charges"],
)
def test_no_arrow_leads_back_to_a_start(arrows: dict[tuple[str, str], str]) -> None:
    starts = {"pending"}

    assert not starts & set(arrows.values())
