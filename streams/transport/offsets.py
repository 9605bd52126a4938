"""What the group has committed, and the group's metadata for transactions.

Read by librdkafka, whose OffsetFetch asks for stable offsets (KIP-447): after a commit whose markers are still being
written, aiokafka's answer was stale in 2 of 100 reads. The consumer here never joins the group."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition

from infra.errors import Transient

BEGINNING = 0
_TIMEOUT_S = 10.0


class GroupOffsets:
    """The committed offsets of one consumer group."""

    def __init__(self, options: Mapping[str, Any], group: str, pool: ThreadPoolExecutor) -> None:
        self._consumer = Consumer({**options, "group.id": group, "enable.auto.commit": False})
        self._pool = pool
        self.metadata = self._consumer.consumer_group_metadata()

    async def committed(self, topic: str, partition: int) -> int:
        """The next offset to read; the beginning when the group has committed none.

        Raises:
            Transient: the brokers did not answer.
        """
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._committed, topic, partition)

    def _committed(self, topic: str, partition: int) -> int:
        try:
            (found,) = self._consumer.committed([TopicPartition(topic, partition)], timeout=_TIMEOUT_S)
        except KafkaException as error:
            raise Transient(f"committed offset of {topic}/{partition}: {error.args[0]}") from None
        if found.error:
            raise Transient(f"committed offset of {topic}/{partition}: {found.error}")
        return max(BEGINNING, int(found.offset))

    def close(self) -> None:
        """Release the connection."""
        self._consumer.close()
