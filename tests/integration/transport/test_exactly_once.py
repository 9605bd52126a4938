"""Real workers, real brokers, real SIGKILLs: every event has its effect exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.stack import KafkaBroker
from tests.integration.transport.soak import Plan, Soak
from tests.services.servers import new_cluster


@pytest.mark.timeout(300)
def test_kills_freezes_and_a_broker_crash_lose_and_repeat_nothing(
    kafka_broker: KafkaBroker, topic_prefix: str, tmp_path: Path
) -> None:
    soak = Soak([kafka_broker], topic_prefix, tmp_path, Plan(events=20_000, seconds=50))
    soak.run()
    assert soak.tally.kills >= 8


@pytest.mark.soak
@pytest.mark.parametrize("static", [False, True])
def test_200_000_events_on_three_brokers(topic_prefix: str, tmp_path: Path, static: bool) -> None:
    brokers = new_cluster(tmp_path / "brokers", 3)
    for broker in brokers:
        broker.start()
    try:
        plan = Plan(
            events=200_000, seconds=600, pause=(3, 8), freezes=3, terms=3, broker_kills=3, static=static,
            replacements=2 if static else 0, drain_s=300,
        )
        Soak(brokers, topic_prefix, tmp_path, plan).run()
    finally:
        for broker in brokers:
            broker.kill()
