"""Follows the lanes, mail.dead and mail.received as any read_committed consumer would, without a group."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from infra.kafka import aiokafka_options
from infra.settings import Settings
from monitoring.run.tally import Record, Tally
from streams.closing import close_within
from streams.kafka_errors import KafkaUnavailable
from streams.partitioning import partition_of
from streams.topics import DEAD, LANES, RECEIVED

if TYPE_CHECKING:
    from aiokafka import TopicPartition

log = logging.getLogger(__name__)

TOPICS = (*(topic.name for topic in LANES.values()), DEAD.name, RECEIVED.name)
START_S = 20.0
AGAIN_S = 1.0
POLL_MS = 200
CHUNK = 2000


class Reader:
    """`open` notes where each log is, `run` follows for ever, `caught_up` waits for what is committed by then."""

    def __init__(self, settings: Settings, tally: Tally) -> None:
        self._settings = settings
        self._tally = tally
        self._positions: dict[TopicPartition, int] = {}
        self._consumer: Any = None
        self._moved = asyncio.Condition()

    async def open(self) -> None:
        """Connect. Everything is read from the first record that is kept, but of mail.received only our account's.

        Raises:
            KafkaUnavailable: no broker, or the topics are missing.
        """
        from aiokafka.errors import KafkaError

        try:
            async with asyncio.timeout(START_S):
                await self._connect()
                await self._begin()
        except (KafkaError, TimeoutError, LookupError) as error:
            await self.close()
            where = self._settings.kafka_bootstrap_servers
            raise KafkaUnavailable(f"the lanes could not be read from {where}: {type(error).__name__}") from None

    async def run(self) -> None:
        """Read until cancelled; connect again whatever happens."""
        while True:
            try:
                await self._follow()
            except Exception as error:  # the view goes on with what it knows; nothing is counted twice
                log.debug("reading the lanes: %s", type(error).__name__)
                await self.close()
                await asyncio.sleep(AGAIN_S)

    async def caught_up(self) -> None:
        """Return when everything that is committed now has been counted. Needs `run` beside it."""
        await self._wait_until(lambda: self._consumer is not None)
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(list(self._positions))
        await self._wait_until(lambda: all(self._positions[one] >= end for one, end in ends.items()))

    async def close(self) -> None:
        """Disconnect."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await close_within(consumer, 1)

    async def _wait_until(self, holds: Callable[[], bool]) -> None:
        async with self._moved:
            await self._moved.wait_for(holds)

    async def _connect(self) -> None:
        from aiokafka import AIOKafkaConsumer

        self._consumer = AIOKafkaConsumer(
            **aiokafka_options(self._settings),
            client_id=f"{self._settings.instance_id}-view",
            enable_auto_commit=False,
            auto_offset_reset="earliest",  # retention may overtake a reader that was away
            isolation_level="read_committed",
            max_partition_fetch_bytes=2 * 1024 * 1024,
            check_crcs=False,  # counting is no place to doubt the broker's disk; it halves the cost of large mails
        )
        await self._consumer.start()

    async def _begin(self) -> None:
        partitions = await self._partitions()
        starts = await self._consumer.beginning_offsets(partitions)
        skipped = [one for one in partitions if one.topic == RECEIVED.name and not self._is_ours(one, partitions)]
        starts |= await self._consumer.end_offsets(skipped) if skipped else {}
        self._positions = dict(starts)
        self._seek()

    def _seek(self) -> None:
        self._consumer.assign(list(self._positions))
        for partition, offset in self._positions.items():
            self._consumer.seek(partition, offset)

    async def _partitions(self) -> list[TopicPartition]:
        from aiokafka import TopicPartition

        cluster = await self._consumer._client.fetch_all_metadata()  # noqa: SLF001 - `topics()` drops the partitions
        found = [TopicPartition(name, number) for name in TOPICS for number in cluster.partitions_for_topic(name) or ()]
        if {one.topic for one in found} != set(TOPICS):
            raise LookupError("a topic is missing")
        return found

    def _is_ours(self, partition: TopicPartition, partitions: list[TopicPartition]) -> bool:
        if self._tally.account is None:
            return False
        count = sum(one.topic == partition.topic for one in partitions)
        number: int = partition.partition
        return partition_of(self._tally.account.encode(), count) == number

    async def _follow(self) -> None:
        if self._consumer is None:
            await self._connect()
            self._seek()
        while True:
            fetched = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=CHUNK)
            for partition, records in fetched.items():
                for one in records:
                    self._tally.take(_record(one))
                self._positions[partition] = records[-1].offset + 1
            for partition in self._positions:  # past transaction markers, which no consumer gets to see
                self._positions[partition] = await self._consumer.position(partition)
            async with self._moved:
                self._moved.notify_all()


def _record(one: Any) -> Record:
    return Record(one.topic, one.partition, one.offset, one.timestamp, one.key, one.value, _headers(one))


def _headers(one: Any) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value or b"") for name, value in one.headers)  # a foreign record's may have no value
