"""How a single account is attached to a processor of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
URL, TOKEN = "gateway_url", "gateway_token"
# A lease is longer than four of these.
TIMEOUT_SECONDS_MAX = 60.0
PROCESSING_SECONDS_MAX = 86_400.0
KEY_WINDOW_SECONDS_MAX = 366 * 86_400.0
CONCURRENCY_MAX = 1_000
URL_CHARS_MAX = 2_000
TOKEN_CHARS_MAX = 4_096


@dataclass(frozen=True, slots=True)
class AttachedTerms:
    """A processor of one account in one mode. `token` is sealed; what is None is as the server's options say."""

    number: int
    url: str
    token: bytes = field(repr=False)
    timeout_seconds: float | None = None
    max_processing_seconds: float | None = None
    concurrency: int | None = None
    supports_key: bool | None = None
    key_window_seconds: float | None = None
    lookup: bool | None = None

    @classmethod
    def read(cls, number: int, url: str, token: bytes, terms: Mapping[str, Any]) -> "AttachedTerms":
        """From the options as they are stored, without their prefix."""
        return cls(number, url, token, **{name: terms[name] for name in TERMS if name in terms})


def token_place(url: str) -> str:
    """What a sealed token is bound to: it is shown to nobody else."""
    return f"gateway token for {url}"


def _seconds(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text)
        if not (isfinite(value) and least <= value <= most):
            raise ValueError(text)
        return value

    return read


def _concurrency(text: str) -> int:
    value = int(text)
    if not 1 <= value <= CONCURRENCY_MAX:
        raise ValueError(text)
    return value


def _word(text: str) -> bool:
    return WORDS[text.lower()]


def _short(chars_max: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > chars_max or not (text.isascii() and text.isprintable()):
            raise ValueError(text)
        return text

    return read


# Each option of an account: what it must be, and how it is read. An empty text takes one away again.
TERMS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "timeout_seconds": (f"seconds from 0.1 to {TIMEOUT_SECONDS_MAX:g}", _seconds(0.1, TIMEOUT_SECONDS_MAX)),
    "max_processing_seconds": (
        f"seconds from 0 to {PROCESSING_SECONDS_MAX:g}",
        _seconds(0, PROCESSING_SECONDS_MAX),
    ),
    "concurrency": (f"a number from 1 to {CONCURRENCY_MAX}", _concurrency),
    "supports_key": ("true or false", _word),
    "key_window_seconds": (
        f"seconds from 0, which is for good, to {KEY_WINDOW_SECONDS_MAX:g}",
        _seconds(0, KEY_WINDOW_SECONDS_MAX),
    ),
    "lookup": ("true or false", _word),
}
GATEWAY_OPTIONS: dict[str, tuple[str, Callable[[str], Any]]] = {
    URL: ("an address such as https://pay.example.com/duerun", _short(URL_CHARS_MAX)),
    TOKEN: ("of printable ASCII characters", _short(TOKEN_CHARS_MAX)),
    **{f"gateway_{name}": rule for name, rule in TERMS.items()},
}
