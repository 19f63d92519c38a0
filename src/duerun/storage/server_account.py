"""Who runs PostgreSQL: this user, or an unprivileged one when we are root (PostgreSQL refuses root)."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from duerun.domain.errors import DuerunError

SWITCH_SECONDS_MAX = 10
ORDINARY_USERS = ("postgres", "nobody")
NO_SPACE = "No space left on device"


class ServerError(DuerunError):
    """The embedded PostgreSQL cannot do what was asked; the message says what is wrong and what to do."""

    code = "database_server"


@dataclass(frozen=True)
class Account:
    """A user of the system that the server runs as."""

    uid: int
    gid: int
    name: str


def choose_account(cluster: Path | None) -> Account | None:
    """The user to run as: for root the cluster's owner, else `postgres` or `nobody`; `None` is ourselves."""
    if os.geteuid() != 0:
        return None
    candidates = (_owner(cluster) if cluster else None, *(_named(name) for name in ORDINARY_USERS))
    account = next((found for found in candidates if found), None)
    if account is None:
        raise ServerError(
            "PostgreSQL does not run as root, and the system has neither a user postgres nor nobody: "
            "start Duerun as an ordinary user"
        )
    _check_switch(account)
    return account


def run(command: Sequence[str | Path], account: Account | None, *, seconds_max: float) -> tuple[int, str]:
    """Run a program as the account. Returns its status and what it printed; `OSError` if it cannot run."""
    done = subprocess.run(  # noqa: S603 - no shell, and the caller gives a full path
        command,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=environment(),
        text=True,
        errors="replace",
        timeout=seconds_max,
        check=False,
    )
    return done.returncode, done.stdout


def environment() -> dict[str, str]:
    """Our environment without PostgreSQL's variables; messages in English, since some are recognised."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def can_use(folder: Path, account: Account | None) -> bool:
    """Whether the account can enter the folder and write there: tried, as root's access says nothing."""
    if account is None:
        return os.access(folder, os.W_OK | os.X_OK)
    script = 'cd "$1" && test -w .'
    status, _ = run(["/bin/sh", "-c", script, "sh", folder], account, seconds_max=SWITCH_SECONDS_MAX)
    return status == 0


def give(path: Path, account: Account | None) -> bool:
    """Make the account the owner of the path; false where the file system does not allow it."""
    if account is None:
        return True
    try:
        os.chown(path, account.uid, account.gid)
    except OSError:
        return False
    return True


def failure(what: str, output: str, *, log: Path | None = None) -> ServerError:
    """The error for a failed program, with its last words; a full disk is named as such."""
    if NO_SPACE in output:
        return ServerError(f"{what}: the disk is full. Free some space and start again")
    where = f" (more in {log})" if log else ""
    last = "\n  ".join(output.strip().splitlines()[-8:])
    return ServerError(f"{what}{where}:\n  {last}" if last else f"{what}{where}")


def _owner(cluster: Path) -> Account | None:
    found = cluster.stat()
    if found.st_uid == 0:
        return None
    try:
        name = pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        name = str(found.st_uid)
    return Account(uid=found.st_uid, gid=found.st_gid, name=name)


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=name) if entry.pw_uid != 0 else None


def _check_switch(account: Account) -> None:
    try:
        run(["/bin/sh", "-c", ":"], account, seconds_max=SWITCH_SECONDS_MAX)
    except (OSError, subprocess.SubprocessError) as error:
        raise ServerError(
            f"PostgreSQL does not run as root, and this root may not become {account.name} ({error}): "
            "start Duerun as an ordinary user, or allow SETUID and SETGID"
        ) from error
