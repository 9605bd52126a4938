"""Canaries through a real broker and a real worker, as `triage control` sends and sees them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from infra.settings import Settings, load
from streams.admin import create_topics
from streams.reading import to_end
from streams.topics import CANARY, LANES, RECEIVED
from tests.integration.monitoring.test_control import Control, running
from tests.integration.pipeline.processes import pipeline

PARTITIONS = 4


async def series(control: Control, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", await control.scrape(), re.MULTILINE)
    return float(found.group(1)) if found else float("nan")


async def until(control: Control, name: str, least: float) -> float:
    """Wait for a series to reach a value; the test's own time-out bounds it."""
    while True:
        value = await series(control, name)
        if value >= least:
            return value
        await asyncio.sleep(0.2)


async def below(control: Control, name: str, bound: float) -> None:
    while not await series(control, name) < bound:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.2)


async def test_canaries_come_through_every_partition_and_are_missed_when_the_worker_is_gone(
    kafka_broker, database, tmp_path: Path
):
    kafka = kafka_broker.bootstrap
    settings = load(kafka_bootstrap_servers=kafka, topic_partitions=PARTITIONS)
    age = 'crewai_canary_age_seconds{process="control"}'
    outcomes = {one: f'crewai_canaries_total{{outcome="{one}"}}' for one in ("sent", "seen", "lost")}
    with pipeline(
        tmp_path, KAFKA_BOOTSTRAP_SERVERS=kafka, DATABASE_URL=database, KAFKA_SESSION_TIMEOUT_S="6"
    ) as processes:
        async with running(kafka, database, CANARY_INTERVAL_S="0.5") as control:
            await control.until("/health/live", lambda status, _: status == 200)
            # Before the topics exist nothing is sent: a canary without a place to go would stop the worker.
            assert await until(control, age, 1) >= 1
            assert await series(control, outcomes["sent"]) == 0
            await asyncio.to_thread(create_topics, settings)
            processes.start("worker-0")
            await until(control, outcomes["seen"], 2 * PARTITIONS)
            await below(control, age, 3)
            assert await series(control, 'crewai_canary_latency_seconds_count{process="control"}') >= 2 * PARTITIONS
            processes.kill("worker-0")
            before = await series(control, outcomes["lost"])
            await until(control, outcomes["lost"], before + 2)
            assert await until(control, age, 3) >= 3
            processes.start("worker-0")
            seen = await series(control, outcomes["seen"])
            await until(control, outcomes["seen"], seen + 2)
            await below(control, age, 3)
    counted = {spec.name: await records(settings, spec.name) for spec in (RECEIVED, CANARY, *LANES.values())}
    assert 0 not in counted[RECEIVED.name], "every partition was probed"
    assert 0 not in counted[CANARY.name]
    assert not any(sum(counted[lane.name]) for lane in LANES.values()), "none in a lane"


async def records(settings: Settings, topic: str) -> list[int]:
    found = [0] * PARTITIONS
    for partition in range(PARTITIONS):
        async for chunk in to_end(settings, topic, (partition,)):
            found[partition] += len(chunk)
    return found
