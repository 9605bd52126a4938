"""What topics hold, read as any consumer would."""

from __future__ import annotations

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition


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
