"""What the topics and the database hold, read as any consumer would."""

from __future__ import annotations

from collections import Counter

import asyncpg
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

from streams.topics import DEAD, LANES


def lane_ids(bootstrap: str) -> Counter[str]:
    """How often each event id is visible on the lanes to a read_committed consumer."""
    return ids(bootstrap, [topic.name for topic in LANES.values()])


def dead_ids(bootstrap: str) -> Counter[str]:
    """The same for mail.dead."""
    return ids(bootstrap, [DEAD.name])


def ids(bootstrap: str, topics: list[str]) -> Counter[str]:
    """Event ids (header ce_id) of all committed records of topics."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "test-reader",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "enable.auto.commit": False,
        }
    )
    found: Counter[str] = Counter()
    try:
        left = {
            (topic, partition)
            for topic in topics
            for partition in consumer.list_topics(topic, timeout=10).topics[topic].partitions
        }
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for topic, partition in left])
        while left:
            for message in consumer.consume(1000, 1.0):
                error = message.error()
                if error is None:
                    found[dict(message.headers())["ce_id"].decode()] += 1
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard((message.topic(), message.partition()))
    finally:
        consumer.close()
    return found


async def archived(database: str) -> list[tuple[str, int]]:
    """(event id, revision) of every row; empty while the table is not there yet."""
    connection = await asyncpg.connect(database)
    try:
        return [
            (row["event_id"], row["revision"])
            for row in await connection.fetch("SELECT event_id, revision FROM verdicts")
        ]
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()
