"""The command `python -m hosts`: a run with a verdict as JSON, status 1 for any finding."""

import argparse
import json
import sys
from typing import Any

from . import failover, several, throughput

OUTAGES = (2.0, 6.0, 20.0)


def main() -> int:
    given = _parser().parse_args()
    verdict: dict[str, Any] = given.play(given)
    sys.stdout.write(f"{json.dumps(verdict, indent=2)}\n")
    return 0 if verdict["clean"] and verdict.get("reached", True) else 1


def _failover(given: argparse.Namespace) -> dict[str, Any]:
    outages = [OUTAGES[number % len(OUTAGES)] for number in range(given.rounds)]
    return failover.play(failover.Order(outages=outages, hostile=given.hostile, seed=given.seed), _say)


def _several(given: argparse.Namespace) -> dict[str, Any]:
    return several.play(several.Order(rows=given.rows, hostile=given.hostile, seed=given.seed), _say)


def _throughput(given: argparse.Namespace) -> dict[str, Any]:
    workers = [int(each) for each in given.workers.split(",")]
    order = throughput.Order(
        workers=workers, rows=given.rows, call_seconds=given.call_seconds, concurrency=given.concurrency
    )
    return throughput.play(order, _say)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hosts", description=__doc__)
    runs = parser.add_subparsers(required=True)
    each = runs.add_parser("failover", help="a primary that dies, and a replica that is promoted")
    each.add_argument(
        "--rounds", type=int, default=3, help=f"with {OUTAGES} seconds to the promotion in turn"
    )
    _hostility(each, _failover)
    each = runs.add_parser("faults", help="hosts that are cut off, frozen and added")
    each.add_argument("--rows", type=int, default=400, help="schedules of each of three files")
    _hostility(each, _several)
    each = runs.add_parser("throughput", help="workers on hosts of their own")
    each.add_argument("--workers", default="1,2,3,4", help="numbers of workers, one after another, rising")
    each.add_argument(
        "--rows", type=int, default=2_000, help="occurrences that fall due at once, for each number"
    )
    each.add_argument("--call-seconds", type=float, default=0.05, help="how long a call takes the processor")
    each.add_argument("--concurrency", type=int, default=8, help="calls that a worker makes at once")
    each.set_defaults(play=_throughput)
    return parser


def _hostility(parser: argparse.ArgumentParser, play: object) -> None:
    parser.add_argument(
        "--hostile", type=float, default=0.1, help="share of the processor's answers that are wrong"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.set_defaults(play=play)


if __name__ == "__main__":
    sys.exit(main())
