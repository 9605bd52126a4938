"""A correction on a real broker: revised at once, later mail follows, a killed worker knows it from the changelog."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from agents.commands.lane_log import newest
from infra.settings import load
from infra.stack import KafkaBroker
from streams.admin import create_topics
from streams.events import Received, VerdictRecord, event_id
from streams.partitioning import partition_of
from streams.topics import LANES, RECEIVED
from tests.integration.pipeline.processes import Pipeline, pipeline

ACCOUNT = "corrected"
LANE_TOPICS = [spec.name for spec in LANES.values()]


def mail(number: int, sender: str) -> Received:
    raw = (
        f"From: {sender}\r\nTo: rosa@harbour.example\r\nSubject: Notes {number}\r\nMessage-ID: <{number}@works.example>\r\n"
        f"Date: Mon, 2 Mar 2026 09:00:00 +0000\r\n\r\nSome notes from today.\r\n"
    ).encode()
    identity = event_id(ACCOUNT, "maildir", str(number))
    return Received(event_id=identity, account=ACCOUNT, raw=raw, received_at=datetime.now(UTC), location="")


class Site:
    """The broker, a worker, and who puts mail there."""

    def __init__(self, run: Pipeline, bootstrap: str) -> None:
        self.run, self.settings = run, load(kafka_bootstrap_servers=bootstrap)
        self._producer = Producer({"bootstrap.servers": bootstrap})

    def put(self, received: Received) -> None:
        key = received.account.encode()
        partition = partition_of(key, self.settings.topic_partitions)
        self._producer.produce(RECEIVED.name, received.raw, key, partition, headers=list(received.headers()))
        self._producer.flush(60)

    async def verdict(self, received: Received, revision: int = 0) -> VerdictRecord:
        """The record of this revision, once it is in a lane."""
        identity = received.event_id.encode()
        async with asyncio.timeout(90):
            while True:
                assert not self.run.died(), self.run.logs()
                records = await newest(
                    self.settings, LANE_TOPICS, lambda record: dict(record.headers).get("ce_id") == identity, depth=1000
                )
                for record in map(_decoded, records):
                    if record.revision == revision:
                        return record
                await asyncio.sleep(0.2)


def _decoded(record: Any) -> VerdictRecord:
    return VerdictRecord.decode(record.value)


async def test_a_corrected_sender_is_right_from_the_next_mail_on(
    kafka_broker: KafkaBroker, database: str, tmp_path: Path
) -> None:
    kafka = kafka_broker.bootstrap
    create_topics(load(kafka_bootstrap_servers=kafka))
    with pipeline(tmp_path, KAFKA_BOOTSTRAP_SERVERS=kafka, DATABASE_URL=database) as run:
        site = Site(run, kafka)
        run.start("worker-0")
        first, second, other, third = (mail(at, f"{name}@works.example") for at, name in enumerate("aaba"))
        site.put(first)
        before = await site.verdict(first)
        assert before.lane == "normal"
        run.triage("feedback", before.event_id, "--lane", "urgent")
        revised = await site.verdict(first, revision=1)
        assert (revised.lane, revised.origin) == ("urgent", before.origin)
        site.put(second)
        site.put(other)
        assert (await site.verdict(second)).lane == "urgent"
        assert (await site.verdict(other)).lane == "normal"
        run.triage("explain", second.event_id)  # exit 0: derived again from its facts, the same
        run.kill("worker-0")
        shutil.rmtree(tmp_path / "tables")
        run.start("worker-0")
        site.put(third)
        assert (await site.verdict(third)).lane == "urgent", "read back from the changelog"
        told = [json.loads(line) for line in run.triage("learned", "show", ACCOUNT, "--json").splitlines()]
        assert {row["of"]: row["corrections"] for row in told} == {
            "sender a@works.example": 1,
            "thread 0@works.example": 1,
            "circle at works works.example": 1,
        }
        run.triage("learned", "reset", ACCOUNT, "--yes")
        fourth = mail(9, "a@works.example")
        async with asyncio.timeout(60):
            while (await site.verdict(fourth_of(site, fourth))).lane != "normal":
                fourth = mail(int(datetime.now(UTC).timestamp()), "a@works.example")


def fourth_of(site: Site, received: Received) -> Received:
    """One more mail: the reset may still be on its way when it comes."""
    site.put(received)
    return received
