"""Pairs of names as lines of JSON: each is compared and answered by a line, a bad one by an error.

No message repeats what stood in a line.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from duerun.domain.errors import RejectedError
from duerun.domain.payees.compare import (
    Comparison,
    HeldName,
    NameKind,
    PreparedHolder,
    compare,
    explain,
    is_empty_name,
    prepare,
)
from duerun.domain.payees.kinds import kind_of
from duerun.domain.payees.profiles import MatchRules
from duerun.domain.payees.verdicts import Reason, Verdict

LINE_BYTES_MAX = 65_536
HOLDERS_KEPT_MAX = 16_384

PairId = str | int | None | UnsetType


class Pair(msgspec.Struct, gc=False):
    """The name that was given, and the name of the account; `type` and `country` where they are known."""

    given: str
    account: str
    id: PairId = UNSET
    type: NameKind | None = None
    country: str | None = None


class PairResult(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """What came of a pair; `steps` where they were asked for."""

    result: Verdict
    reason: Reason
    id: PairId = UNSET
    matched_name: str | None = None
    steps: tuple[str, ...] | UnsetType = UNSET


class PairError(msgspec.Struct, gc=False):
    """Why a line was not compared; with its `id` if that could be read."""

    error: str
    id: PairId = UNSET


class Answered(NamedTuple):
    """Answers to a block of lines, and how many of these were bad."""

    lines: bytes
    bad: int


_PAIRS = msgspec.json.Decoder(Pair)
_ENCODER = msgspec.json.Encoder()
_EXACT = Comparison(Verdict.MATCH, Reason.EXACT)
_NO_DATA = Comparison(Verdict.NOT_APPLICABLE, Reason.NO_DATA)


class PairAnswers:
    """Answers blocks of lines under the rules of a profile."""

    def __init__(self, rules: MatchRules, *, tells_steps: bool) -> None:
        self.rules, self.tells_steps = rules, tells_steps
        self._compare = explain if tells_steps else compare

    def answer(self, block: bytes) -> Answered:
        """The answers to whole lines, in their order; blank lines have none."""
        lines = block.removesuffix(b"\n").split(b"\n")
        try:
            pairs: list[Pair] = _PAIRS.decode_lines(block)
            if len(pairs) == len(lines) and max(map(len, lines)) <= LINE_BYTES_MAX:
                return Answered(_ENCODER.encode_lines([self._compared(pair) for pair in pairs]), 0)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, RejectedError):
            pass
        answers = [self._careful(line) for line in lines if line.strip()]
        return Answered(_ENCODER.encode_lines(answers), sum(isinstance(each, PairError) for each in answers))

    def _careful(self, line: bytes) -> PairResult | PairError:
        members = _members(line)
        if isinstance(members, str):
            return PairError(members)
        found = members.get("id", UNSET)
        pair_id = found if found is None or isinstance(found, str | int) else UNSET
        try:
            return self._compared(_pair(members, pair_id))
        except RejectedError as error:
            return PairError(error.message, pair_id)

    def _compared(self, pair: Pair) -> PairResult:
        """Raises RejectedError for a country that is none. A name without a letter is nobody's."""
        given, account = pair.given, pair.account
        country = pair.country or ""
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise RejectedError("Field 'country' must have two letters")
        if not account[:1].isalnum() and is_empty_name(account):
            found = _NO_DATA
        elif not self.tells_steps and _is_same(given, account):
            found = _EXACT
        else:
            found = self._compare(given, _prepared(account, pair.type, country.upper()), self.rules)
        steps = found.steps if self.tells_steps else UNSET
        return PairResult(found.verdict, found.reason, pair.id, found.matched_name, steps)


def _is_same(given: str, account: str) -> bool:
    """Equal but for case: then nothing needs to be made ready, which is most of the work."""
    return given == account or (given.isascii() and given.lower() == account.lower())


@lru_cache(HOLDERS_KEPT_MAX)
def _prepared(account: str, kind: NameKind | None, country: str) -> PreparedHolder:
    """Where many names are compared with one account, it is made ready once."""
    return prepare([HeldName(account)], kind or kind_of(account), country)


def _members(line: bytes) -> dict[str, Any] | str:
    """The members of a line, or what is wrong with it."""
    if len(line) > LINE_BYTES_MAX:
        return f"The line is longer than {LINE_BYTES_MAX} bytes"
    try:
        members = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        members = None
    return members if isinstance(members, dict) else "The line is not a JSON object"


def _pair(members: dict[str, Any], pair_id: PairId) -> Pair:
    """A pair of members that are looked at one by one."""
    if members.get("id") is not None and pair_id is UNSET:
        raise RejectedError("Field 'id' must be a text or a whole number")
    for name in ("given", "account"):
        if not isinstance(members.get(name), str):
            raise RejectedError(f"Field '{name}' {'must be a text' if name in members else 'is mandatory'}")
    country, kind = members.get("country"), members.get("type")
    if not isinstance(country, str | None):
        raise RejectedError("Field 'country' must have two letters")
    if kind not in (None, "", *NameKind):
        raise RejectedError(f"Field 'type' must be one of {', '.join(NameKind)}")
    return Pair(members["given"], members["account"], pair_id, NameKind(kind) if kind else None, country)
