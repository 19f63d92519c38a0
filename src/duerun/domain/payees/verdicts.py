"""What a check can say, and why (source: the VOP wire specification, sections 6 and 11, and EPC288-23)."""

from enum import StrEnum


class Verdict(StrEnum):
    """The four answers of the scheme."""

    MATCH = "MTCH"
    CLOSE = "CMTC"
    NO_MATCH = "NMTC"
    NOT_APPLICABLE = "NOAP"


class Reason(StrEnum):
    """Why a verdict was given. Never on the wire of a bulk file: operators and `explain` see it."""

    EXACT = "exact"
    FORMAT = "format"
    ORDER = "order"
    TITLE = "title"
    TRANSLITERATION = "transliteration"
    FORM_SPELLING = "form_spelling"
    FORM_MISSING = "form_missing"
    FORM_DIFFERS = "form_differs"
    INITIAL = "initial"
    MIDDLE_NAME = "middle_name"
    TYPO = "typo"
    TRANSPOSITION = "transposition"
    NICKNAME = "nickname"
    PARTICLE = "particle"
    SUFFIX = "suffix"
    HALF_SURNAME = "half_surname"
    PARTIAL_NAME = "partial_name"
    EXTRA_WORD = "extra_word"
    JOINT_HOLDER = "joint_holder"
    ALIAS = "alias"
    OTHER_KIND = "other_kind"
    MIXED_SCRIPT = "mixed_script"
    FLOOR = "floor"
    CONFLICT = "conflict"
    DIFFERENT = "different"
    IDENTIFICATION = "identification"
    PEER = "peer"
    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_CLOSED = "account_closed"
    PSP_UNKNOWN = "psp_unknown"
    PSP_NOT_READY = "psp_not_ready"
    NO_DATA = "no_data"
    TIMEOUT = "timeout"
    RESPONDER_ERROR = "responder_error"
    CHARSET = "charset"
    COUNTRY = "country"
    NOT_OFFERED = "not_offered"
