"""One small system for all tests of this folder; each leaves the settings as it found them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.settings import load
from infra.stack.ports import any_free
from monitoring.admin.tokens import new_token
from streams.admin import create_topics
from streams.triage.verdict import Lane
from tests.integration.control.system import NAMES, System
from tests.integration.pipeline.processes import pipeline
from tests.services.servers import execute, new_broker, running

if TYPE_CHECKING:
    from infra.stack import PostgresServer


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory, shared_postgres: PostgresServer) -> Iterator[System]:
    with running(new_broker(tmp_path_factory.mktemp("broker"))) as broker:
        name = f"control_{os.getpid()}"
        execute(shared_postgres.url, f"CREATE DATABASE {name}")
        settings = load(kafka_bootstrap_servers=broker.bootstrap, status_interval_s=0.3)
        create_topics(settings)
        health, metrics = any_free(2)
        token, entry = new_token("fuzzer", "operate", timedelta(hours=1), datetime.now(UTC))
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
            "DATABASE_URL": shared_postgres.url_of(name),
            "STATUS_INTERVAL_S": "0.3",
            "CANARY_INTERVAL_S": "0",
            "KAFKA_SESSION_TIMEOUT_S": "6",
            "STATIC_MEMBERSHIP": "true",
            "PYTHONPATH": str(Path.cwd()),
            "HEALTH_PORT": str(health),
            "METRICS_PORT": str(metrics),
            "ADMIN_TOKENS": entry,
            "ADMIN_RATE": "1000",
        }
        with pipeline(tmp_path_factory.mktemp("control"), **environment) as flow:
            made = System(
                settings=settings, database=environment["DATABASE_URL"], flow=flow,
                admin=f"http://127.0.0.1:{metrics}", token=token,
            )  # fmt: skip
            for process in NAMES:
                made.start(process)
            made.until(lambda: all(made.counts(process) for process in NAMES))
            made.put_verdicts(Lane.NORMAL, 40)
            made.until(lambda: "verdicts" in execute(made.database, "SELECT relname FROM pg_class WHERE relkind = 'r'"))
            made.until(lambda: made.archived(Lane.NORMAL) == 40)
            yield made
        execute(shared_postgres.url, f"DROP DATABASE {name} WITH (FORCE)")
