"""The careful way through a record: every member is looked at, and all faults are told.

Source: the VOP wire specification, sections 4 and 10.
"""

import re

from duerun.domain.payees.bic import parse_bic
from duerun.domain.payees.iban import parse_iban
from duerun.domain.payees.organisation_ids import parse_lei
from duerun.domain.payees.questions import Identification, PayeeQuestion
from duerun.web.payees.faults import INVALID_PARTY_AGENT_BIC, INVALID_REQUESTING_AGENT_BIC, name_rule
from duerun.web.payees.member_reading import MemberReading, Members

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ORGANISATION = "party.identification.organisationId"
_BIC_PATH = "financialInstitutionId.bicfi"


def parse_uuid(text: object) -> str | None:
    """A UUID in small letters; None for anything else."""
    return text.lower() if isinstance(text, str) and _UUID.fullmatch(text) else None


class RecordReading(MemberReading):
    """Reads the members of one record."""

    def uetr(self) -> str | None:
        """The record's own id in small letters."""
        text = self._text(self._members, "uetr", "uetr", None)
        if text is None:
            return None
        uetr = parse_uuid(text)
        if uetr is None:
            self._blame("uetr", "must be a UUID")
        return uetr

    def question(self, *, needs_party_agent: bool) -> PayeeQuestion | None:
        """What is asked; None after a fault."""
        name, identification = self._party()
        iban = self._iban()
        agent = self._agent("partyAgent", INVALID_PARTY_AGENT_BIC, is_mandatory=needs_party_agent)
        requesting = self._agent("requestingAgent", INVALID_REQUESTING_AGENT_BIC, is_mandatory=True)
        remittance = self._remittance()
        if self.faults or iban is None or requesting is None:
            return None
        return PayeeQuestion(iban, name, identification, agent, requesting, remittance)

    def _party(self) -> tuple[str | None, Identification | None]:
        party = self._object(self._members, "party", "party", is_mandatory=True)
        if party is None:
            return None, None
        if ("name" in party) == ("identification" in party):
            self._blame("party", "must have either a name or an identification")
        name = self._text(party, "name", "party.name", None, is_mandatory=False)
        if name is not None and (rule := name_rule(name)) is not None:
            self._blame("party.name", rule)
        return name, self._identification(party)

    def _identification(self, party: Members) -> Identification | None:
        path = "party.identification"
        outer = self._object(party, "identification", path, is_mandatory=False)
        if outer is None:
            return None
        members = self._object(outer, "organisationId", _ORGANISATION, is_mandatory=True)
        if members is None:
            return None
        if not members.keys() & {"lei", "anyBIC", "others"}:
            self._blame(_ORGANISATION, "must have a lei, an anyBIC or others")
        return Identification(
            lei=self._checked(members, "lei", f"{_ORGANISATION}.lei", parse_lei),
            any_bic=self._checked(members, "anyBIC", f"{_ORGANISATION}.anyBIC", parse_bic),
            others=self._others(members, "others", f"{_ORGANISATION}.others"),
        )

    def _iban(self) -> str | None:
        account = self._object(self._members, "partyAccount", "partyAccount", is_mandatory=True)
        if account is None:
            return None
        return self._checked(account, "iban", "partyAccount.iban", parse_iban, is_mandatory=True)

    def _agent(self, key: str, title: str, *, is_mandatory: bool) -> str | None:
        agent = self._object(self._members, key, key, is_mandatory=is_mandatory)
        if agent is None:
            return None
        path = f"{key}.financialInstitutionId"
        institution = self._object(agent, "financialInstitutionId", path, is_mandatory=True)
        if institution is None:
            return None
        return self._checked(institution, "bicfi", f"{key}.{_BIC_PATH}", parse_bic, title, is_mandatory=True)
