"""Puts mails on mail.received as ingest does, but all of them in one transaction: they appear in one moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from confluent_kafka import Producer

from infra.settings import Settings
from streams.events import Received, event_id
from streams.partitioning import partition_of

ACCOUNTS = tuple(f"box-{number:02}" for number in range(16))
"""Spread over all partitions."""


def write(settings: Settings, topic: str, mails: Sequence[bytes], series: str) -> Callable[[], None]:
    """Write the mails, invisible as yet. Call what is returned to commit them; it returns when that is done."""
    producer = Producer({
        "bootstrap.servers": settings.kafka_bootstrap_servers,
        "transactional.id": f"bench-{topic}",
        "compression.type": "lz4",
        "log_level": 2,  # a coordinator that is still loading is nothing to tell people
        "message.max.bytes": 2 * 1024 * 1024,
    })  # fmt: skip
    producer.init_transactions(30)
    producer.begin_transaction()
    for number, raw in enumerate(mails):
        received = received_mail(ACCOUNTS[number % len(ACCOUNTS)], f"{series}-{number}", raw[: settings.mail_max_bytes])
        key = received.account.encode()
        partition = partition_of(key, settings.topic_partitions)
        producer.produce(topic, received.raw, key, partition, headers=list(received.headers()))
        producer.poll(0)
    producer.flush(60)
    return lambda: producer.commit_transaction(60)


def received_mail(account: str, name: str, raw: bytes) -> Received:
    """One mail as ingest hands it over."""
    return Received(
        event_id=event_id(account, "bench", name),
        account=account,
        raw=raw,
        received_at=datetime.now(UTC),
        location=f"bench/{name}",
        owner=(f"{account}@example.com",),
    )
