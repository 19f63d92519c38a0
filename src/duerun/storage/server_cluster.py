"""The folders of one embedded server: cluster, password, socket; and the making of a new cluster."""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from duerun.storage.server_account import Account, ServerError, can_use, failure, give, run
from duerun.storage.server_binaries import major

SPARE_FOLDER = Path("/var/lib/duerun")
SUPERUSER = "duerun"
CLUSTER = "postgres"
NEW_CLUSTER = "postgres.new-"
FREE_BYTES_MIN = 128 * 2**20
INITDB_SECONDS_MAX = 300
SOCKET = ".s.PGSQL.5432"
SOCKET_PARENTS = ("/tmp", "/var/tmp")  # noqa: S108 - owner and mode of the folder in it are checked
SOCKET_PATH_BYTES_MAX = 103
BUILTIN_LOCALE_MAJOR_MIN = 17


def prepare_data(data: Path) -> Path:
    """Make the data folder if it is missing. Returns its full path; `ServerError` if it is not writable."""
    data = data.absolute()
    try:
        if not data.is_dir():
            data.mkdir(mode=0o700 if os.geteuid() else 0o711, parents=True, exist_ok=True)
        data = data.resolve(strict=True)
        usable = os.access(data, os.W_OK | os.X_OK)
    except OSError as error:
        raise ServerError(f"the data folder {data} cannot be made: {error.strerror}") from error
    if not usable:
        raise ServerError(
            f"the data folder {data} is not writable for this user: change its owner or give another folder"
        )
    return data


def cluster_folders(data: Path, spare: Path) -> tuple[Path, Path]:
    """Where the data folder's cluster may lie: inside it, or under the spare folder when the server's user
    cannot enter it."""
    name = f"{(data.name.strip('.') or 'data')[:20]}-{_short_hash(data)}"
    return data / CLUSTER, spare / name / CLUSTER


def usable_spare(spare: Path) -> Path:
    """The spare folder, or one among the temporary files where root may not write to it; only root needs one."""
    parent = next(folder for folder in (spare, *spare.parents) if folder.exists())
    if os.geteuid() != 0 or os.access(parent, os.W_OK | os.X_OK):
        return spare
    fallback = Path(tempfile.gettempdir()) / f"duerun-{os.geteuid()}"
    if fallback.exists() and (fallback.is_symlink() or fallback.stat().st_uid != os.geteuid()):
        raise ServerError(f"{fallback} belongs to another user: remove it")
    return fallback


def find_cluster(folders: tuple[Path, ...]) -> Path | None:
    """The existing cluster, complete since it gets its name only when it is; `None` for a first start."""
    for cluster in folders:
        if cluster.exists() and cluster.stat().st_uid != os.geteuid() != 0:
            raise ServerError(
                f"the cluster {cluster} belongs to another user (uid {cluster.stat().st_uid}): "
                "start Duerun as that user or as root"
            )
        if (cluster / "PG_VERSION").exists():
            return cluster
    return None


def check_cluster(cluster: Path, account: Account | None, *, version: str) -> None:
    """`ServerError` unless the account can use the cluster and these binaries wrote its format."""
    made_by = (cluster / "PG_VERSION").read_text().strip()
    if made_by != str(major(version)):
        newer = "a newer" if made_by.isdigit() and int(made_by) > major(version) else "an older"
        raise ServerError(
            f"the cluster {cluster} comes from {newer} PostgreSQL ({made_by}) than the one here ({version}): "
            f"configure the folder of PostgreSQL {made_by}, or move the data with pg_dump or pg_upgrade"
        )
    if not can_use(cluster, account):
        user = f"user {account.name}" if account else "this user"
        raise ServerError(
            f"the {user} cannot enter the cluster {cluster}: every folder above it must be open to it "
            "(chmod o+x), and the cluster's files must belong to its owner"
        )


def check_space(folder: Path) -> None:
    """`ServerError` if the file system of the folder has less than `FREE_BYTES_MIN` free."""
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES_MIN:
        raise ServerError(
            f"the disk of {folder} is full: {free // 2**20} MiB are free and PostgreSQL needs "
            f"{FREE_BYTES_MIN // 2**20} MiB. Free some space and start again"
        )


