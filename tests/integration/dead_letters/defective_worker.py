"""`triage worker` of a deploy that fails on every mail: python -m tests.integration.dead_letters.defective_worker."""

from __future__ import annotations

from dataclasses import replace

from infra.settings import load
from streams.process import run
from streams.route import triage_agent
from streams.runtime import Event, Known, Outcome
from streams.triage.shipped import DEFAULT
from streams.worker import GROUP


def defect(event: Event, known: Known) -> Outcome:
    """What nobody noticed before it was deployed."""
    raise AttributeError(f"'NoneType' object has no attribute 'lane' ({event.offset}, {known is None})")


if __name__ == "__main__":
    run(load(), "worker", GROUP, [replace(triage_agent(DEFAULT), decide=defect)])
