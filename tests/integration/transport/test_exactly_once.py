"""Real workers, real brokers, real SIGKILLs: every event has its effect exactly once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.stack import KafkaBroker
from tests.integration.transport.soak import Plan, Soak
from tests.services.servers import new_cluster

EVENTS, SECONDS = int(os.environ.get("SOAK_EVENTS", "200000")), float(os.environ.get("SOAK_SECONDS", "600"))
REPLICATED = {
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "min.insync.replicas": "2",
}


def test_kills_freezes_and_a_broker_crash_lose_and_repeat_nothing(
    kafka_broker: KafkaBroker, topic_prefix: str, tmp_path: Path
) -> None:
    Soak([kafka_broker], topic_prefix, tmp_path, Plan(events=14_000, seconds=35)).run()


@pytest.mark.soak
@pytest.mark.parametrize("static", [False, True])
def test_a_long_run_on_three_brokers(topic_prefix: str, tmp_path: Path, static: bool) -> None:
    brokers = new_cluster(tmp_path / "brokers", 3, REPLICATED)
    try:
        with ThreadPoolExecutor(len(brokers)) as pool:  # the first waits for a quorum
            list(pool.map(lambda broker: broker.start(), brokers))
        plan = Plan(
            events=EVENTS,
            seconds=SECONDS,
            pause=(3, 8),
            freezes=3,
            terms=3,
            broker_kills=3,
            static=static,
            replacements=2 if static else 0,
            drain_s=300,
        )
        Soak(brokers, topic_prefix, tmp_path, plan).run()
    finally:
        for broker in brokers:
            broker.kill()
