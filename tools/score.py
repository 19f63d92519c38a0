"""Score the comparing of payees' names against labelled pairs, beside other matchers, in one run.

The pairs are those of the tests. RapidFuzz's WRatio stands for comparing by one number; nomenklatura's logic-v2 runs
in a virtual environment of its own, made in `.score-venv`, and is left out visibly when it cannot be installed.
"""

import argparse
import csv
import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from duerun.domain.payees.compare import HeldName, NameKind, PreparedHolder, compare, prepare
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.verdicts import Verdict

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "domain" / "payees" / "name-cases.csv"
VENV = ROOT / ".score-venv"
NOMENKLATURA = "nomenklatura==4.17.4"
INSTALL_SECONDS_MAX = 600
VERDICTS = ("MTCH", "CMTC", "NMTC")
# Cut-offs for a match and a close match that suited each matcher best when they were fitted to such pairs.
WRATIO_CUTS = (100.0, 81.0)
LOGIC_CUTS = (0.965, 0.74)
ROUNDS = 5
EQUAL_AFTER_CASEFOLD = 4  # of five pairs

_GROUP = re.compile(r"\[([^\]]+)\]")
_LOGIC = """
import csv, json, sys, time
from followthemoney import model
from nomenklatura.matching import LogicV2
from nomenklatura.matching.types import ScoringConfig

SCHEMAS = {"person": "Person", "organisation": "Organization", "joint": "LegalEntity"}

def entity(name, kind):
    return model.get_proxy({"id": name, "schema": SCHEMAS[kind], "properties": {"name": [name]}})

rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
pairs = [(entity(r["given_name"], r["account_type"]), entity(r["account_name"], r["account_type"])) for r in rows]
config = LogicV2.default_config()
scores = [LogicV2.compare(one, other, config).score for one, other in pairs]
start = time.perf_counter()
for one, other in pairs:
    LogicV2.compare(one, other, config)
print(json.dumps({"scores": scores, "speed": len(pairs) / (time.perf_counter() - start)}))
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names with the verdicts that are right by profile."""

    given: str
    held: str
    kind: NameKind
    country: str
    allowed: dict[str, tuple[str, ...]]
    group: str


@dataclass(slots=True)
class Score:
    """What a matcher made of all pairs under one profile."""

    pairs: int = 0
    right: int = 0
    false_match: int = 0
    false_no_match: int = 0
    disclosed: int = 0
    lost: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    groups: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, pair: Pair, allowed: tuple[str, ...], verdict: str, *, shows: bool) -> None:
        """Count one pair."""
        is_right = verdict in allowed
        self.pairs += 1
        self.right += is_right
        self.false_match += verdict == "MTCH" and not is_right
        self.false_no_match += verdict == "NMTC" and allowed == ("MTCH",)
        self.lost += verdict == "NMTC" and not is_right
        self.disclosed += shows and allowed == ("NMTC",)
        self.confusion["|".join(allowed), verdict] += 1
        self.groups[pair.group][0] += is_right
        self.groups[pair.group][1] += 1

    def as_data(self) -> dict[str, Any]:
        """The score as plain data."""
        return {
            "pairs": self.pairs,
            "accuracy": round(100 * self.right / self.pairs, 2),
            "false_match": self.false_match,
            "false_no_match": self.false_no_match,
            "disclosed": self.disclosed,
            "lost": self.lost,
            "confusion": {
                f"{label} -> {verdict}": count for (label, verdict), count in self.confusion.items()
            },
            "groups": dict(sorted(self.groups.items())),
        }


Answer = Callable[[int, str], tuple[str, bool]]


def read_pairs(path: Path) -> list[Pair]:
    """The labelled pairs of a file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Pair(
                given=row["given_name"],
                held=row["account_name"],
                kind=NameKind(row["account_type"]),
                country=row["country"],
                allowed={profile: tuple(filter(None, row[profile].split("|"))) for profile in PROFILES},
                group=found[1] if (found := _GROUP.match(row["note"])) else row["note"] or "other",
            )
            for row in csv.DictReader(lines)
        ]


def score(pairs: Sequence[Pair], answer: Answer) -> dict[str, Score]:
    """All pairs under every profile."""
    scores = {profile: Score() for profile in PROFILES}
    for number, pair in enumerate(pairs):
        for profile, allowed in pair.allowed.items():
            if allowed:
                verdict, shows = answer(number, profile)
                scores[profile].add(pair, allowed, verdict, shows=shows)
    return scores


def by_cuts(scores: Sequence[float], cuts: tuple[float, float]) -> Answer:
    """Verdicts from one number a pair; a close match shows the name."""

    def answer(number: int, _: str) -> tuple[str, bool]:
        value = scores[number]
        verdict = "MTCH" if value >= cuts[0] else "CMTC" if value >= cuts[1] else "NMTC"
        return verdict, verdict == "CMTC"

    return answer


def pairs_per_second(work: Sequence[tuple[str, PreparedHolder]]) -> int:
    """The best of several rounds through all pairs, on one core, the held side prepared before."""
    best = 0.0
    rules = PROFILES["balanced"]
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for given, holder in work:
            compare(given, holder, rules)
        best = max(best, len(work) / (time.perf_counter() - start))
    return round(best)


def speeds(pairs: Sequence[Pair], holders: Sequence[PreparedHolder]) -> dict[str, int]:
    """Pairs a second: all labelled pairs, and a mix in which four of five are equal after casefolding."""
    hard = [(pair.given, holder) for pair, holder in zip(pairs, holders, strict=True)]
    usual = list(hard)
    for number in range(EQUAL_AFTER_CASEFOLD * len(pairs)):
        holder = holders[number % len(holders)]
        name = holder.names[0][0]
        usual.append((name.upper() if number % 2 else name, holder))
    return {"hard": pairs_per_second(hard), "usual": pairs_per_second(usual)}


def of_duerun(pairs: Sequence[Pair]) -> dict[str, Any]:
    """This matcher."""
    holders = [prepare([HeldName(pair.held)], pair.kind, pair.country) for pair in pairs]

    def answer(number: int, profile: str) -> tuple[str, bool]:
        found = compare(pairs[number].given, holders[number], PROFILES[profile])
        return found.verdict.value, found.verdict is Verdict.CLOSE and found.matched_name is not None

    scores = score(pairs, answer)
    return {"scores": scores, "speed": speeds(pairs, holders)}


def of_wratio(pairs: Sequence[Pair]) -> dict[str, Any]:
    """RapidFuzz's WRatio on casefolded names."""
    texts = [(pair.given.casefold(), pair.held.casefold()) for pair in pairs]
    start = time.perf_counter()
    values = [fuzz.WRatio(given, held) for given, held in texts]
    speed = round(len(texts) / (time.perf_counter() - start))
    return {"scores": score(pairs, by_cuts(values, WRATIO_CUTS)), "speed": {"hard": speed}}


