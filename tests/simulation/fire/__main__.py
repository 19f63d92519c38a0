"""The command `python -m simulation.fire`: one run, its verdict as JSON, status 1 for any finding."""

import argparse
import json
import sys

from .faults import NAMES
from .run import Order, play


def main() -> int:
    given = _parser().parse_args()
    faults = [name.strip() for name in given.faults.split(",")] if given.faults else list(NAMES)
    if unknown := set(faults) - set(NAMES):
        raise SystemExit(f"--faults: {', '.join(sorted(unknown))} are none of {', '.join(NAMES)}")
    order = Order(
        kills=given.kills,
        occurrences=given.occurrences,
        freezes=given.kills // 5 if given.freezes is None else given.freezes,
        restarts=max(2, given.kills // 50) if given.restarts is None else given.restarts,
        seed=given.seed,
        seconds=given.seconds,
        faults=faults,
        keyless=given.keyless,
        keep=given.keep,
    )
    verdict = play(order, _say)
    sys.stdout.write(f"{json.dumps(verdict, indent=2)}\n")
    return 0 if verdict["clean"] else 1


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fire", description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000, help="workers that are killed")
    parser.add_argument("--occurrences", type=int, default=5_000, help="about so many fall due meanwhile")
    parser.add_argument("--freezes", type=int, help="workers frozen beyond their lease: a fifth of the kills")
    parser.add_argument("--restarts", type=int, help="crashes of PostgreSQL: one for 50 kills")
    parser.add_argument("--seed", type=int, default=1, help="decides the plan of the faults")
    parser.add_argument("--seconds", type=float, default=0, help="the storm ends behind so many")
    parser.add_argument("--faults", help=f"of {','.join(NAMES)}; all, if not given")
    parser.add_argument("--keyless", action="store_true", help="a processor that does not know keys again")
    parser.add_argument("--keep", action="store_true", help="leave the folder with ledger and logs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
