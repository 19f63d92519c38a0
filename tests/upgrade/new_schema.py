"""A plugin of pytest for the tests of the older version: their database gets the schema of this one.

`DUERUN_NEW_MIGRATIONS` is not read by the product: it names the folder of the migrations.
"""

import os
from pathlib import Path

from duerun.storage import migrate
from duerun.storage.migrate import Migration

_FOLDER = Path(os.environ.pop("DUERUN_NEW_MIGRATIONS"))


def _known() -> list[Migration]:
    files = sorted(_FOLDER.glob("*.sql"))
    return [Migration(int(each.name[:4]), each.name, each.read_text("utf-8")) for each in files]


migrate.known = _known
