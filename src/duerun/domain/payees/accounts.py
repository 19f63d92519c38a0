"""Accounts of a directory, as a responder holds them (source: the VOP wire specification, 8.4)."""

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


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(HeldAccount)


def encode(account: HeldAccount) -> bytes:
    return _encoder.encode(account)


def decode(data: bytes) -> HeldAccount:
    return _decoder.decode(data)
