"""What only Kafka knows: compacted topics, mails on their way, dead letters, feedback; read to files and put back.

Partition numbers stay: a cursor stands on its account's, a table's row on its mailbox's."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from infra.errors import Fatal
from infra.kafka import librdkafka_options
from infra.settings import Settings
from streams.kafka_errors import KafkaUnavailable, passing
from streams.topics import LANES, RECEIVED, STATUS, TopicSpec

CALL_S = 15.0
ASK_S = 3.0
CUT_S = 5.0
STALL_S = 90.0
"""An open transaction hides what stands behind it; the broker ends one after a minute."""
DAYS_MS = 2 * 86_400_000
TAILS = frozenset({RECEIVED.name, *(spec.name for spec in LANES.values())})

How = Literal["latest", "tail", "all", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One record as it is kept."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    def encode(self) -> bytes:
        """One line of JSON."""
        headers = [(name, _text(value)) for name, value in self.headers]
        place = (self.partition, self.offset, self.timestamp)
        return orjson.dumps([*place, _text(self.key), _text(self.value), headers]) + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> Kept:
        """The inverse of `encode`."""
        partition, offset, timestamp, key, value, headers = orjson.loads(line)
        pairs = tuple((name, _bytes(one) or b"") for name, one in headers)
        return cls(partition=partition, offset=offset, timestamp=timestamp,
                   key=_bytes(key), value=_bytes(value), headers=pairs)  # fmt: skip

    @property
    def event_id(self) -> bytes:
        """Of a mail or verdict (CloudEvents' id); empty without one."""
        return dict(self.headers).get("ce_id", b"")


def how(spec: TopicSpec) -> How:
    """What of a topic goes into a backup: of a compacted one its rows, of the mails' way what is not archived yet,
    of what is kept for days all, and nothing of what lives for hours."""
    if spec.name in TAILS:
        return "tail"
    if spec.config.get("cleanup.policy") == "compact":
        return "latest"
    if spec.name == STATUS.name or int(spec.config.get("retention.ms", "0")) < DAYS_MS:
        return "nothing"
    return "all"


class Log:
    """A cluster to read from and write to. Joins no group and commits nothing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def committed(self, group: str, topics: Iterable[str]) -> dict[tuple[str, int], int]:
        """Where a group goes on, by topic and partition; partitions without an offset are absent.

        Raises:
            KafkaUnavailable
        """
        with self._consumer(group) as consumer:
            spots = [TopicPartition(topic, number) for topic in topics for number in self._partitions(consumer, topic)]
            found = consumer.committed(spots, timeout=CALL_S)
            return {(one.topic, one.partition): one.offset for one in found if one.offset >= 0}

    def partitions(self, topic: str) -> int:
        """How many a topic has; 0: there is none."""
        with self._consumer() as consumer:
            return len(self._partitions(consumer, topic))

    def cut(self, topics: Sequence[str]) -> tuple[dict[tuple[str, int], int], bool]:
        """Ends of these topics at one moment at which no transaction was open on them, by topic and partition; and
        whether there was such a moment within CUT_S. What was committed together is then before the cut as a whole,
        or behind it."""
        deadline = time.monotonic() + CUT_S
        with self._consumer() as committed, self._consumer(isolation="read_uncommitted") as written:
            spots = [TopicPartition(topic, number) for topic in topics for number in self._partitions(committed, topic)]
            while True:
                first, stable, last = (
                    {(spot.topic, spot.partition): _watermarks(asked, spot)[1] for spot in spots}
                    for asked in (written, committed, written)
                )
                if first == stable == last or time.monotonic() > deadline:
                    return last, first == stable == last

    def read(
        self, topic: str, begins: Mapping[int, int] | None = None, ends: Mapping[int, int] | None = None
    ) -> Iterator[Kept]:
        """Committed records of a topic up to its end as of now, transactions that are open included when they end well.

        Args:
            topic: one that is not there has no records.
            begins: first offset by partition; default: the first that is kept.
            ends: the offset behind the last by partition, all written by now; default: the end as of now.

        Raises:
            KafkaUnavailable
        """
        bounds = self._bounds(topic)
        starts = {number: max(low, (begins or {}).get(number, low)) for number, (low, _) in bounds.items()}
        stops = {number: min(high, (ends or {}).get(number, high)) for number, (_, high) in bounds.items()}
        left = {number: stop for number, stop in stops.items() if starts[number] < stop}
        if left:
            with self._consumer() as consumer:
                consumer.assign([TopicPartition(topic, number, starts[number]) for number in left])
                yield from self._until(consumer, topic, left)

    def _bounds(self, topic: str) -> dict[int, tuple[int, int]]:
        """First offset and the one behind the last record, committed or not: a transaction whose markers reached one
        partition and not yet another counts as a whole."""
        with self._consumer(isolation="read_uncommitted") as asking:
            spots = [TopicPartition(topic, number) for number in self._partitions(asking, topic)]
            return {spot.partition: _watermarks(asking, spot) for spot in spots}

    def _until(self, consumer: Any, topic: str, left: dict[int, int]) -> Iterator[Kept]:
        moved, trouble = time.monotonic(), ""
        while left:
            for message in consumer.consume(1000, 0.1):
                number, error = message.partition(), message.error()
                if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - its public name
                    trouble = f" ({passing(error, topic)})"
                    continue
                if number not in left:
                    continue
                moved = time.monotonic()
                if message.offset() >= left[number]:
                    del left[number]
                elif error is None:
                    yield _kept(message)
                    if message.offset() + 1 >= left[number]:
                        del left[number]
            if time.monotonic() - moved > STALL_S:
                still = f"partitions {sorted(left)} stand still{trouble}"
                raise KafkaUnavailable(f"{topic} could not be read to its end: {still}")

    def write(self, topic: str, records: Iterable[Kept]) -> int:
        """Put records on their partitions; how many. All are acknowledged by all replicas on return.

        Raises:
            KafkaUnavailable: not all were acknowledged.
        """
        producer = Producer({**librdkafka_options(self._settings), "enable.idempotence": True, "linger.ms": 20,
                             "compression.type": "lz4", "message.max.bytes": 2_097_152})  # fmt: skip
        failed: list[str] = []
        count = 0

        def acknowledged(error: KafkaError | None, _: object) -> None:
            if error is not None:
                failed.append(error.str())

        for record in records:
            while True:
                try:
                    producer.produce(
                        topic, record.value, record.key, record.partition, acknowledged,
                        timestamp=max(record.timestamp, 0), headers=list(record.headers),
                    )  # fmt: skip
                    break
                except BufferError:
                    producer.poll(0.5)
            producer.poll(0)
            count += 1
        if (waiting := producer.flush(60)) or failed:
            raise KafkaUnavailable(f"{topic}: {waiting + len(failed)} records were not stored {failed[:1]}")
        return count

    def require_empty(self, topics: Iterable[str]) -> None:
        """Nothing was ever written there.

        Raises:
            Fatal: names the topic that holds something.
        """
        with self._consumer(isolation="read_uncommitted") as consumer:
            for topic in topics:
                for number in self._partitions(consumer, topic):
                    if _watermarks(consumer, TopicPartition(topic, number))[1] > 0:
                        where = self._settings.kafka_bootstrap_servers
                        raise Fatal(
                            f"{topic} at {where} is not empty: restore into a new cluster, or delete its topics first"
                        )

    def _consumer(self, group: str = "triage-backup", isolation: str = "read_committed") -> _Reading:
        options = {
            **librdkafka_options(self._settings),
            "group.id": group,
            "enable.auto.commit": False,
            "isolation.level": isolation,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
        }
        return _Reading(options, self._settings.kafka_bootstrap_servers)

    @staticmethod
    def _partitions(consumer: Any, topic: str) -> list[int]:
        """Those of a topic; none when there is no such topic. One that only has no leader now is asked for again."""
        deadline = time.monotonic() + CALL_S
        while (found := consumer.list_topics(topic, timeout=CALL_S).topics[topic]).error is not None:
            if found.error.code() in {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC}:  # noqa: SLF001
                return []
            trouble = passing(found.error, topic)
            if time.monotonic() > deadline:
                raise KafkaUnavailable(f"{topic}: {trouble}")
            time.sleep(0.2)
        return sorted(found.partitions)


class _Reading:
    """A consumer that is closed at the end; what librdkafka raises becomes ours."""

    def __init__(self, options: Mapping[str, Any], where: str) -> None:
        self._options, self._where = dict(options), where

    def __enter__(self) -> Any:
        self._consumer = Consumer(self._options)
        return self._consumer

    def __exit__(self, kind: object, error: object, _: object) -> None:
        self._consumer.close()
        if isinstance(error, KafkaException):
            raise KafkaUnavailable(f"no answer from Kafka at {self._where}: {error.args[0].str()}") from None


def latest(records: Iterable[Kept]) -> list[Kept]:
    """The last record of each key, without those that were removed."""
    rows: dict[tuple[int, bytes | None], Kept] = {}
    for record in records:
        rows[record.partition, record.key] = record
    return [record for record in rows.values() if record.value is not None]


def _watermarks(consumer: Any, spot: TopicPartition) -> tuple[int, int]:
    """Asked again for a while: a topic that was made a moment ago may have no leader yet."""
    deadline = time.monotonic() + CALL_S
    while True:
        try:
            low, high = consumer.get_watermark_offsets(spot, timeout=ASK_S)
        except KafkaException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return low, high


def _kept(message: Any) -> Kept:
    return Kept(
        partition=message.partition(), offset=message.offset(), timestamp=message.timestamp()[1],
        key=message.key(), value=message.value(),
        headers=tuple((name, value or b"") for name, value in message.headers() or ()),
    )  # fmt: skip


def _text(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
