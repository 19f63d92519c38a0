"""Other PSPs that answer checks: where each is reached, and from when to when.

Source: the VOP wire specification, 9.1 (the scheme's directory, kept locally).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from duerun.domain.errors import RejectedError
from duerun.domain.payees.bic import bic8, parse_bic, without_head_office
from duerun.domain.payees.iban import bank_code
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Reason

URIS_MAX = 10
URI_CHARACTERS_MAX = 500
BANK_CODES_MAX = 10_000
RATE_MAX = 100_000


class PeerUri(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """An address of a PSP; priority 1 is tried first."""

    uri: str
    priority: int = 1


class Peer(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A PSP of the scheme. `bank_codes` are country and national code, as in `NLABNA` or `DE12030000`.

    `ready_from` is the day from which it answers; `requests_per_second_max` 0 is without a limit.
    """

    bic: str
    uris: tuple[PeerUri, ...]
    bank_codes: tuple[str, ...] = ()
    authorisation_number: str = ""
    api_version: str = "1.1.1"
    ready_from: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    requests_per_second_max: int = 0

    def addresses(self) -> tuple[str, ...]:
        """The addresses in the order in which they are tried."""
        return tuple(each.uri for each in sorted(self.uris, key=lambda each: each.priority))

    def is_valid(self, today: date) -> bool:
        """Whether the entry counts on a day."""
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_until is None or today <= self.valid_until
        )

    def is_ready(self, today: date) -> bool:
        """Whether the PSP answers already."""
        return self.ready_from is None or self.ready_from <= today


_decoder = msgspec.json.Decoder(Peer)


def parse_peer(line: bytes) -> Peer:
    """An entry of a directory file; raises `RejectedError` that names the member and the rule."""
    try:
        peer = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RejectedError(str(error)) from None
    try:
        parse_bic(peer.bic)
    except RejectedError as error:
        raise RejectedError(f"bic {error.message}") from None
    if not 0 < len(peer.uris) <= URIS_MAX:
        raise RejectedError(f"uris must be 1 to {URIS_MAX}")
    if any(len(each.uri) > URI_CHARACTERS_MAX for each in peer.uris):
        raise RejectedError(f"uri is longer than {URI_CHARACTERS_MAX} characters")
    if len(peer.bank_codes) > BANK_CODES_MAX or not all(
        4 <= len(each) <= 12 and each.isalnum() and each.isascii() and each.isupper()
        for each in peer.bank_codes
    ):
        raise RejectedError("bankCodes must be country and bank code, as in NLABNA")
    if not 0 <= peer.requests_per_second_max <= RATE_MAX:
        raise RejectedError(f"requestsPerSecondMax must be 0 to {RATE_MAX}")
    return peer


@dataclass(frozen=True, slots=True)
class PeerDirectory:
    """All PSPs, found by BIC or by the bank code of an IBAN."""

    by_bic: Mapping[str, Peer]
    by_bank_code: Mapping[str, Peer]

    @classmethod
    def of(cls, peers: Iterable[Peer]) -> "PeerDirectory":
        by_bic: dict[str, Peer] = {}
        by_bank_code: dict[str, Peer] = {}
        for peer in peers:
            by_bic[without_head_office(peer.bic)] = peer
            by_bank_code.update(dict.fromkeys(peer.bank_codes, peer))
        return cls(by_bic, by_bank_code)

    def find(self, question: PayeeQuestion, today: date) -> Peer | Reason:
        """Who answers a question, or why nobody does: by the agent's BIC, else by the IBAN's bank."""
        peer = self._of_bic(question.agent_bic) if question.agent_bic is not None else None
        if peer is None:
            peer = self.by_bank_code.get(question.iban[:2] + bank_code(question.iban))
        if peer is None or not peer.is_valid(today):
            return Reason.PSP_UNKNOWN
        return peer if peer.is_ready(today) else Reason.PSP_NOT_READY

    def of_authorisation(self, number: str, bic: str) -> Peer | None:
        """The participant that a certificate and a BIC name together."""
        peer = self._of_bic(bic)
        return peer if peer is not None and number and peer.authorisation_number == number else None

    def _of_bic(self, bic: str) -> Peer | None:
        """The PSP at a BIC; a branch that is not listed is its bank's."""
        return self.by_bic.get(without_head_office(bic)) or self.by_bic.get(bic8(bic))
