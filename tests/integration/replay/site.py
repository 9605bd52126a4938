"""A broker with a worker on it, mails whose verdicts a policy file changes, and the commands as a person runs them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from infra.settings import Settings
from streams.events import Received, VerdictRecord, event_id
from streams.partitioning import partition_of
from streams.topics import LANES, RECEIVED
from streams.worker import GROUP
from tests.integration.pipeline.processes import TRIAGE, Pipeline
from tests.services.log import committed_records

ACCOUNTS = tuple(f"box-{number}" for number in range(6))
MUTED = "quiet@partner.example"
"""Whom the candidate's policy file mutes."""
POLICY = f'mutes = ["{MUTED}"]\n'
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>\u202egnp.exe"
WAIT_S = 120.0


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        """Its JSON Lines."""
        return [orjson.loads(line) for line in self.out.splitlines()]


@dataclass
class Site:
    """What a test works with."""

    settings: Settings
    flow: Pipeline
    folder: Path
    written: int = 0
    muted: set[str] = field(default_factory=set)
    """Event ids of mails by whom the candidate mutes."""

    def run(self, *arguments: str) -> Done:
        """A command, to its end."""
        done = subprocess.run(
            [TRIAGE, *arguments], env=self.environment, capture_output=True, text=True, timeout=240, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads a command here."""
        return {**os.environ, **self.flow.environment, "TRIAGE_HOME": str(self.folder / "home")}

    def mails(self, count: int, muted: int) -> list[str]:
        """Put so many mails on mail.received, every so manieth by whom the candidate mutes; their ids, once triaged."""
        producer = Producer({"bootstrap.servers": self.settings.kafka_bootstrap_servers, "acks": "all", "log_level": 2})
        ids = []
        for number in range(self.written, self.written + count):
            received = _mail(number, muted=number % (count // muted) == 1 if muted else False)
            ids.append(received.event_id)
            if MUTED.encode() in received.raw:
                self.muted.add(received.event_id)
            key = received.account.encode()
            partition = partition_of(key, self.settings.topic_partitions)
            producer.produce(RECEIVED.name, received.raw, key, partition, headers=list(received.headers()))
        assert producer.flush(60) == 0
        self.written += count
        self.until(lambda: set(ids) <= {record.event_id for record in self.verdicts()}, "every mail has its verdict")
        return ids

    def verdicts(self) -> list[VerdictRecord]:
        """Everything on the lanes."""
        lanes = [spec.name for spec in LANES.values()]
        found = committed_records(self.settings.kafka_bootstrap_servers, *lanes)
        return [VerdictRecord.decode(one.value()) for one in found]

    def groups(self) -> set[str]:
        """Consumer groups that exist."""
        client = AdminClient({"bootstrap.servers": self.settings.kafka_bootstrap_servers, "log_level": 0})
        return {group.group_id for group in client.list_consumer_groups().result(60).valid}

    def lag(self) -> int:
        """Mails that the worker's group has not committed."""
        reader = Consumer({
            "bootstrap.servers": self.settings.kafka_bootstrap_servers, "group.id": GROUP,
            "isolation.level": "read_committed", "enable.auto.commit": False,
        })  # fmt: skip
        places = [TopicPartition(RECEIVED.name, number) for number in range(self.settings.topic_partitions)]
        ends = [reader.get_watermark_offsets(place, timeout=60)[1] for place in places]
        left: int = sum(
            end - max(0, one.offset) for end, one in zip(ends, reader.committed(places, timeout=60), strict=True)
        )
        reader.close()
        return left

    def until(self, wanted: Callable[[], bool], what: str) -> None:
        """Wait for a condition."""
        deadline = time.monotonic() + WAIT_S
        while not wanted():
            assert not self.flow.died(), self.flow.logs()
            assert time.monotonic() < deadline, f"not within {WAIT_S:.0f} s: {what}\n{self.flow.logs()}"
            time.sleep(0.1)


def _mail(number: int, *, muted: bool) -> Received:
    account = ACCOUNTS[number % len(ACCOUNTS)]
    sender = MUTED if muted else f"s{number % 7}@corp.example"
    subject = f"{HOSTILE} {number}" if muted else f"Can you sign this today? {number}"
    text = f"""From: Sender <{sender}>\r
To: {account}@corp.example\r
Subject: {subject}\r
Date: Tue, 24 Nov 2026 09:00:00 +0000\r
Message-ID: <{number}@corp.example>\r
\r
Could you please sign the contract and answer by tomorrow noon?\r
"""
    return Received(
        event_id=event_id(account, "test", number),
        account=account,
        raw=text.encode(),
        received_at=datetime.now(UTC),
        location=f"test/{number}",
        owner=(f"{account}@corp.example",),
        source="maildir",
    )
