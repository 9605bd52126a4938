"""What the stream worker is compared with: the shortest loop of librdkafka calls that does the same work exactly once.

No group of processes, no time-outs, no dead letters, no recovery: `python -m tests.bench.rig.bare BOOTSTRAP`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, TypeVar, cast

from confluent_kafka import Consumer, Producer, TopicPartition

from streams.classify import classify, learn
from streams.events import Received
from streams.route import route
from streams.runtime import Table
from streams.topics import LANES, RECEIVED, SENDERS, TopicSpec
from streams.triage.shipped import DEFAULT

INPUT = TopicSpec(name="bench.received", purpose="the same as mail.received", config=RECEIVED.config)
OUTPUT = TopicSpec(name="bench.lanes", purpose="all lanes in one", config=next(iter(LANES.values())).config)
CHANGES = TopicSpec(name="bench.changelog", purpose="both tables' changes", config=SENDERS.config)
BATCH = 500

Row = TypeVar("Row")


class Rows:
    """The tables, as plain as can be."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, bytes], object] = {}
        self.changed: dict[tuple[str, bytes], tuple[Table[Any], object, int]] = {}

    def get(self, table: Table[Row], key: bytes) -> Row | None:
        """What is known."""
        return cast("Row | None", self._rows.get((table.name, key)))

    def put(self, table: Table[Row], key: bytes, row: Row, offset: int) -> None:
        """What was learned."""
        self._rows[table.name, key] = row
        self.changed[table.name, key] = (table, row, offset)


class Record:
    """A message with attributes instead of methods."""

    def __init__(self, message: Any) -> None:
        self.topic, self.partition, self.offset = message.topic(), message.partition(), message.offset()
        self.key, self.value, self.headers = message.key(), message.value(), message.headers()
        self.timestamp = message.timestamp()[1]


def work(bootstrap: str) -> None:
    """Loop until killed."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap,
        "group.id": "bench-bare",
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "fetch.wait.max.ms": 50,
    })  # fmt: skip
    producer = Producer({
        "bootstrap.servers": bootstrap,
        "transactional.id": "bench-bare",
        "compression.type": "lz4",
        "log_level": 2,
        "linger.ms": 2,
        "batch.size": 262144,
        "retry.backoff.ms": 2,
    })  # fmt: skip
    producer.init_transactions(30)
    consumer.subscribe([INPUT.name])
    rows = Rows()
    while True:
        if messages := [message for message in consumer.consume(BATCH, 0.05) if message.error() is None]:
            _transaction(consumer, producer, rows, [Record(message) for message in messages])


def _transaction(consumer: Consumer, producer: Producer, rows: Rows, records: Sequence[Record]) -> None:
    producer.begin_transaction()
    positions: dict[int, int] = {}
    for record in records:
        received = Received.from_record(record.key, record.value, record.headers)
        classified = classify(received, rows, DEFAULT)
        output = route(record, received, classified)
        producer.produce(OUTPUT.name, output.value, output.key, record.partition, headers=list(output.headers))
        for write in learn(received, classified):
            rows.put(write.table, write.key, write.row, record.offset)
        positions[record.partition] = record.offset + 1
    for (_, key), (table, row, offset) in rows.changed.items():
        producer.produce(CHANGES.name, table.encode(row, offset), key)
    rows.changed.clear()
    offsets = [TopicPartition(INPUT.name, partition, offset) for partition, offset in positions.items()]
    producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), 30)
    producer.commit_transaction(30)


if __name__ == "__main__":
    work(sys.argv[1])
