"""Follows triage.status without a group and tells `Instances` what each process says."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

from infra.kafka import aiokafka_options
from infra.settings import Settings
from monitoring.health.instances import Instances
from streams.closing import close_within
from streams.topics import STATUS

log = logging.getLogger(__name__)

RETRY_S = 2.0


async def follow(settings: Settings, instances: Instances) -> None:
    """Read the topic from its start and go on for ever; connect again whatever happens."""
    while True:
        try:
            await _follow(settings, instances)
        except Exception as error:  # Kafka is away, or the topic is not there yet: the probes say so
            log.debug("status topic: %s", type(error).__name__)
        await asyncio.sleep(RETRY_S)


async def _follow(settings: Settings, instances: Instances) -> None:
    from aiokafka import AIOKafkaConsumer, TopicPartition

    consumer: Any = AIOKafkaConsumer(
        **aiokafka_options(settings), client_id=f"{settings.instance_id}-follow", isolation_level="read_committed"
    )
    try:
        await consumer.start()
        numbers = await _partitions(consumer)
        partitions = [TopicPartition(STATUS.name, number) for number in numbers]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        history = await consumer.end_offsets(partitions)
        while True:
            for tp, records in (await consumer.getmany(timeout_ms=1000)).items():
                for record in records:
                    _tell(instances, record, live=record.offset >= history[tp])
    finally:
        await close_within(consumer, 1)


async def _partitions(consumer: Any) -> list[int]:
    """The topic's partitions; raises LookupError while it does not exist."""
    await consumer._client.add_topic(STATUS.name)  # noqa: SLF001 - a consumer without a subscription asks for no topic
    found = consumer.partitions_for_topic(STATUS.name)
    if not found:
        raise LookupError(STATUS.name)
    return sorted(found)


def _tell(instances: Instances, record: Any, *, live: bool) -> None:
    # A word heard live is dated by our own clock, so that a process with a wrong one is not taken for dead.
    if record.key is not None:
        instances.hear(record.key.decode("utf-8", "replace"), record.value, now=datetime.now(UTC) if live else None)
