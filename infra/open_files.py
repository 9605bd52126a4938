"""How many files and connections a process may have open: what a server has of both grows with topics and tables."""

from __future__ import annotations

import resource
import sys

ENOUGH = 1024
"""Kafka keeps three files for each partition open, a worker some for each table."""
REMEDY = f"allow at least {ENOUGH} open files: `ulimit -n`, LimitNOFILE= of a service, nofile of a container"


def own() -> int:
    """The limit that a process started here begins with."""
    return _number(resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def most() -> int:
    """The limit that it may raise its own to, as Java does."""
    return _number(resource.getrlimit(resource.RLIMIT_NOFILE)[1])


def _number(limit: int) -> int:
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit
