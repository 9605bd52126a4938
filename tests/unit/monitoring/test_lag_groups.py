"""Which topics are whose queue: what the agents read, and nothing else."""

from __future__ import annotations

from monitoring.lag.groups import QUEUES
from streams.drain.command import GROUPS
from streams.route import triage_agent
from streams.triage.shipped import DEFAULT


def test_every_topic_that_the_worker_joins_is_measured_and_can_be_drained() -> None:
    reads = triage_agent(DEFAULT).reads
    assert set(QUEUES["triage"]) == set(reads)
    assert {topic for topic, group in GROUPS.items() if group == "triage"} == set(reads)
    assert {topic for topic, group in GROUPS.items() if group == "triage-archive"} == set(QUEUES["triage-archive"])
