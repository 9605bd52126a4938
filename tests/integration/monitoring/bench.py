"""A log with everything that offsets count and mails are not: markers, aborted transactions, gaps, batches of all sizes."""

from __future__ import annotations

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import TopicPartition

from infra.settings import Settings
from monitoring.lag.cluster import Cluster
from monitoring.lag.meter import LagMeter
from monitoring.lag.model import GroupLag


class Bench:
    """Writes, commits, and measures with one meter, so that its memory between measurements is tested too."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.settings = settings
        self.topic = f"t{name}.queue"
        self.group = f"t{name}"
        self.meter = LagMeter()
        self.written = 0
        self.partitions = 1

    def tp(self, partition: int = 0) -> TopicPartition:
        return TopicPartition(self.topic, partition)

    async def create(self, partitions: int = 1, **config: str) -> None:
        self.partitions = partitions
        admin = AIOKafkaAdminClient(bootstrap_servers=self.settings.kafka_bootstrap_servers)
        await admin.start()
        try:
            configs = {key.replace("_", "."): value for key, value in config.items()}
            await admin.create_topics([NewTopic(self.topic, partitions, 1, topic_configs=configs)])
        finally:
            await admin.close()

    async def transaction(self, count: int, *, partition: int = 0, abort: bool = False, size: int = 20) -> None:
        """`count` records and one marker."""
        self.written += 1
        producer = AIOKafkaProducer(
            bootstrap_servers=self.settings.kafka_bootstrap_servers, transactional_id=f"{self.group}-{self.written}"
        )
        await producer.start()
        try:
            await producer.begin_transaction()
            sent = [
                await producer.send(self.topic, b"v" * size, key=b"%d" % n, partition=partition) for n in range(count)
            ]
            await asyncio.gather(*sent)
            await (producer.abort_transaction() if abort else producer.commit_transaction())
        finally:
            await producer.stop()
        await self.settled()

    async def settled(self) -> None:
        """A commit is acknowledged before its marker is written: wait for the last stable offset to reach the end."""
        while await self.ends("read_committed") != await self.ends("read_uncommitted"):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)

    async def ends(self, isolation: str = "read_committed") -> dict[TopicPartition, int]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.settings.kafka_bootstrap_servers, isolation_level=isolation)
        await consumer.start()
        try:
            ends: dict[TopicPartition, int] = await consumer.end_offsets([self.tp(p) for p in range(self.partitions)])
            return ends
        finally:
            await consumer.stop()

    async def commit(self, offsets: dict[int, int], group: str | None = None) -> None:
        """What a consumer that then stopped had committed."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka_bootstrap_servers,
            group_id=group or self.group,
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            consumer.assign([self.tp(p) for p in offsets])
            await consumer.commit({self.tp(p): offset for p, offset in offsets.items()})
        finally:
            await consumer.stop()

    async def real(self, committed: dict[int, int | None]) -> int:
        """Ground truth, the slow way: read everything from the commits to the end with an ordinary consumer."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka_bootstrap_servers, isolation_level="read_committed"
        )
        await consumer.start()
        try:
            partitions = [self.tp(p) for p in committed]
            consumer.assign(partitions)
            ends, starts = await consumer.end_offsets(partitions), await consumer.beginning_offsets(partitions)
            for tp in partitions:
                consumer.seek(tp, max(starts[tp], committed[tp.partition] or 0))
            found = 0
            while any([await consumer.position(tp) < ends[tp] for tp in partitions]):
                found += sum(map(len, (await consumer.getmany(timeout_ms=100)).values()))
            return found
        finally:
            await consumer.stop()

    async def measure(self, group: str | None = None) -> GroupLag:
        async with Cluster.connect(self.settings) as cluster:
            snapshot = await self.meter.measure(cluster)
        return next(row for row in snapshot.groups if row.group == (group or self.group))
