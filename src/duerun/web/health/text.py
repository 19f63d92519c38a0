"""Metrics as text that Prometheus reads.

Source: the text-based exposition format of Prometheus, version 0.0.4.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name with the unit, its kind (`gauge` or `counter`), one sentence, and its samples by labels."""

    name: str
    kind: str
    sentence: str
    samples: Sequence[Sample]


def encode(families: Iterable[Family]) -> bytes:
    """The text of all families that have samples."""
    lines: list[str] = []
    for family in families:
        if family.samples:
            lines += [
                f"# HELP {family.name} {_escape(family.sentence)}",
                f"# TYPE {family.name} {family.kind}",
            ]
            lines += [f"{family.name}{_labels(labels)} {_number(value)}" for labels, value in family.samples]
    return "".join(line + "\n" for line in lines).encode()


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    pairs = [f'{name}="{_escape(text).replace(chr(34), chr(92) + chr(34))}"' for name, text in labels.items()]
    return "{" + ",".join(pairs) + "}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(value)
