"""Accounts of a directory, as a responder holds them (source: the VOP wire specification, 8.4)."""

from collections.abc import Iterable

import msgspec

from duerun.domain.payees.answers import AccountStatus, HolderKind
from duerun.domain.payees.compare import HeldName, NameKind, PreparedHolder, own_names, prepare
from duerun.domain.payees.questions import Identification

# Goes up with each change of how names are read: what was kept before is then read anew when it is needed, and
# an import makes it quick again.
READING_VERSION = 1


class _KeptNames(msgspec.Struct, array_like=True, frozen=True):
    """The first members of a prepared holder, which stay as they are in every version."""

    plain: tuple[str, ...]
    kind: NameKind
    country: str
    names: tuple[tuple[str, bool], ...]


class HeldAccount(msgspec.Struct, array_like=True, frozen=True):
    """What is known of an account. `discloses` lets a no match show its name.

    `remittance` tells accounts apart that share an IBAN. `own_names` finds the usual equal name; `prepared` is the
    encoded holder, empty where no name is held, which is read only if a name has to be compared.
    """

    kind: HolderKind
    status: AccountStatus
    own_names: tuple[str, ...] = ()
    prepared: bytes = b""
    identification: Identification | None = None
    remittance: tuple[str, ...] = ()
    discloses: bool = False

    @property
    def holder(self) -> PreparedHolder | None:
        """The names of the account; None where there are none. Names that were read by other rules are read anew."""
        if not self.prepared:
            return None
        if self.prepared[0] == READING_VERSION:
            return _holder_decoder.decode(memoryview(self.prepared)[1:])
        kept = _names_decoder.decode(memoryview(self.prepared)[1:])
        return prepare([HeldName(*each) for each in kept.names], kept.kind, kept.country)


def hold(
    kind: HolderKind,
    status: AccountStatus,
    holder: PreparedHolder | None,
    *,
    identification: Identification | None = None,
    remittance: tuple[str, ...] = (),
    discloses: bool = False,
) -> HeldAccount:
    """An account with its names made ready."""
    own: tuple[str, ...] = ()
    prepared = b""
    if holder is not None:
        own, prepared = own_names(holder), bytes([READING_VERSION]) + _encoder.encode(holder)
    return HeldAccount(kind, status, own, prepared, identification, remittance, discloses)


def plain_remittance(text: str) -> str:
    """Remittance information as it is compared: without spaces, in small letters."""
    return "".join(text.split()).casefold()


def remittance_key(remittance: Iterable[str]) -> str:
    """What tells an account apart from others with its IBAN; empty for one without remittance information."""
    return "\n".join(sorted({plain_remittance(text) for text in remittance}))


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(HeldAccount)
_holder_decoder = msgspec.msgpack.Decoder(PreparedHolder)
_names_decoder = msgspec.msgpack.Decoder(_KeptNames)


def encode(account: HeldAccount) -> bytes:
    return _encoder.encode(account)


def decode(data: bytes) -> HeldAccount:
    return _decoder.decode(data)
