"""What topics hold, read as any consumer would."""

from __future__ import annotations

import time

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    IsolationLevel,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec

SETTLED_S = 60.0


def settle(bootstrap: str, topic: str) -> None:
    """Wait until no transaction is open in the topic: a commit is acknowledged a moment before its markers are written,
    and until then a read_committed reader does not see it. A topic that was made just now may first need a leader."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    deadline = time.monotonic() + SETTLED_S
    while not _settled(admin, topic):
        assert time.monotonic() < deadline, f"a transaction is open in {topic}, or it has no leader"
        time.sleep(0.01)


def _settled(admin: AdminClient, topic: str) -> bool:
    partitions = admin.list_topics(topic, timeout=SETTLED_S).topics[topic].partitions
    latest = {TopicPartition(topic, number): OffsetSpec.latest() for number in partitions}
    try:
        committed, all_ = (
            [found.result(SETTLED_S).offset for found in admin.list_offsets(latest, isolation_level=level).values()]
            for level in (IsolationLevel.READ_COMMITTED, IsolationLevel.READ_UNCOMMITTED)
        )
    except KafkaException as error:
        if error.args[0].code() in {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.UNKNOWN_TOPIC_OR_PART}:
            return False
        raise
    return bool(partitions) and committed == all_


def committed_records(bootstrap: str, *topics: str) -> list[Message]:
    """Every committed record up to the end of the topics, in order per partition."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "test-reader", "isolation.level": "read_committed",
        "enable.partition.eof": True, "enable.auto.commit": False, "log_level": 2,
    })  # fmt: skip
    found = []
    try:
        left = {
            (topic, partition)
            for topic in topics
            for partition in consumer.list_topics(topic, timeout=60).topics[topic].partitions
        }
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for topic, partition in left])
        while left:
            for message in consumer.consume(5000, 0.2):
                if (error := message.error()) is None:
                    found.append(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard((message.topic(), message.partition()))
    finally:
        consumer.close()
    return found