def of_logic(pairs: Sequence[Pair], path: Path) -> dict[str, Any] | str:
    """nomenklatura's logic-v2 in its own environment, or why it was left out."""
    python = VENV / "bin" / "python"
    try:
        if not (VENV / ".installed").exists():
            _run([sys.executable, "-m", "venv", str(VENV)])
            _run([str(python), "-m", "pip", "install", "--quiet", NOMENKLATURA])
            (VENV / ".installed").touch()
        answered = json.loads(_run([str(python), "-c", _LOGIC, str(path)]))
    except (OSError, subprocess.SubprocessError, ValueError) as problem:
        told = getattr(problem, "stderr", None) or str(problem)
        return str(told).strip().splitlines()[-1]
    scores = score(pairs, by_cuts(answered["scores"], LOGIC_CUTS))
    return {"scores": scores, "speed": {"hard": round(answered["speed"])}}


def _run(command: list[str]) -> str:
    done = subprocess.run(  # noqa: S603
        command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX
    )
    return done.stdout


def print_table(results: dict[str, dict[str, Any] | str]) -> None:
    """A line for each matcher, then what this one did in detail."""
    heading = (
        f"{'matcher':<24}{'strict':>8}{'balanced':>10}{'lenient':>9}{'fM':>4}{'fN':>4}{'disc':>6}{'lost':>6}"
    )
    _say(heading + f"{'hard/s':>10}{'usual/s':>10}")
    for name, result in results.items():
        if isinstance(result, str):
            _say(f"{name:<24}left out: {result}")
            continue
        scores: dict[str, Score] = result["scores"]
        strict, balanced, lenient = (100 * each.right / each.pairs for each in scores.values())
        errors = scores["balanced"]
        false_matches = sum(each.false_match for each in scores.values())
        line = f"{name:<24}{strict:>8.2f}{balanced:>10.2f}{lenient:>9.2f}{false_matches:>4}{errors.false_no_match:>4}"
        speed = result["speed"]
        line += f"{errors.disclosed:>6}{errors.lost:>6}{speed['hard']:>10,}"
        _say(line + (f"{speed['usual']:>10,}" if "usual" in speed else ""))
    _say(
        "fM: false matches in all profiles. Balanced only: fN required matches answered NMTC, disc names shown"
    )
    _say("to strangers, lost NMTC where a match or a close match is required.")


def print_details(scores: dict[str, Score]) -> None:
    """Confusion by profile, and the shares of each group."""
    for profile, each in scores.items():
        _say(f"\n{profile}: allowed verdicts against given ones")
        _say(f"  {'allowed':<12}" + "".join(f"{verdict:>7}" for verdict in VERDICTS))
        for label in sorted({label for label, _ in each.confusion}):
            counts = "".join(f"{each.confusion[label, verdict]:>7}" for verdict in VERDICTS)
            _say(f"  {label:<12}{counts}")
    _say("\nright by group" + "".join(f"{profile:>12}" for profile in scores))
    for group in sorted({group for each in scores.values() for group in each.groups}):
        shares = (each.groups.get(group, [0, 0]) for each in scores.values())
        _say(f"{group:<18}" + "".join(f"{f'{right}/{count}':>12}" for right, count in shares))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    """Score, then print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--cases", type=Path, default=CASES, help="labelled pairs, by default those of the tests"
    )
    parser.add_argument("--json", action="store_true", help="print data in place of tables")
    parser.add_argument("--alone", action="store_true", help="leave the other matchers out")
    asked = parser.parse_args()
    pairs = read_pairs(asked.cases)
    results: dict[str, dict[str, Any] | str] = {"duerun": of_duerun(pairs)}
    if not asked.alone:
        results["rapidfuzz WRatio"] = of_wratio(pairs)
        results["nomenklatura logic-v2"] = of_logic(pairs, asked.cases)
    if asked.json:
        data = {
            name: result if isinstance(result, str) else _as_data(result) for name, result in results.items()
        }
        _say(json.dumps(data, indent=2, ensure_ascii=False))
        return
    print_table(results)
    own = results["duerun"]
    if not isinstance(own, str):
        print_details(own["scores"])


def _as_data(result: dict[str, Any]) -> dict[str, Any]:
    return {
        "speed": result["speed"],
        "profiles": {name: each.as_data() for name, each in result["scores"].items()},
    }


if __name__ == "__main__":
    main()
