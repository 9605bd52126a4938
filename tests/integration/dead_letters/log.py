"""What stands on topics, and putting it there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from confluent_kafka import Producer

from infra.settings import Settings
from streams.partitioning import partition_of
from streams.reading import Record, to_end
from tests.services.log import settle

Headers = Sequence[tuple[str, bytes]]


def records(settings: Settings, topic: str) -> list[Record]:
    """All committed records, partition by partition, once no transaction is open."""
    settle(settings.kafka_bootstrap_servers, topic)

    async def read() -> list[Record]:
        return [one async for chunk in to_end(settings, topic) for one in chunk]

    return sorted(asyncio.run(read()), key=lambda one: (one.partition, one.offset))


def ids(settings: Settings, topics: Iterable[str]) -> list[str]:
    """Event ids of all committed records."""
    return [dict(one.headers).get("ce_id", b"").decode() for topic in topics for one in records(settings, topic)]


def write(settings: Settings, topic: str, written: Iterable[tuple[bytes | None, bytes | None, Headers]]) -> None:
    """Write records, each to the partition of its key (the first without one)."""
    producer = Producer({"bootstrap.servers": settings.kafka_bootstrap_servers, "message.max.bytes": 2_097_152})
    for key, value, headers in written:
        partition = 0 if key is None else partition_of(key, settings.topic_partitions)
        producer.produce(topic, value, key, partition, headers=list(headers))
    assert producer.flush(60) == 0
