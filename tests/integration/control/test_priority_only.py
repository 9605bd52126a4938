"""Priority-only while every lane has a backlog: what is urgent comes through at once, all else waits in place."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from streams.archive.sink import STATEMENT_ROWS
from streams.triage.verdict import Lane
from tests.integration.control.system import System
from tests.services.servers import execute

URGENT_S = 3.0
WAITING = (Lane.HIGH, Lane.NORMAL, Lane.LOW)


@pytest.fixture(params=[1_000, pytest.param(50_000, marks=[pytest.mark.soak, pytest.mark.timeout(1200)])])
def backlog(request: pytest.FixtureRequest, system: System) -> Iterator[int]:
    """So many mails in each lane. A batch is one statement, in which all rows get the same time: the table then shows the
    order in which batches were written."""
    system.set("BATCH_SIZE", STATEMENT_ROWS)
    yield request.param
    system.clear_all()
    system.until(lambda: all(system.lag(lane) == 0 for lane in Lane), 600)


def test_urgent_is_delivered_at_once_and_everything_once_in_order_afterwards(system: System, backlog: int) -> None:
    before = {lane: system.archived(lane) for lane in Lane}
    system.set("MIN_PRIORITY", 9)
    for lane in Lane:
        system.put_verdicts(lane, backlog)
    system.until(lambda: system.archived(Lane.URGENT) == before[Lane.URGENT] + backlog, 300)
    urgent = []
    for _ in range(10):
        urgent += system.put_verdicts(Lane.URGENT, 1)
        time.sleep(0.1)  # ten moments, not one
    system.until(lambda: system.archived(Lane.URGENT) == before[Lane.URGENT] + backlog + len(urgent))
    assert [system.archived(lane) - before[lane] for lane in WAITING] == [0, 0, 0]
    assert [system.lag(lane) for lane in WAITING] == [backlog] * 3
    assert waits(system, urgent)[len(urgent) // 2] < URGENT_S
    system.clear("MIN_PRIORITY")
    system.until(lambda: all(system.archived(lane) == before[lane] + backlog for lane in WAITING), 600)
    assert overtaken(system) == 0


def test_without_it_urgent_does_not_wait_for_a_backlog_of_the_others(system: System, backlog: int) -> None:
    before = {lane: system.archived(lane) for lane in Lane}
    for lane in WAITING:
        system.set(f"LANE:{lane}", "paused")
        system.put_verdicts(lane, backlog)
    for lane in WAITING:
        system.clear(f"LANE:{lane}")
    urgent = [one for _ in range(10) for one in system.put_verdicts(Lane.URGENT, 1)]
    system.until(lambda: all(system.archived(lane) == before[lane] + backlog for lane in WAITING), 600)
    system.until(lambda: system.archived(Lane.URGENT) == before[Lane.URGENT] + len(urgent))
    assert waits(system, urgent)[len(urgent) // 2] < URGENT_S
    assert overtaken(system) == 0


def waits(system: System, ids: list[str]) -> list[float]:
    """Seconds from the lane to the table, the shortest first."""
    wanted = ", ".join(f"'{one}'" for one in ids)
    query = "SELECT extract(epoch FROM archived_at - lane_timestamp) FROM verdicts WHERE event_id IN"
    found = sorted(map(float, execute(system.database, f"{query} ({wanted})").splitlines()))
    assert len(found) == len(ids)
    return found


def overtaken(system: System) -> int:
    """Rows that were written before one that stands in front of them in their partition."""
    return int(
        execute(
            system.database,
            "SELECT count(*) FROM (SELECT archived_at < lag(archived_at) OVER"
            " (PARTITION BY lane_topic, lane_partition ORDER BY lane_offset) AS wrong FROM verdicts) AS ordered"
            " WHERE wrong",
        )
    )
