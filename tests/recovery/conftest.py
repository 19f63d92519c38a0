"""Databases that are copied, and dropped at the end."""

from collections.abc import Iterator
from typing import Any

import pytest

from copies import Databases, Site


@pytest.fixture(scope="module")
def blank(dsn: str) -> Iterator[str]:
    """The name of a database that holds the schema alone; what is made from it is a copy until somebody says so."""
    made = Databases(dsn, "recovery_blank")
    yield made.migrated()
    made.drop_all()


@pytest.fixture
def databases(dsn: str, blank: str) -> Iterator[Databases]:
    made = Databases(dsn, "recovery", blank)
    yield made
    made.drop_all()


@pytest.fixture
def site(databases: Databases, serve: Any, admit: Any) -> Site:
    return Site(databases, serve, admit)
