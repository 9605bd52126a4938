"""Seeing mails come through: lanes and dead letters from now on, committed records only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.kafka_errors import KafkaUnavailable, or_unavailable
from streams.topics import DEAD, LANE_OF

START_S = 20.0
POLL_MS = 200


@dataclass(slots=True)
class Landed:
    """What has come through, by number of the mail."""

    at_s: dict[int, float] = field(default_factory=dict)
    """Unix time of the first lane record, by the broker's clock."""
    lanes: dict[int, str] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)
    twice: int = 0
    """Lane records of revision 0 beyond the first of a mail."""
    trouble: str = ""
    """Why nothing can be seen; empty when all is well."""

    @property
    def accounted(self) -> int:
        """Mails that are in a lane or dead letters."""
        return len(self.at_s) + len(self.dead - self.at_s.keys())


@asynccontextmanager
async def watching(settings: Settings, number_in: Callable[[bytes], int | None]) -> AsyncIterator[Landed]:
    """Watches while the block runs; what is written from its beginning on is seen.

    Raises:
        KafkaUnavailable: no broker, or no lanes.
    """
    landed = Landed()
    consumer: Any = AIOKafkaConsumer(
        **aiokafka_options(settings),
        client_id=f"{settings.instance_id}-load-seen",
        enable_auto_commit=False,
        isolation_level="read_committed",
        max_partition_fetch_bytes=2 * 1024 * 1024,
    )
    try:
        with or_unavailable(settings, "the lanes cannot be read from"):
            async with asyncio.timeout(START_S):
                await consumer.start()
                await _from_now_on(settings, consumer)
        watch = asyncio.create_task(_watch(consumer, number_in, landed))
        try:
            yield landed
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
    finally:
        await close_within(consumer, 2)


async def _from_now_on(settings: Settings, consumer: Any) -> None:
    cluster = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - assigning needs partitions before a subscription
    places = [
        TopicPartition(topic, number)
        for topic in (*LANE_OF, DEAD.name)
        for number in cluster.partitions_for_topic(topic) or ()
    ]
    if not places:
        where = settings.kafka_bootstrap_servers
        raise KafkaUnavailable(f"Kafka at {where} has no lanes: run `triage topics create`")
    consumer.assign(places)
    for place, end in (await consumer.end_offsets(places)).items():
        consumer.seek(place, end)


async def _watch(consumer: Any, number_in: Callable[[bytes], int | None], landed: Landed) -> None:
    while True:
        try:
            fetched = await consumer.getmany(timeout_ms=POLL_MS)
        except KafkaError as error:
            landed.trouble = type(error).__name__
            await asyncio.sleep(1)
            continue
        landed.trouble = ""
        for place, records in fetched.items():
            for record in records:
                _note(place.topic, record, number_in, landed)


def _note(topic: str, record: Any, number_in: Callable[[bytes], int | None], landed: Landed) -> None:
    if topic == DEAD.name:
        number = number_in((record.value or b"").partition(b"\r\n\r\n")[0])
        if number is not None:
            landed.dead.add(number)
        return
    try:
        verdict = orjson.loads(record.value or b"")
        number, revision = number_in(str(verdict["message_id"]).encode()), verdict["revision"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return  # no verdict: not one of ours
    if number is None or revision:
        return
    if number in landed.at_s:
        landed.twice += 1
        return
    landed.at_s[number] = record.timestamp / 1000
    landed.lanes[number] = str(LANE_OF[topic])
