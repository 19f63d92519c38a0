"""What others have made, as yardsticks: installed for a measurement, in folders of their own, never for the product."""

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(
    os.environ.get("DUERUN_BENCHMARK_FOLDER", Path(__file__).resolve().parents[1] / "build" / "others")
)
INSTALL_SECONDS_MAX = 600


class NotInstalledError(Exception):
    """What a yardstick is installed with, or from, is not there."""


def installed(name: str, packages: Sequence[str], *, is_node: bool = False) -> Path:
    """The folder in which packages of Python, or of Node.js, are installed."""
    folder = FOLDER / name
    mark = folder / f"{'+'.join(packages).translate(str.maketrans('/[],@', '-----'))}.installed"
    if mark.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    if is_node:
        install = ["npm", "install", "--no-save", "--no-package-lock", "--prefix", str(folder)]
    else:
        venv.create(folder, with_pip=True)
        install = [str(folder / "bin" / "pip"), "install", "--quiet"]
    try:
        subprocess.run([*install, *packages], stdout=sys.stderr, timeout=INSTALL_SECONDS_MAX, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotInstalledError(str(error)) from error
    mark.touch()
    return folder
