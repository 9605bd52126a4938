"""New revisions of verdicts onto the lanes: throttled, a transaction at a time, with the replay's own progress in it.

A killed run has committed how far it came, under a group and a transactional id that follow from what it does: the
same command goes on there, and fences what may be left of the first. Done, it forgets its progress: what keeps a
second run from publishing anything is that the revisions on the lanes then say what the policy says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Any, Self

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from infra.kafka import librdkafka_options
from infra.settings import Settings
from streams.control.records import AuditEntry
from streams.kafka_errors import KafkaUnavailable, answered
from streams.replay.again import Found
from streams.replay.plan import CALL_S, Span
from streams.topics import AUDIT, RECEIVED

MOST = 500
"""Records of one transaction."""


class Publisher:
    """`with Publisher(settings, name) as publisher:` nobody else publishes under this name from here on."""

    def __init__(self, settings: Settings, name: str) -> None:
        """`name`: of the group and the transactional id."""
        options = librdkafka_options(settings)
        self._where = settings.kafka_bootstrap_servers
        self._name = name
        self._consumer = Consumer({**options, "group.id": name, "enable.auto.commit": False})
        self._admin = AdminClient({**options, "log_level": 0})
        self._producer = Producer({
            **options, "transactional.id": name, "compression.type": "lz4", "linger.ms": 5,
            "message.max.bytes": 2 * 1024 * 1024, "retry.backoff.ms": 2, "delivery.report.only.error": True,
        })  # fmt: skip

    def __enter__(self) -> Self:
        """Take the name over.

        Raises:
            KafkaUnavailable
        """
        try:
            self._producer.list_topics(timeout=CALL_S)
            self._producer.init_transactions(2 * CALL_S)
        except KafkaException as error:
            raise self._unavailable(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def left(self, spans: Sequence[Span]) -> list[Span]:
        """What an interrupted run has not done yet.

        Raises:
            KafkaUnavailable
        """
        spots = [TopicPartition(RECEIVED.name, number) for number in sorted({span.partition for span in spans})]
        try:
            done = {spot.partition: spot.offset for spot in self._consumer.committed(spots, timeout=CALL_S)}
        except KafkaException as error:
            raise self._unavailable(error) from None
        starts = [(span, max(span.first, done[span.partition])) for span in spans]
        return [Span(partition=span.partition, first=first, end=span.end) for span, first in starts if first < span.end]

    def publish(self, found: Iterable[Found], rate: float, told: Callable[[int], None], entry: AuditEntry) -> int:
        """Write the revisions, at most `rate` per second, `entry` in the first transaction; how many there were.

        Raises:
            KafkaUnavailable: some are written; the same again goes on behind them.
        """
        count, started = 0, time.monotonic()
        for batch in _batches((one for one in found if one.value), max(1, min(MOST, int(rate)))):
            time.sleep(max(0.0, started + count / rate - time.monotonic()))
            self._transaction(batch, None if count else entry)
            count += len(batch)
            told(count)
        return count

    def _transaction(self, batch: Sequence[Found], entry: AuditEntry | None) -> None:
        ends: dict[int, int] = {}
        try:
            self._producer.begin_transaction()
            if entry is not None:
                self._producer.produce(AUDIT.name, entry.encode(), entry.name.encode(), 0)
            for one in batch:
                where = one.change
                self._producer.produce(
                    one.topic, one.value, where.account.encode(), where.partition, headers=list(one.headers)
                )
                ends[where.partition] = where.offset + 1
            spots = [TopicPartition(RECEIVED.name, number, offset) for number, offset in ends.items()]
            group: Any = self._consumer.consumer_group_metadata()
            self._producer.send_offsets_to_transaction(spots, group, CALL_S)
            self._producer.commit_transaction(2 * CALL_S)
        except (KafkaException, BufferError) as error:
            raise self._unavailable(error) from None

    def forget(self) -> None:
        """All is done: the next run under this name begins at the beginning.

        Raises:
            KafkaUnavailable
        """
        name = self._name
        try:
            answered(lambda: self._admin.delete_consumer_groups([name], request_timeout=CALL_S)[name], CALL_S)
        except KafkaException as error:
            if error.args[0].name() not in {"GROUP_ID_NOT_FOUND", "NON_EMPTY_GROUP"}:  # nothing was to be done
                raise self._unavailable(error) from None

    def _unavailable(self, error: Exception) -> KafkaUnavailable:
        said = error.args[0].str() if isinstance(error, KafkaException) else str(error)
        return KafkaUnavailable(f"Kafka at {self._where}: {said}; the same command goes on where this one ended")


def _batches(found: Iterable[Found], most: int) -> Iterator[list[Found]]:
    stream = iter(found)
    while batch := list(islice(stream, most)):
        yield batch
