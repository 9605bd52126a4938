"""Reading a topic from its beginning to where it ends now: compacted topics as a dict, others record by record.

With transactions the last offset of a partition is a marker that no reader gets: the end is a position, no record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.kafka_errors import or_unavailable

STALL_S = 30.0
"""Without progress for this long the read fails."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as read."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    timestamp: int = 0
    """Milliseconds since 1970."""


async def to_end(
    settings: Settings,
    topic: str,
    partitions: Iterable[int] | None = None,
    *,
    begin: int = 0,
    isolation: str = "read_committed",
    stall_s: float = STALL_S,
) -> AsyncGenerator[list[Record]]:
    """Chunks of records from offset `begin` (or the first that is kept) to the end as of the call.

    Args:
        settings: how to reach Kafka.
        topic: must exist.
        partitions: None for all.
        begin: offset to start at, for every partition.
        isolation: read_committed hides what was aborted or is not yet committed.
        stall_s: longest time without progress, seconds.

    Raises:
        KafkaUnavailable: no broker, no such topic, or no progress.
    """
    from aiokafka import AIOKafkaConsumer

    consumer = AIOKafkaConsumer(
        **aiokafka_options(settings),
        client_id=f"{settings.instance_id}-read",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level=isolation,
        max_partition_fetch_bytes=2 * 1024 * 1024,
    )
    try:
        with or_unavailable(settings, f"{topic} could not be read from"):
            async with asyncio.timeout(stall_s):
                await consumer.start()
                ends = await _begin(consumer, topic, partitions, begin)
            async for chunk in _chunks(consumer, ends, stall_s):
                yield chunk
    finally:
        await close_within(consumer, 2)


async def latest(settings: Settings, topic: str, partitions: Iterable[int] | None = None) -> dict[bytes, bytes]:
    """The last value of every key of a compacted topic; removed keys are absent.

    Raises:
        KafkaUnavailable
    """
    table: dict[bytes, bytes] = {}
    async for chunk in to_end(settings, topic, partitions):
        for record in chunk:
            if record.key is None:
                continue
            if record.value is None:
                table.pop(record.key, None)
            else:
                table[record.key] = record.value
    return table


async def _begin(consumer: Any, topic: str, partitions: Iterable[int] | None, begin: int) -> dict[Any, int]:
    from aiokafka.structs import TopicPartition

    known = await _partitions(consumer, topic)
    assigned = [TopicPartition(topic, number) for number in (known if partitions is None else partitions)]
    consumer.assign(assigned)
    for partition in assigned:
        consumer.seek(partition, begin)
    ends: dict[Any, int] = await consumer.end_offsets(assigned)
    starts = await consumer.beginning_offsets(assigned)
    return {partition: end for partition, end in ends.items() if end > max(begin, starts[partition])}


async def _partitions(consumer: Any, topic: str) -> set[int]:
    """The topic's partitions; a topic made a moment ago may still be unknown to this broker."""
    while not (known := consumer.partitions_for_topic(topic)):
        await consumer._client.add_topic(topic)  # noqa: SLF001 - the public way needs a subscription
        await asyncio.sleep(0.1)
    return set(known)


async def _chunks(consumer: Any, ends: dict[Any, int], stall_s: float) -> AsyncIterator[list[Record]]:
    from aiokafka.errors import KafkaTimeoutError

    progress, moved_at = -1, time.monotonic()
    while ends:
        fetched = await consumer.getmany(*ends, timeout_ms=200, max_records=1000)
        chunk = [
            Record(partition.partition, one.offset, one.key, one.value, tuple(one.headers), one.timestamp)
            for partition, records in fetched.items()
            for one in records
            if one.offset < ends[partition]
        ]
        if chunk:
            yield chunk
        async with asyncio.timeout(stall_s):  # aiokafka waits for one that is being found out, without a bound
            positions = {partition: await consumer.position(partition) for partition in ends}
        ends = {partition: end for partition, end in ends.items() if positions[partition] < end}
        if (total := sum(positions.values())) != progress:
            progress, moved_at = total, time.monotonic()
        elif time.monotonic() - moved_at > stall_s:
            raise KafkaTimeoutError(f"no progress for {stall_s:.0f} s")
