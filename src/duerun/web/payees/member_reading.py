"""Members of a JSON object that are looked at one by one, so that all faults are told.

Source: the VOP wire specification, section 4.
"""

from collections.abc import Callable, Mapping
from typing import Any

from duerun.domain.errors import RejectedError
from duerun.domain.payees.organisation_ids import SCHEMES, check_other
from duerun.domain.payees.questions import OtherId
from duerun.web.payees.faults import INVALID_FIELD, Fault, field_fault, text_rule

IDENTIFICATION_CHARACTERS_MAX = 256
SHORT_CHARACTERS_MAX = 35
REMITTANCE_CHARACTERS_MAX = 140

Members = Mapping[str, Any]


class MemberReading:
    """Reads an object's members; `faults` grows with each rule that is broken."""

    def __init__(self, members: Members) -> None:
        self.faults: list[Fault] = []
        self._members = members

    def _others(self, members: Members, key: str, path: str) -> tuple[OtherId, ...]:
        if key not in members:
            return ()
        items = members[key]
        if not isinstance(items, list) or not items:
            self._blame(path, "must be an array that is not empty")
            return ()
        read = [self._other(item, f"{path}[{place}]") for place, item in enumerate(items)]
        return tuple(other for other in read if other is not None)

    def _other(self, item: object, path: str) -> OtherId | None:
        if not self._is_object(item, path) or not isinstance(item, dict):
            return None
        number = self._text(item, "identification", f"{path}.identification", IDENTIFICATION_CHARACTERS_MAX)
        code = self._text(item, "schemeNameCode", f"{path}.schemeNameCode", None, is_mandatory=False)
        own = self._own_scheme(item, path)
        issuer = self._text(item, "issuer", f"{path}.issuer", SHORT_CHARACTERS_MAX, is_mandatory=False)
        if code is not None and own is not None:
            self._blame(f"{path}.schemeNameProprietary", "must not stand beside a schemeNameCode")
        if code is not None and code not in SCHEMES:
            self._blame(f"{path}.schemeNameCode", "is not a code of the list")
        elif code is not None and number is not None:
            self._check_number(code, number, f"{path}.identification")
        if number is None:
            return None
        return OtherId(number, code if own is None else own, own is not None, issuer)

    def _own_scheme(self, item: Members, path: str) -> str | None:
        """The name of an own scheme, also in the spelling that was documented first."""
        key = "schemeNameProprietary"
        if key not in item:
            key = "schemeNamePropietary"
        return self._text(item, key, f"{path}.{key}", SHORT_CHARACTERS_MAX, is_mandatory=False)

    def _check_number(self, code: str, number: str, path: str) -> None:
        try:
            check_other(code, number)
        except RejectedError as error:
            self._blame(path, error.message)

    def _remittance(self) -> tuple[str, ...]:
        key = "unstructuredRemittanceInformation"
        if key not in self._members:
            return ()
        given = self._members[key]
        items = [given] if isinstance(given, str) else given
        if not isinstance(items, list) or not items:
            self._blame(key, "must be an array of texts that is not empty")
            return ()
        for place, item in enumerate(items):
            path = key if isinstance(given, str) else f"{key}[{place}]"
            self._check_text(item, path, REMITTANCE_CHARACTERS_MAX)
        return tuple(item for item in items if isinstance(item, str))

    def _checked(
        self,
        members: Members,
        key: str,
        path: str,
        parse: Callable[[str], str],
        title: str = INVALID_FIELD,
        *,
        is_mandatory: bool = False,
    ) -> str | None:
        text = self._text(members, key, path, None, is_mandatory=is_mandatory)
        if not text:
            return None
        try:
            return parse(text)
        except RejectedError as error:
            self._blame(path, error.message, title)
            return None

    def _object(self, members: Members, key: str, path: str, *, is_mandatory: bool) -> Members | None:
        if key not in members:
            if is_mandatory:
                self._blame(path, "is mandatory")
            return None
        value = members[key]
        return value if self._is_object(value, path) else None

    def _is_object(self, value: object, path: str) -> bool:
        if isinstance(value, dict) and value:
            return True
        self._blame(path, "must not be empty" if value is None or value == {} else "must be an object")
        return False

    def _text(
        self, members: Members, key: str, path: str, characters_max: int | None, *, is_mandatory: bool = True
    ) -> str | None:
        """A member's text after its check; without a maximum only its kind is looked at, the caller checks the rest."""
        if key not in members:
            if is_mandatory:
                self._blame(path, "is mandatory")
            return None
        value = members[key]
        return value if self._check_text(value, path, characters_max) else None

    def _check_text(self, value: object, path: str, characters_max: int | None) -> bool:
        if value is None or value == "":
            rule: str | None = "must not be empty"
        elif not isinstance(value, str):
            rule = "must be a text"
        else:
            rule = None if characters_max is None else text_rule(value, characters_max)
        if rule is not None:
            self._blame(path, rule)
        return rule is None

    def _blame(self, path: str, rule: str, title: str = INVALID_FIELD) -> None:
        self.faults.append(field_fault(path, rule, title))
