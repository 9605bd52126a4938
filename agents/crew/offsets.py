"""What a group has committed for one partition, with the metadata, which aiokafka does not show. Never joins it."""

from __future__ import annotations

import asyncio

from infra.kafka import librdkafka_options
from infra.settings import Settings
from streams.kafka_errors import KafkaUnavailable

TIMEOUT_S = 10.0


async def committed(settings: Settings, group: str, topic: str, partition: int) -> tuple[int, str]:
    """The position and its metadata; (0, "") when there is none. Stable offsets (KIP-447), if the broker has them:
    one that was killed may keep them pending for ever, then the last settled ones.

    Raises:
        KafkaUnavailable
    """
    return await asyncio.to_thread(_committed, settings, group, topic, partition)


def _committed(settings: Settings, group: str, topic: str, partition: int) -> tuple[int, str]:
    from confluent_kafka import Consumer, KafkaException, TopicPartition

    failure = ""
    for isolation in ("read_committed", "read_uncommitted"):
        consumer = Consumer({**librdkafka_options(settings), "group.id": group, "isolation.level": isolation})
        try:
            (found,) = consumer.committed([TopicPartition(topic, partition)], timeout=TIMEOUT_S)
            if found.error is None:
                return max(0, found.offset), found.metadata or ""
            failure = str(found.error.name())
        except KafkaException as error:
            failure = str(error.args[0].name())
        finally:
            consumer.close()
    raise KafkaUnavailable(f"offsets of {group} on {topic}/{partition}: {failure}")
