"""Logging: one line per fact, no secrets, no bodies."""

import logging
import sys


def configure(level: str = "INFO") -> None:
    """Send the log lines of the process to standard error."""
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )


def logger(name: str) -> logging.Logger:
    """The logger of a module, under the product's name."""
    return logging.getLogger(f"duerun.{name}")
