"""One broker with the real topics for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.settings import Settings, load
from streams.admin import create_topics
from tests.services.servers import new_broker, running


@pytest.fixture(scope="package")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a broker where nothing runs but what these tests start, and which removes nothing by age: thirty seconds after
    its start Kafka looks for what is too old, and one of them shortens the retention for a moment."""
    never = {"log.initial.task.delay.ms": "3600000"}
    with running(new_broker(tmp_path_factory.mktemp("dead-letters"), never)) as broker:
        create_topics(load(kafka_bootstrap_servers=broker.bootstrap))
        yield broker.bootstrap


@pytest.fixture
def settings(bootstrap: str) -> Settings:
    """How the tests reach it."""
    return load(kafka_bootstrap_servers=bootstrap, instance_id="test")
