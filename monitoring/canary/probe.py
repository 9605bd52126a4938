"""Sends a canary per interval and watches `mail.canary`, read_committed, as a consumer of a lane would."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from infra.kafka import aiokafka_options
from infra.settings import Settings
from monitoring.canary.ledger import Ledger
from monitoring.metrics import CANARIES, CANARY_AGE, CANARY_LATENCY
from streams import header_values
from streams.canary import canary, headers
from streams.closing import close_within
from streams.partitioning import partition_of
from streams.topics import CANARY, RECEIVED

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer, TopicPartition

log = logging.getLogger(__name__)

PROCESS = "control"
LOST_AFTER_INTERVALS = 3
START_S = 20.0
SEND_S = 10.0
AGAIN_S = 1.0
POLL_MS = 1000
EVENT_ID = "ce_id"


class TopicsDiffer(Exception):
    """mail.received or mail.canary is missing, or they differ in partitions: a canary would stop the worker."""


class Probe:
    """`run` for ever; `show` before a scrape. Where it stands outlives a connection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._interval_s = settings.canary_interval_s
        self._ledger = Ledger(began_s=time.monotonic(), lost_after_s=LOST_AFTER_INTERVALS * self._interval_s)
        self._positions: dict[TopicPartition, int] = {}
        self._due_s = 0.0
        self._trouble = ""
        for outcome in ("sent", "seen", "lost"):
            CANARIES.labels(outcome)

    def show(self) -> None:
        """Bring the age and the losses up to date: they grow while nothing happens."""
        now = time.monotonic()
        CANARIES.labels("lost").inc(self._ledger.give_up(now))
        CANARY_AGE.labels(PROCESS).set(self._ledger.age(now))

    async def run(self) -> None:
        """Send and watch until cancelled; connect again whatever happens."""
        while True:
            try:
                async with self._connected() as (producer, consumer, partitions):
                    await self._go_on(producer, consumer, partitions)
            except TopicsDiffer as error:
                self._failed(str(error))
            except Exception as error:  # the age says that none comes through
                self._failed(type(error).__name__)
            await asyncio.sleep(AGAIN_S)

    async def _go_on(self, producer: AIOKafkaProducer, consumer: Any, partitions: int) -> None:
        while True:
            if time.time() >= self._due_s:
                slot = int(time.time() / self._interval_s)
                self._due_s = (slot + 1) * self._interval_s
                await asyncio.wait_for(self._send(producer, slot, partitions), SEND_S)
            # Also wakes up for the next canary: an interval may be shorter than a poll.
            wait_ms = min(POLL_MS, max(1, int(1000 * (self._due_s - time.time()))))
            for partition, records in (await consumer.getmany(timeout_ms=wait_ms)).items():
                for record in records:
                    self._see(header_values.value(record.headers, EVENT_ID).decode("ascii", "replace"))
                self._positions[partition] = records[-1].offset + 1

    async def _send(self, producer: AIOKafkaProducer, slot: int, partitions: int) -> None:
        mail = canary(slot, partitions, datetime.now(UTC))
        self._ledger.sent(mail.event_id, time.monotonic())
        CANARIES.labels("sent").inc()
        key = mail.account.encode()
        await producer.send_and_wait(
            RECEIVED.name, mail.raw, key=key, partition=partition_of(key, partitions), headers=list(headers(mail))
        )

    def _see(self, event_id: str) -> None:
        latency = self._ledger.seen(event_id, time.monotonic())
        if latency is not None:
            CANARIES.labels("seen").inc()
            CANARY_LATENCY.labels(PROCESS).observe(latency)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[AIOKafkaProducer, Any, int]]:
        from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

        options = aiokafka_options(self._settings) | {"client_id": f"{self._settings.instance_id}-canary"}
        consumer = AIOKafkaConsumer(
            **options,
            enable_auto_commit=False,
            auto_offset_reset="earliest",  # retention may overtake a probe that was away
            isolation_level="read_committed",
        )
        producer = AIOKafkaProducer(**options, enable_idempotence=True)
        try:
            async with asyncio.timeout(START_S):
                await consumer.start()
                partitions = await self._assign(consumer)
                await producer.start()
            if self._trouble:
                log.info("canaries are sent again")
            self._trouble = ""
            yield producer, consumer, partitions
        finally:
            await close_within(producer, AGAIN_S)
            await close_within(consumer, AGAIN_S)

    async def _assign(self, consumer: Any) -> int:
        """Go on where the last connection stopped; the first begins at the end."""
        from aiokafka import TopicPartition

        cluster = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - `topics()` drops the partitions
        received, canaries = (cluster.partitions_for_topic(one.name) or set() for one in (RECEIVED, CANARY))
        if not received or received != canaries:
            raise TopicsDiffer(
                f"{RECEIVED.name} has {len(received)} partitions and {CANARY.name} {len(canaries)};"
                " `triage topics create` makes what is missing"
            )
        places = [TopicPartition(CANARY.name, number) for number in sorted(canaries)]
        self._positions = (await consumer.end_offsets(places)) | self._positions
        consumer.assign(places)
        for place in places:
            consumer.seek(place, self._positions[place])
        return len(received)

    def _failed(self, reason: str) -> None:
        if reason != self._trouble:
            log.warning("canaries are not sent: %s", reason)
        self._trouble = reason
