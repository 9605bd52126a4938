"""Reading the log for a person, committed records only: a mail by its place, verdicts backwards, a lane as it grows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from infra.errors import Permanent
from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.events import Origin
from streams.kafka_errors import KafkaUnavailable, or_unavailable

Match = Callable[[ConsumerRecord], bool]
CALL_S = 15.0
"""Bound of a connection attempt, and of a read that makes no progress."""
CHUNK = 5_000
"""Offsets of one partition that are read in one step backwards."""
_POLL_MS = 200


class NotInLog(Permanent):
    """No record stands there; the message says what does."""


@asynccontextmanager
async def reader(settings: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer without a group, connected.

    Raises:
        KafkaUnavailable: no broker answers, now or later within the block.
    """
    consumer = AIOKafkaConsumer(
        **aiokafka_options(settings),
        client_id=f"{settings.instance_id}-look",
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        max_partition_fetch_bytes=2 * 1024 * 1024,
    )
    try:
        with or_unavailable(settings, "no answer from Kafka at"):
            async with asyncio.timeout(CALL_S):
                await consumer.start()
            yield consumer
    finally:
        await close_within(consumer, 2)


async def record_at(settings: Settings, origin: Origin) -> ConsumerRecord:
    """The record at one place.

    Raises:
        NotInLog: it is older than the topic's retention, or the log is not the one it was written to.
        KafkaUnavailable: no broker answers.
    """
    place = f"{origin.topic}/{origin.partition}/{origin.offset}"
    partition = TopicPartition(origin.topic, origin.partition)
    async with reader(settings) as consumer:
        if partition not in await _partitions(consumer, [origin.topic]):
            raise NotInLog(f"{place}: no such topic or partition here")
        first, end = await _bounds(consumer, partition)
        if not first <= origin.offset < end:
            raise NotInLog(f"{place}: the log now holds offsets {first} to {end - 1} (retention, or another log)")
        async for record in _between(consumer, {partition: (origin.offset, origin.offset + 1)}):
            return record
    raise NotInLog(f"{place}: no committed record stands there")


async def newest(settings: Settings, topics: Iterable[str], match: Match, *, depth: int) -> list[ConsumerRecord]:
    """Records that match, looked for backwards from the end of every partition, at most `depth` offsets deep.

    Stops at the first step back that holds any.

    Raises:
        KafkaUnavailable: no broker answers, or none of the topics exists.
    """
    async with reader(settings) as consumer:
        partitions = await _partitions(consumer, topics)
        if not partitions:
            raise KafkaUnavailable(
                f"Kafka at {settings.kafka_bootstrap_servers} has no lanes: run `triage topics create`"
            )
        bounds = {partition: await _bounds(consumer, partition) for partition in partitions}
        for back in range(0, depth, CHUNK):
            spans = {
                partition: (max(first, end - back - CHUNK), end - back)
                for partition, (first, end) in bounds.items()
                if end - back > first
            }
            found = [record async for record in _between(consumer, spans) if match(record)]
            if found or not spans:
                return found
    return []


async def follow(settings: Settings, topic: str, *, from_beginning: bool) -> AsyncIterator[ConsumerRecord]:
    """Every record of a topic from now on, or from its first; never ends.

    Raises:
        KafkaUnavailable: no broker answers, or the topic does not exist.
    """
    async with reader(settings) as consumer:
        partitions = await _partitions(consumer, [topic])
        if not partitions:
            raise KafkaUnavailable(f"{topic} does not exist: run `triage topics create`")
        consumer.assign(partitions)
        await (consumer.seek_to_beginning if from_beginning else consumer.seek_to_end)(*partitions)
        while True:
            try:
                fetched = await consumer.getmany(timeout_ms=_POLL_MS)
            except OffsetOutOfRangeError as gone:  # slower than retention: go on with what is left
                await consumer.seek_to_beginning(*gone.args[0])
                continue
            for record in sorted((one for many in fetched.values() for one in many), key=lambda one: one.timestamp):
                yield record


async def _partitions(consumer: AIOKafkaConsumer, topics: Iterable[str]) -> list[TopicPartition]:
    # The consumer itself knows only topics it is assigned to, and assigning needs their partitions.
    cluster = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - `topics()` does this and drops the partitions
    return [TopicPartition(topic, number) for topic in topics for number in cluster.partitions_for_topic(topic) or ()]


async def _bounds(consumer: AIOKafkaConsumer, partition: TopicPartition) -> tuple[int, int]:
    """First offset that is kept, and the one after the last committed record."""
    first: dict[TopicPartition, int] = await consumer.beginning_offsets([partition])
    end: dict[TopicPartition, int] = await consumer.end_offsets([partition])
    return first[partition], end[partition]


async def _between(
    consumer: AIOKafkaConsumer, spans: dict[TopicPartition, tuple[int, int]]
) -> AsyncIterator[ConsumerRecord]:
    """Records within [first, end) of each partition. Transaction markers take offsets: it may hold none."""
    consumer.assign(list(spans))
    for partition, (first, _) in spans.items():
        consumer.seek(partition, first)
    waiting = {partition for partition, (first, end) in spans.items() if first < end}
    moved_at = time.monotonic()
    while waiting:
        fetched: dict[TopicPartition, list[ConsumerRecord]] = await consumer.getmany(*waiting, timeout_ms=_POLL_MS)
        for partition, records in fetched.items():
            for record in records:
                if record.offset < spans[partition][1]:
                    yield record
        done = {partition for partition in waiting if await consumer.position(partition) >= spans[partition][1]}
        if fetched or done:
            waiting, moved_at = waiting - done, time.monotonic()
        elif time.monotonic() - moved_at > CALL_S:
            raise TimeoutError(f"no progress for {CALL_S:.0f} s")
