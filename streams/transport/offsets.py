"""What the group has committed, and the group's metadata for transactions.

Read by librdkafka, whose OffsetFetch asks for stable offsets (KIP-447): after a commit whose markers are still being
written, aiokafka's answer was stale in 2 of 100 reads. The consumer here never joins the group."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition

from infra.errors import Transient
from streams.transport.calls import BlockingCalls

BEGINNING = 0
_TIMEOUT_S = 10.0


class GroupOffsets:
    """The committed offsets of one consumer group."""

    def __init__(self, options: Mapping[str, Any], group: str) -> None:
        self._consumer = Consumer({**options, "group.id": group, "enable.auto.commit": False})
        self._calls = BlockingCalls(f"offsets of {group}")
        self.metadata = self._consumer.consumer_group_metadata()

    async def committed(self, topic: str, partition: int) -> int:
        """The next offset to read; the beginning when the group has committed none.

        Raises:
            Transient: the brokers did not answer.
        """
        try:
            return await self._calls.run(self._committed, topic, partition, seconds=2 * _TIMEOUT_S)
        except TimeoutError:
            raise Transient(f"committed offset of {topic}/{partition}: no answer") from None

    def _committed(self, topic: str, partition: int) -> int:
        try:
            (found,) = self._consumer.committed([TopicPartition(topic, partition)], timeout=_TIMEOUT_S)
        except KafkaException as error:
            raise Transient(f"committed offset of {topic}/{partition}: {error.args[0]}") from None
        if found.error:
            raise Transient(f"committed offset of {topic}/{partition}: {found.error}")
        return max(BEGINNING, int(found.offset))

    async def close(self) -> None:
        """Release the connection."""
        with suppress(TimeoutError):
            await self._calls.run(self._consumer.close, seconds=1.0)
        self._calls.close()