def new_folder(
    folders: tuple[Path, Path], account: Account | None, notify: Callable[[str], None]
) -> tuple[Path, Path]:
    """An empty folder for initdb and the place it then moves to: the first that the account can enter."""
    for cluster in folders:
        if cluster is not folders[0] and account is not None:
            notify(
                f"The user {account.name} cannot enter {folders[0].parent}: the data lies in {cluster.parent}"
            )
        try:
            made = _empty_folder(cluster)
        except OSError as error:
            raise ServerError(f"the cluster cannot be made in {cluster.parent}: {error.strerror}") from error
        if give(made, account) and can_use(made, account):
            return made, cluster
        made.rmdir()
        if account is None:
            break
    user = f"the user {account.name}" if account else "this user"
    raise ServerError(f"{user} can write to neither {' nor '.join(str(folder.parent) for folder in folders)}")


def initialise(
    made: Path,
    cluster: Path,
    binaries: Path,
    account: Account | None,
    *,
    version: str,
    password: Path,
    fsync: bool,
) -> None:
    """Make a cluster in the folder `made` and move it to its name when it is complete."""
    command = initdb_command(binaries, made, major_version=major(version), password=password, fsync=fsync)
    status, output = run(command, account, seconds_max=INITDB_SECONDS_MAX)
    if status:
        shutil.rmtree(made, ignore_errors=True)
        raise failure("PostgreSQL's initdb failed", output)
    try:
        made.rename(cluster)
    except OSError as error:
        raise ServerError(f"{cluster} exists and holds no PostgreSQL cluster: move it away") from error
    _sync_folder(cluster.parent)


def initdb_command(
    binaries: Path, made: Path, *, major_version: int, password: Path, fsync: bool
) -> list[str | Path]:
    """The command that makes a cluster: UTF-8, sorted by code point, every connection by scram."""
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [
        binaries / "initdb",
        f"--pgdata={made}",
        f"--username={SUPERUSER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--data-checksums",
        *(builtin if major_version >= BUILTIN_LOCALE_MAJOR_MIN else []),
        *([] if fsync else ["--no-sync"]),
    ]


def read_password(data: Path, *, cluster: Path | None) -> str:
    """The superuser's password; made and kept, for our user's eyes only, before there is a `cluster`."""
    path = data / "secret"
    kept = path.read_text().strip() if path.exists() else ""
    if kept:
        return kept
    if cluster is not None:
        raise ServerError(
            f"the file {path} with the database's password is missing: restore it from a backup, "
            f"or, to start afresh, remove the database in {cluster} as well"
        )
    password = secrets.token_urlsafe(32)
    write_private(path.with_name("secret.new"), password, None)
    path.with_name("secret.new").replace(path)
    return password


def write_private(path: Path, text: str, account: Account | None) -> None:
    """Write a file that only the account can read, down to the disk."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    give(path, account)


def socket_folder(data: Path, account: Account | None) -> Path:
    """A folder that only the account can enter, with a path short enough for a socket's address."""
    uid = account.uid if account else os.geteuid()
    for parent in dict.fromkeys((tempfile.gettempdir(), *SOCKET_PARENTS)):
        folder = Path(parent) / f"duerun-{uid}-{_short_hash(data)}"
        fits = len(os.fsencode(folder / SOCKET)) <= SOCKET_PATH_BYTES_MAX
        if fits and _is_private(folder, uid, account) and can_use(folder, account):
            return folder
    raise ServerError(f"no folder for the socket: {folder} must be writable and belong to this user alone")


def _is_private(folder: Path, uid: int, account: Account | None) -> bool:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if found.st_uid == os.geteuid() != uid and not folder.is_symlink():
            give(folder, account)
            found = folder.lstat()
    except OSError:
        return False
    return found.st_uid == uid and found.st_mode & 0o170777 == 0o040700


def _empty_folder(cluster: Path) -> Path:
    """A folder for this try alone: an initdb that outlived its parent may still write to the last one."""
    cluster.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    for left in cluster.parent.glob(f"{NEW_CLUSTER}*"):
        shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=NEW_CLUSTER, dir=cluster.parent))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
