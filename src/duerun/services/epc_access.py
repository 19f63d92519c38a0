"""Other PSPs that ask here: known by their certificate, and held to the BIC that goes with it.

Source: the VOP wire specification, 9.1. The proxy that ends TLS has checked the chain against its trust list.
"""

from datetime import datetime
from urllib.parse import unquote

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from duerun.domain.errors import RejectedError
from duerun.domain.payees.clients import VopClient
from duerun.domain.payees.peers import PeerDirectory
from duerun.services.unit import Runtime
from duerun.storage import vop_peers

# Holds the authorisation number of a PSP in certificates of PSD2 (ETSI TS 119 495).
ORGANISATION_IDENTIFIER = ObjectIdentifier("2.5.4.97")
CERTIFICATE_CHARACTERS_MAX = 32_768


class NotAParticipantError(RejectedError):
    """No certificate, one that does not count, or one of nobody in the directory."""


def anybody() -> VopClient:
    """Whoever asks without being a client of ours; budgets are counted by the BIC."""
    return VopClient(
        number=0,
        client_id="epc",
        livemode=True,
        scopes=frozenset(),
        bics=(),
        offering=None,
        profile=None,
        match={},
        is_disabled=False,
    )


async def participant(runtime: Runtime, certificate: str, bic: str, now: datetime) -> VopClient:
    """The PSP that a certificate names; raises `NotAParticipantError`, or `RejectedError` for another PSP's BIC."""
    number = _authorisation_number(certificate, now)
    async with runtime.database.connection() as connection:
        peers = PeerDirectory.of(await vop_peers.fetch(connection))
    known = {each.authorisation_number for each in peers.by_bic.values()}
    if number not in known:
        raise NotAParticipantError("the certificate is of nobody who takes part")
    peer = peers.of_authorisation(number, bic)
    if peer is None or not peer.is_valid(now.date()):
        raise RejectedError("requestingAgent is not the one in the certificate")
    return anybody()


def _authorisation_number(text: str, now: datetime) -> str:
    if not 0 < len(text) <= CERTIFICATE_CHARACTERS_MAX:
        raise NotAParticipantError("a client certificate is needed")
    try:
        found = x509.load_pem_x509_certificate(unquote(text).encode())
    except ValueError:
        raise NotAParticipantError("the client certificate cannot be read") from None
    if not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
        raise NotAParticipantError("the client certificate has expired or is not valid yet")
    names = found.subject.get_attributes_for_oid(ORGANISATION_IDENTIFIER)
    if not names:
        raise NotAParticipantError("the client certificate names no authorisation number")
    return str(names[0].value)
