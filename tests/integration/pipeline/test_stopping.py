"""SIGTERM ends a stream process at any moment of its life, also while it starts."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.integration.pipeline.processes import TRIAGE, pipeline


@pytest.fixture(scope="module")
def kafka_with_topics(kafka: str) -> str:
    """The shared broker, once the topics are made."""
    subprocess.run([TRIAGE, "topics", "create"], env={**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka}, check=True)
    return kafka


@pytest.mark.parametrize("name", ["worker-0", "archive-0"])
@pytest.mark.parametrize("after_s", [0.7, 1.0, 1.3, 1.6, 2.0])
def test_sigterm_while_it_starts_ends_it(
    name: str, after_s: float, kafka_with_topics: str, database: str, tmp_path: Path
) -> None:
    environment = {"KAFKA_BOOTSTRAP_SERVERS": kafka_with_topics, "DATABASE_URL": database}
    with pipeline(tmp_path, **environment) as flow:
        flow.start(name)
        time.sleep(after_s)  # no promise about what it is doing then: that is the point
        assert flow.terminate(name) in {0, -15}, flow.logs()


@pytest.mark.parametrize("name", ["worker-0", "archive-0"])
def test_sigterm_while_kafka_is_away_ends_it(name: str, database: str, tmp_path: Path) -> None:
    with pipeline(tmp_path, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1", DATABASE_URL=database) as flow:
        flow.start(name)
        deadline = time.monotonic() + 60
        while "no broker at" not in flow.logs():
            assert time.monotonic() < deadline, flow.logs()
            time.sleep(0.1)
        assert flow.died() == []
        assert flow.terminate(name) == 0, flow.logs()
