"""Follows triage.status without a group and tells `Instances` what each process says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from infra.kafka import aiokafka_options
from infra.settings import Settings
from monitoring.health.instances import Instances
from streams.closing import close_within
from streams.kafka_errors import KafkaUnavailable, or_unavailable
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


async def instances_now(settings: Settings, within_s: float) -> Instances:
    """What every process said last.

    Raises:
        KafkaUnavailable: the topic cannot be read.
    """
    instances = Instances(interval_s=settings.status_interval_s)
    said = f"{STATUS.name} could not be read from"
    try:
        with or_unavailable(settings, said):
            async with asyncio.timeout(within_s):
                await catch_up(settings, instances)
    except LookupError:
        where = settings.kafka_bootstrap_servers
        raise KafkaUnavailable(f"{said} {where}: it does not exist; run `triage topics create`") from None
    return instances


async def catch_up(settings: Settings, instances: Instances) -> None:
    """Read what has been said so far, once.

    Raises:
        LookupError: there is no such topic.
        aiokafka.errors.KafkaError: no broker answers.
    """
    async with _opened(settings) as (consumer, history):
        while any([await consumer.position(tp) < end for tp, end in history.items()]):
            await _hear(consumer, history, instances)


async def _follow(settings: Settings, instances: Instances) -> None:
    async with _opened(settings) as (consumer, history):
        while True:
            await _hear(consumer, history, instances)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Any, dict[Any, int]]]:
    """A consumer at the topic's start, and where the history ends."""
    from aiokafka import AIOKafkaConsumer, TopicPartition

    consumer: Any = AIOKafkaConsumer(
        **aiokafka_options(settings),
        client_id=f"{settings.instance_id}-follow",
        isolation_level="read_committed",
        auto_offset_reset="earliest",  # retention may overtake the read
    )
    try:
        await consumer.start()
        partitions = [TopicPartition(STATUS.name, number) for number in await _partitions(consumer)]
        consumer.assign(partitions)
        history = await consumer.end_offsets(partitions)
        for tp, start in (await consumer.beginning_offsets(partitions)).items():
            consumer.seek(tp, start)
        yield consumer, history
    finally:
        await close_within(consumer, 1)


async def _hear(consumer: Any, history: dict[Any, int], instances: Instances) -> None:
    for tp, records in (await consumer.getmany(timeout_ms=200)).items():
        for record in records:
            _tell(instances, record, live=record.offset >= history[tp])


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
