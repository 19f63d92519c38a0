"""More than one machine: several hosts beside one database, a pooler in front of it, a replica behind it.

`python -m hosts --help` with `tests` on the path. What is paid is judged by the processor's own ledger.
"""
