"""Writing records of several topics all or nothing, for commands: blocking, and fenced against a second one at work.

KIP-98. What a killed command left open is rolled back when the next one takes its transactional id; a transaction ends
with whatever says how far the work is, so that a command that is run again goes on where the last one stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any, NamedTuple, Self

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from infra.errors import Permanent, Transient
from infra.kafka import librdkafka_options
from infra.settings import Settings
from streams.events import Headers
from streams.kafka_errors import KafkaUnavailable

TRANSACTION_S = 30.0
"""transaction.timeout.ms: what is open for longer the broker rolls back, so that a killed command holds up readers for
no longer, and refuses who had opened it."""
_STEP_S = 5.0
_ANSWER_S = 40.0
_FENCED = (KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH)  # noqa: SLF001 - librdkafka's own code
"""The same for both that the broker fences by a new epoch: a transaction too old (KIP-98) and a former holder of the
id. How long the transaction was open tells them apart."""


class Outgoing(NamedTuple):
    """A record to write."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp: int = 0
    """Milliseconds since 1970; 0: now."""


class Interrupted(Transient):
    """The transaction was rolled back or its outcome is not known: run the command again, nothing is done twice."""


class TakenOver(Permanent):
    """Somebody else has started the same work since; theirs goes on."""


class Transactions:
    """`with Transactions(settings, "id") as log: log.write(records)`. Entering takes the id over: a former holder can
    write no more, what it left open is rolled back, and what it committed is visible."""

    def __init__(self, settings: Settings, transactional_id: str) -> None:
        self._where = settings.kafka_bootstrap_servers
        self._open = False
        self._opened_at = 0.0
        self._producer = Producer({
            **librdkafka_options(settings),
            "transactional.id": transactional_id,
            "transaction.timeout.ms": int(TRANSACTION_S * 1000),
            "acks": "all",
            "compression.type": "lz4",
            "linger.ms": 5,
            "batch.size": 512 * 1024,
            "queue.buffering.max.messages": 1_000_000,
            "message.max.bytes": 2 * 1024 * 1024 + 64 * 1024,
            "delivery.report.only.error": True,
            "retry.backoff.ms": 2,
            "retry.backoff.max.ms": 500,
        })  # fmt: skip

    def __enter__(self) -> Self:
        """Raises KafkaUnavailable."""
        try:
            self._producer.list_topics(timeout=_STEP_S)
            self._until_done(self._producer.init_transactions)
        except KafkaException as error:
            raise KafkaUnavailable(f"no transaction at {self._where}: {error.args[0].str()}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open:  # readers would wait for the broker to roll it back
            with suppress(KafkaException):
                self._producer.purge()
                self._producer.abort_transaction(_STEP_S)

    def write(self, records: Iterable[Outgoing], offsets: Sequence[TopicPartition] = (), group: Any = None) -> None:
        """Write all of it, and the group's offsets with it, in one transaction; it is committed when this returns.

        Raises:
            Interrupted, TakenOver
        """
        producer = self._producer
        try:
            producer.begin_transaction()
            self._open, self._opened_at = True, monotonic()
            for record in records:
                self._produce(record)
            if offsets:
                self._until_done(producer.send_offsets_to_transaction, list(offsets), group)
            self._until_done(producer.commit_transaction)
            self._open = False
        except (KafkaException, BufferError) as error:
            raise self._meaning(error) from None

    def _produce(self, record: Outgoing) -> None:
        while True:
            try:
                self._producer.produce(
                    record.topic,
                    record.value,
                    record.key,
                    record.partition,
                    timestamp=record.timestamp,
                    headers=list(record.headers),
                )
                return
            except BufferError:  # the queue is full: wait until some are sent
                self._producer.poll(0.1)

    def _meaning(self, error: KafkaException | BufferError) -> Exception:
        cause = error.args[0] if isinstance(error, KafkaException) else None
        if cause is not None and cause.code() in _FENCED:
            open_s = monotonic() - self._opened_at
            if open_s > TRANSACTION_S:
                return Interrupted(
                    f"the transaction was open for {open_s:.0f} s, and Kafka rolls back what is open for more than "
                    f"{TRANSACTION_S:.0f} s. Run the same command again, nothing is done "
                    "twice; should it come again, brokers or this machine are too slow: `triage doctor`, `triage lag`"
                )
            return TakenOver("somebody else has started the same command since: theirs goes on, this one stops")
        said = cause.str() if cause is not None else str(error)
        return Interrupted(f"not everything is written ({said}): run the same command again, nothing is done twice")

    @staticmethod
    def _until_done(call: Callable[..., Any], *arguments: Any) -> None:
        deadline = monotonic() + _ANSWER_S
        while True:
            try:
                call(*arguments, _STEP_S)
            except KafkaException as error:
                if not error.args[0].retriable() or monotonic() > deadline:
                    raise
            else:
                return
