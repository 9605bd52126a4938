"""`triage worker` with a defect: it fails on every mail of the account "defect"."""

from __future__ import annotations

from dataclasses import replace

from infra.settings import load
from streams.process import run
from streams.route import triage_agent
from streams.runtime import Event, Known, Outcome
from streams.triage.shipped import DEFAULT
from streams.worker import GROUP

AGENT = triage_agent(DEFAULT)


def decide(event: Event, known: Known) -> Outcome:
    """The agent's decision, but for the defect."""
    if event.key == b"defect":
        raise ZeroDivisionError
    return AGENT.decide(event, known)


if __name__ == "__main__":
    run(load(), "worker", GROUP, [replace(AGENT, decide=decide)])
