"""The directory of other PSPs: imported as a whole, read again after some seconds."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from duerun.domain.addresses import is_own_machine, literal
from duerun.domain.audit_chain import Note
from duerun.domain.errors import RejectedError
from duerun.domain.payees.bic import without_head_office
from duerun.domain.payees.peers import Peer, PeerDirectory, parse_peer
from duerun.services import audit_log
from duerun.services.unit import Runtime
from duerun.storage import vop_peers as store
from duerun.storage.database import Database

PEERS_MAX = 20_000
KEPT = timedelta(seconds=10)
EMPTY = PeerDirectory({}, {})


class KeptPeers:
    """The stored directory, which a process asks for again after some seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found = EMPTY
        self._read_at: datetime | None = None

    async def at(self, now: datetime) -> PeerDirectory:
        """The directory at a moment, or as it was a few seconds before."""
        if self._read_at is None or now - self._read_at > KEPT:
            async with self._database.connection() as connection:
                self._found = PeerDirectory.of(await store.fetch(connection))
            self._read_at = now
        return self._found


async def load(runtime: Runtime, lines: Iterable[bytes]) -> tuple[int, int]:
    """Put the PSPs of a file in place of all: how many there were, and how many there are.

    Raises `RejectedError` that names the line and the rule; then everything stays as it was.
    """
    peers: dict[str, Peer] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            peer = parse_peer(line)
            for each in peer.uris:
                check_uri(each.uri)
        except RejectedError as error:
            raise RejectedError(f"line {number}: {error.message}") from None
        if peers.setdefault(without_head_office(peer.bic), peer) is not peer:
            raise RejectedError(f"line {number}: bic stands on an earlier line, too")
        if len(peers) > PEERS_MAX:
            raise RejectedError(f"file exceeds the maximum of {PEERS_MAX} records")
    if not peers:
        raise RejectedError("file contains no records")
    async with runtime.database.transaction() as connection:
        before = await store.replace(connection, list(peers.values()))
        note = Note("server.load_peers", "directory", {"peers": [before, len(peers)]})
        await audit_log.tell(connection, runtime.clock.now(), note)
    return before, len(peers)


async def list_all(runtime: Runtime) -> list[Peer]:
    """All PSPs by their BICs."""
    async with runtime.database.connection() as connection:
        return await store.fetch(connection)


def check_uri(uri: str) -> None:
    """Raise `RejectedError` for an address that is not HTTPS; plain HTTP is for this machine."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        address = literal(host)
    except ValueError:
        raise RejectedError("uri must be an HTTPS address") from None
    own = is_own_machine(host) or (address is not None and address.is_loopback)
    if not host or parts.scheme not in (("https", "http") if own else ("https",)) or parts.username:
        raise RejectedError("uri must be an HTTPS address")
