"""The crash harness: real processes are killed, frozen and cut off; the processor's own ledger is the judge.

`python -m simulation.fire --help` with `tests` on the path, or `make fire`.
"""
