"""Accounts of a directory, as a responder holds them (source: the VOP wire specification, 8.4)."""

from collections.abc import Iterable

import msgspec

from duerun.domain.payees.answers import AccountStatus, HolderKind
from duerun.domain.payees.compare import PreparedHolder
from duerun.domain.payees.questions import Identification


class HeldAccount(msgspec.Struct, array_like=True, frozen=True):
    """What is known of an account. `holder` is None where no name is held; `discloses` lets a no match show it.

    `remittance` tells accounts apart that share an IBAN.
    """

    kind: HolderKind
    status: AccountStatus
    holder: PreparedHolder | None
    identification: Identification | None = None
    remittance: tuple[str, ...] = ()
    discloses: bool = False


def plain_remittance(text: str) -> str:
    """Remittance information as it is compared: without spaces, in small letters."""
    return "".join(text.split()).casefold()


def remittance_key(remittance: Iterable[str]) -> str:
    """What tells an account apart from others with its IBAN; empty for one without remittance information."""
    return "\n".join(sorted({plain_remittance(text) for text in remittance}))


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(HeldAccount)


def encode(account: HeldAccount) -> bytes:
    return _encoder.encode(account)


def decode(data: bytes) -> HeldAccount:
    return _decoder.decode(data)
