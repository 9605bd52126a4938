"""The bare loop of librdkafka calls, at least once: `confluent_loop flush` waits for every batch, `pipelined` does not.

`pipelined` commits by time, after everything that was produced before has been delivered."""

from __future__ import annotations

import sys
import time
from typing import Any

from confluent_kafka import Consumer, Producer

from tests.bench.peers.work import BATCH_BYTES, COMMIT_S, Task, Work

MOST = 2000
"""Records of one `consume`."""
WAIT_S = 0.005
FLUSH_S = 60.0


def main(kind: str) -> None:
    """Run until killed."""
    task = Task.from_environment()
    work, outputs = Work(task), task.outputs
    consumer = Consumer({
        "bootstrap.servers": task.bootstrap,
        "group.id": task.prefix,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "fetch.wait.max.ms": 50,
        "fetch.queue.backoff.ms": 20,  # the default second starves a loop this fast
        "log_level": 2,
    })  # fmt: skip
    producer = Producer({
        "bootstrap.servers": task.bootstrap,
        "acks": "all",
        "compression.type": "lz4",
        "linger.ms": task.linger_ms,
        "batch.size": BATCH_BYTES,
        "queue.buffering.max.messages": 500_000,
        "delivery.report.only.error": True,
        "log_level": 2,
    })  # fmt: skip
    consumer.subscribe([task.input])
    committed_at = time.monotonic()
    while True:
        messages: list[Any] = [message for message in consumer.consume(MOST, WAIT_S) if message.error() is None]
        for message in messages:
            priority, value = work.verdict(message.value())
            producer.produce(outputs[priority], value, message.key(), message.partition())
        producer.poll(0)
        due = bool(messages) if kind == "flush" else time.monotonic() - committed_at > COMMIT_S
        if due:
            producer.flush(FLUSH_S)
            if messages:
                consumer.commit(asynchronous=False)
            committed_at = time.monotonic()


if __name__ == "__main__":
    main(sys.argv[1])
