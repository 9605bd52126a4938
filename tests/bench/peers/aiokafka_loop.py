"""The bare loop of aiokafka, exactly once: a poll is one transaction, a batch per output and partition."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.bench.peers.work import BATCH_BYTES, Task, Work

WAIT_MS = 50


async def main() -> None:
    """Run until killed."""
    task = Task.from_environment()
    work = Work(task)
    consumer = AIOKafkaConsumer(
        task.input,
        bootstrap_servers=task.bootstrap,
        group_id=task.prefix,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level="read_committed",
        fetch_max_wait_ms=WAIT_MS,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=task.bootstrap,
        transactional_id=task.prefix,
        compression_type="lz4",
        linger_ms=0,
        max_batch_size=BATCH_BYTES,
        retry_backoff_ms=2,
    )
    async with consumer, producer:
        while True:
            polled = await consumer.getmany(timeout_ms=WAIT_MS)
            if polled:
                await _transaction(task, work, producer, polled)


async def _transaction(task: Task, work: Work, producer: AIOKafkaProducer, polled: Mapping[Any, Sequence[Any]]) -> None:
    async with producer.transaction():
        batches: dict[tuple[str, int], Any] = {}
        sent = []
        for at, records in polled.items():
            for record in records:
                priority, value = work.verdict(record.value)
                to = task.outputs[priority], at.partition
                batch = batches.get(to) or batches.setdefault(to, producer.create_batch())
                if batch.append(key=record.key, value=value, timestamp=None) is None:
                    sent.append(await producer.send_batch(batch, to[0], partition=to[1]))
                    batches[to] = producer.create_batch()
                    batches[to].append(key=record.key, value=value, timestamp=None)
        sent += [await producer.send_batch(batch, topic, partition=at) for (topic, at), batch in batches.items()]
        await asyncio.gather(*sent)
        positions = {at: records[-1].offset + 1 for at, records in polled.items()}
        await producer.send_offsets_to_transaction(positions, task.prefix)


if __name__ == "__main__":
    uvloop.run(main())
