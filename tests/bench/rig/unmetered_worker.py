"""`triage worker` that records nothing: python -m tests.bench.rig.unmetered_worker."""

from __future__ import annotations

from dataclasses import replace

from prometheus_client import Counter, Gauge, Histogram

from infra.settings import load
from streams.process import run
from streams.route import triage_agent
from streams.triage.shipped import DEFAULT
from streams.worker import GROUP


def nothing(*_: object, **__: object) -> None:
    """Instead of recording."""


def main() -> None:
    """Run until stopped."""
    for kind, verb in ((Counter, "inc"), (Gauge, "set"), (Gauge, "set_to_current_time"), (Histogram, "observe")):
        setattr(kind, verb, nothing)
    run(load(), "worker", GROUP, [replace(triage_agent(DEFAULT), committed=None)])


if __name__ == "__main__":
    main()
