"""Fixtures of the monitoring tests."""

from __future__ import annotations

import pytest

from infra.settings import Settings, load
from tests.integration.monitoring.bench import Bench


@pytest.fixture
def settings(kafka: str) -> Settings:
    return load(kafka_bootstrap_servers=kafka)


@pytest.fixture
def bench(settings: Settings, unique: str) -> Bench:
    return Bench(settings, unique)
