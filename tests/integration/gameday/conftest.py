"""One system and one Prometheus for all game days."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.integration.gameday.system import JOBS, System, system
from tests.integration.gameday.watching import Watch, watch
from tests.services.prometheus import programs

FACTOR = 30
"""What every duration is divided by: five minutes become ten seconds, a scrape comes twice a second."""


@pytest.fixture(scope="package")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system under load."""
    if missing := programs():
        fail = pytest.fail if os.environ.get("TRIAGE_TESTS_NEED_SERVICES") else pytest.skip
        fail(f"not installed: apt-get install {' '.join(missing)}")
    with system(tmp_path_factory.mktemp("gameday")) as made:
        yield made


@pytest.fixture(scope="package")
def watching(at: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Prometheus and Alertmanager, when all is calm."""
    targets = {job: [at.ports[job]] for job in JOBS}
    with watch(tmp_path_factory.mktemp("watch"), targets, FACTOR) as made:
        made.until_answered(f"count(up == 1) == {len(JOBS)}", 120)
        made.until_answered("sum(rate(crewai_emails_processed_total[5s])) > 0", 120)
        made.until_calm(120)
        yield made
