"""`python full_disk.py FOLDER`: Duerun on the small file system FOLDER, which is filled and emptied again.

A program of its own, so that it may run where a small file system can be mounted. Prints what it saw as JSON.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from duerun.settings import DEV_PUBLIC_KEY, DEV_SECRET_KEY
from duerun.storage.server import running_dsn
from outage.shop import Shop, wait_for
from processor import Book, Processor
from upgrade.builds import NEW
from upgrade.processes import Place, Process, VirtualClock, running
from upgrade.story import START

CHUNK = b"." * 2**20
SWITCHES_MAX = 400


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        for chunk in (CHUNK, b"." * 512):
            with suppress(OSError):
                while True:
                    file.write(chunk)


def use_up_log(dsn: str) -> None:
    """Ask for one log segment after another until the server ends for lack of room."""
    with suppress(psycopg.Error), psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(SWITCHES_MAX):
            connection.execute("SELECT pg_logical_emit_message(false, 'full', 'x'), pg_switch_wal()")


def see(folder: Path) -> dict[str, Any]:
    """Fill the disk, look, make room, look."""
    data, book = folder / "data", Book()
    seen: dict[str, Any] = {}
    with Processor(book) as processor:
        clock = VirtualClock(folder / "clock", START)
        place = Place("", processor.url, clock, folder)
        server = Process(place, NEW, "dev")
        with running([server]):
            shop = Shop(server.url, DEV_PUBLIC_KEY, DEV_SECRET_KEY, clock, book)
            shop.furnish()
            shop.next_day()
            shop.wait_until_paid()
            dsn = running_dsn(data) or ""

            fill(folder / "filler")
            use_up_log(dsn)
            wait_for(lambda: shop.reasons() == ["database_unreachable"], "the full disk is not noticed")
            before = shop.effects()
            shop.next_day()
            seen["quiet"] = shop.is_quiet() and shop.effects() == before
            seen["reads"], seen["writes"] = dict(shop.reads()), dict(shop.writes())

            os.unlink(folder / "filler")
            wait_for(shop.is_ready, "it does not come back")
            shop.wait_until_paid()
            seen["after"] = {"reads": dict(shop.reads()), "writes": dict(shop.writes())}
            seen["paid"] = len(shop.effects())
            seen["brought back"] = "PostgreSQL is back" in server.said()
    return seen


if __name__ == "__main__":
    print(json.dumps(see(Path(sys.argv[1]))))  # noqa: T201 - the test reads it
