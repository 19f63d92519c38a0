"""What a requester asks about a payee (source: the VOP wire specification, section 4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OtherId:
    """An organisation's identification in a scheme: `scheme` is a code such as `TXID`, or the name of an own one."""

    identification: str
    scheme: str | None = None
    is_proprietary: bool = False
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Identification:
    """What an organisation is known by, besides its name."""

    lei: str | None = None
    any_bic: str | None = None
    others: tuple[OtherId, ...] = ()


@dataclass(frozen=True, slots=True)
class PayeeQuestion:
    """One check, sound in itself: either a name or an identification, upper-case IBAN and BICs without spaces."""

    iban: str
    name: str | None
    identification: Identification | None
    agent_bic: str | None
    requesting_bic: str
    remittance: tuple[str, ...] = ()
    language: str | None = None
