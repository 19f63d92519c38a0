"""A question as the scheme's API writes it: no `uetr`, no empty members (source: the VOP wire specification, 9.2)."""

from dataclasses import replace
from typing import Any

import msgspec

from duerun.domain.payees.questions import Identification, OtherId, PayeeQuestion

_encoder = msgspec.json.Encoder()


def encode_question(question: PayeeQuestion, *, agent_bic: str) -> bytes:
    """The body of a request to the PSP with the BIC `agent_bic`."""
    return _encoder.encode(wire_members(replace(question, agent_bic=agent_bic)))


def wire_members(question: PayeeQuestion) -> dict[str, Any]:
    """The members of a question, which files have as well; what is not known is left out."""
    members: dict[str, Any] = {
        "party": _party(question),
        "partyAccount": {"iban": question.iban},
        "requestingAgent": _agent(question.requesting_bic),
    }
    if question.agent_bic is not None:
        members["partyAgent"] = _agent(question.agent_bic)
    if question.remittance:
        members["unstructuredRemittanceInformation"] = list(question.remittance)
    return members


def _party(question: PayeeQuestion) -> dict[str, Any]:
    if question.identification is None:
        return {"name": question.name}
    return {"identification": {"organisationId": _organisation(question.identification)}}


def _organisation(identification: Identification) -> dict[str, Any]:
    members = {
        "lei": identification.lei,
        "anyBIC": identification.any_bic,
        "others": [_other(each) for each in identification.others],
    }
    return {name: value for name, value in members.items() if value}


def _other(other: OtherId) -> dict[str, str]:
    key = "schemeNameProprietary" if other.is_proprietary else "schemeNameCode"
    members = {"identification": other.identification, key: other.scheme, "issuer": other.issuer}
    return {name: value for name, value in members.items() if value}


def _agent(bic: str) -> dict[str, Any]:
    return {"financialInstitutionId": {"bicfi": bic}}
