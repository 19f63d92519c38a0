"""PSPs of the scheme, replaced as a whole by each import."""

from collections.abc import Sequence

import msgspec

from duerun.domain.payees.peers import Peer, parse_peer
from duerun.storage.database import Connection, execute, fetch_all


async def fetch(connection: Connection) -> list[Peer]:
    """All PSPs."""
    return [parse_peer(row["entry"].encode()) for row in await fetch_all(connection, "vop_peers_all")]


async def replace(connection: Connection, peers: Sequence[Peer]) -> int:
    """Put new PSPs in place of all; how many there were before."""
    before = await execute(connection, "vop_peers_clear")
    await execute(
        connection,
        "vop_peers_insert",
        bics=[each.bic for each in peers],
        entries=[msgspec.json.encode(each).decode() for each in peers],
    )
    return before
