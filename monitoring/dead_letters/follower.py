"""Follows mail.dead and triage.dead without a group, from their beginning, and shows what is open as a metric."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from infra.kafka import aiokafka_options
from infra.settings import Settings
from monitoring.dead_letters.tally import Tally
from monitoring.metrics import DEAD_LETTERS_OPEN
from streams.closing import close_within
from streams.dead_letters.letter import letter
from streams.reading import Record
from streams.topics import DEAD, DEAD_NOTES

log = logging.getLogger(__name__)

AGAIN_S = 5.0
START_S = 20.0
POLL_MS = 1000
LOOK_BACK_S = 60.0
"""How often it is asked what retention has taken."""


class OpenLetters:
    """`run` for ever; `show` before a scrape."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tally: Tally | None = None
        """None until the topics were read to where they ended."""

    def show(self) -> None:
        """Replace the series; none while nothing is known."""
        DEAD_LETTERS_OPEN.clear()
        if self._tally is not None:
            for labels, count in self._tally.counts().items():
                DEAD_LETTERS_OPEN.labels(*labels).set(count)

    async def run(self) -> None:
        """Follow until cancelled; connect again, and count anew, whatever happens."""
        while True:
            try:
                await self._follow()
            except Exception as error:  # Kafka is away, or the topics are not there yet: the probes say so
                log.debug("dead letters are not counted: %s", type(error).__name__)
            self._tally = None
            await asyncio.sleep(AGAIN_S)

    async def _follow(self) -> None:
        from aiokafka import AIOKafkaConsumer, TopicPartition

        consumer: Any = AIOKafkaConsumer(
            **aiokafka_options(self._settings),
            client_id=f"{self._settings.instance_id}-dead",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_partition_fetch_bytes=2 * 1024 * 1024,
        )
        tally = Tally()
        try:
            async with asyncio.timeout(START_S):
                await consumer.start()
                cluster = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - `topics()` drops the partitions
                partitions = [
                    TopicPartition(topic.name, number)
                    for topic in (DEAD, DEAD_NOTES)
                    for number in cluster.partitions_for_topic(topic.name) or ()
                ]
                consumer.assign(partitions)
                await consumer.seek_to_beginning(*partitions)
                history = await consumer.end_offsets(partitions)
            looked_at = time.monotonic()
            while True:
                await _hear(consumer, tally)
                if self._tally is None and all([await consumer.position(one) >= end for one, end in history.items()]):
                    self._tally = tally
                if time.monotonic() - looked_at > LOOK_BACK_S:
                    looked_at = time.monotonic()
                    for one, begin in (await consumer.beginning_offsets(partitions)).items():
                        if one.topic == DEAD.name:
                            tally.forget(one.partition, begin)
        finally:
            await close_within(consumer, 1)


async def _hear(consumer: Any, tally: Tally) -> None:
    for partition, records in (await consumer.getmany(timeout_ms=POLL_MS)).items():
        for one in records:
            if partition.topic == DEAD.name:
                record = Record(one.partition, one.offset, one.key, one.value, tuple(one.headers), one.timestamp)
                tally.hear(letter(record))
            elif one.key is not None and one.value is not None:
                tally.hear_note(one.key, one.value)
